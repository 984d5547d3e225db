//! The way back from a provider.
//!
//! This is the one request by GET that changes something, because the protocol has it so: what stands
//! behind it is not our own page but the state, which goes round once and counts only in the browser
//! that keeps its ticket.

use crate::{
    accounts::model::{Proven, ProviderIntent, Secret, Way},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy,
    server::{
        accounts::{
            door::{self, Arrival},
            store as accounts,
        },
        error::Result,
        keepsake::Keepsake,
        visit::Visit,
    },
};

use super::{
    Provider, Recognised,
    fault::{ErrorCode, Fault},
    flow::{self, Flow, Stage, Ticket},
    identities,
    protocol::Memory,
    refuse,
    registry::{Journey, Returned},
    store,
};

/// What the provider put into the address that somebody came back with.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub state: Option<Secret>,
    pub code: Option<Secret>,
    pub error: Option<String>,
    pub issuer: Option<String>,
}

/// Takes somebody back who was sent to a provider.
///
/// # Errors
/// Nobody was sent there by this browser, it was too long ago or has come back already, or the
/// provider's answer cannot be believed.
pub async fn finish(visit: &Visit, provider: &str, answer: Answer) -> Result<Landing> {
    let provider = flow::find(visit, provider)?;
    let (ticket, flow, intent) = take(visit, provider, &answer).await?;
    let memory: Memory = flow::unseal(visit, &ticket, &flow)?;
    let recognised = match recognise(visit, provider, &flow, &memory, &answer).await {
        Ok(recognised) => recognised,
        // Whoever changes their mind is no news.
        Err(Fault::Declined) => return Err(Fault::Declined.refusal().into()),
        Err(fault) => return Err(refuse(visit, provider, &fault).await),
    };
    match intent {
        ProviderIntent::SignIn | ProviderIntent::Register => enter(visit, provider, flow, recognised).await,
        ProviderIntent::Link => identities::link(visit, provider, &recognised).await,
        ProviderIntent::Prove => prove(visit, provider, flow, &recognised).await,
    }
}

/// Uses the flow up: of requests at the same moment one gets it.
async fn take(visit: &Visit, provider: &Provider, answer: &Answer) -> Result<(Ticket, Flow, ProviderIntent)> {
    let mark = Ticket::of(visit)?.mark;
    let state = answer.state.clone().ok_or(Refusal::FlowOver)?;
    let ticket = Ticket { state, mark };
    let database = visit.database().writer();
    let found = store::find_flow(database, &ticket, visit.now()).await?.ok_or(Refusal::FlowOver)?;
    let Stage::Away(intent) = found.stage else { return Err(Refusal::FlowOver.into()) };
    if found.provider != *provider.name() || !store::take_flow(database, &ticket, visit.now()).await? {
        return Err(Refusal::FlowOver.into());
    }
    visit.keepsakes().forget(Keepsake::Flow);
    // Somebody else may have signed in, or out, in the meantime.
    match intent {
        ProviderIntent::SignIn | ProviderIntent::Register => {
            policy::may_sign_in(visit.actor(), visit.now())?;
        }
        ProviderIntent::Link | ProviderIntent::Prove if found.user == visit.actor().id() && found.user.is_some() => {}
        ProviderIntent::Link | ProviderIntent::Prove => return Err(Refusal::FlowOver.into()),
    }
    Ok((ticket, found, intent))
}

async fn recognise(
    visit: &Visit,
    provider: &Provider,
    flow: &Flow,
    memory: &Memory,
    answer: &Answer,
) -> std::result::Result<Recognised, Fault> {
    provider.refuse_other_issuer(answer.issuer.as_deref(), visit.now()).await?;
    if let Some(error) = &answer.error {
        let code = ErrorCode::parse(error);
        return Err(if code.is_decline() { Fault::Declined } else { Fault::Refused(code) });
    }
    let code = answer.code.as_ref().ok_or(Fault::NoCode)?;
    let redirect = flow::redirect(visit, provider.name());
    let since = (flow.stage == Stage::Away(ProviderIntent::Prove)).then_some(flow.begun);
    let journey = Journey { redirect: &redirect, memory, now: visit.now() };
    provider.recognise(Returned { code, since }, journey).await
}

/// To the door, where the account's own second factor is still owed; or to a page that offers an
/// account to whoever has none.
async fn enter(visit: &Visit, provider: &Provider, flow: Flow, recognised: Recognised) -> Result<Landing> {
    let database = visit.database().writer();
    let Some(known) = store::find_identity(database, provider.name(), recognised.subject()).await? else {
        let waiting = Flow { stage: Stage::Recognised, begun: visit.now(), ..flow };
        flow::keep(visit, waiting, &recognised).await?;
        return Ok(Landing::on(LocalPath::ours("/register/provider")));
    };
    // The account first: unlinking after this changes its epoch, and unlinking before leaves no row to note the use in.
    let user = accounts::find(database, known.user).await?.ok_or(AppError::NotFound)?;
    if !store::note_use(database, known.id, &recognised.label, visit.now()).await? {
        return Err(Refusal::Credentials.into());
    }
    let proven = Proven::by(Way::Provider(provider.name().clone()));
    let (keeping, next) = (flow.keeping, flow.next);
    door::complete_login(visit, Arrival { user: &user, proven, keeping, next, saying: Notice::SignedIn }).await
}

/// Only an account elsewhere of this very person proves who is acting.
async fn prove(visit: &Visit, provider: &Provider, flow: Flow, recognised: &Recognised) -> Result<Landing> {
    let granted = policy::may_prove(visit.actor(), visit.now())?;
    let database = visit.database().writer();
    let known = store::find_identity(database, provider.name(), recognised.subject()).await?;
    let Some(known) = known.filter(|known| known.user == granted.person.id) else {
        return Err(Refusal::IdentityUnknown.into());
    };
    if !store::note_use(database, known.id, &recognised.label, visit.now()).await? {
        return Err(Refusal::IdentityUnknown.into());
    }
    visit.renew_session().await?;
    Ok(Landing::on(flow.next.unwrap_or_else(LocalPath::home)))
}
