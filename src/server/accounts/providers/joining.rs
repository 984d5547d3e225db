//! An account without a password, for somebody whom a provider has recognised and nobody here knows.

use crate::{
    accounts::model::{EmailAddress, Keeping, Proven, ProviderName, ProviderRegistration, Username, Way},
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy,
    server::{
        accounts::{
            door::{self, Arrival},
            joining, store as accounts, throttle,
        },
        audit::{self, Line},
        error::Result,
        keepsake::Keepsake,
        password::Hash,
        visit::Visit,
    },
    valid::{Valid, Value},
};

use super::{
    Recognised,
    flow::{self, Flow, Stage, Ticket},
    letters, store,
};

/// Somebody who may have an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub provider: ProviderName,
    /// As the provider's button calls it.
    pub title: String,
    pub label: String,
    /// What the provider said that can be used here; the person decides.
    pub username: String,
    pub email: String,
}

/// Whom a provider has recognised in this browser.
///
/// # Errors
/// Signed in already, or nobody.
pub async fn pending(visit: &Visit) -> Result<Pending> {
    policy::may_sign_in(visit.actor(), visit.now())?;
    let (_, flow, recognised) = find(visit).await?;
    let provider = visit.app().providers().get(&flow.provider).ok_or(Refusal::FlowOver)?;
    let usable = |text: Option<String>, is_good: fn(&str) -> bool| text.filter(|text| is_good(text)).unwrap_or_default();
    Ok(Pending {
        title: provider.title().to_owned(),
        label: recognised.label,
        username: usable(recognised.username, |text| Username::parse(text).is_ok()),
        email: usable(recognised.email, |text| EmailAddress::parse(text).is_ok()),
        provider: flow.provider,
    })
}

async fn find(visit: &Visit) -> Result<(Ticket, Flow, Recognised)> {
    let ticket = Ticket::of(visit)?;
    let flow = store::find_flow(visit.database().writer(), &ticket, visit.now()).await?.ok_or(Refusal::FlowOver)?;
    if flow.stage != Stage::Recognised {
        return Err(Refusal::FlowOver.into());
    }
    let recognised = flow::unseal(visit, &ticket, &flow)?;
    Ok((ticket, flow, recognised))
}

/// Makes an account that is entered through the provider, and leads its owner to the door.
///
/// # Errors
/// Not allowed, nobody was recognised, a field breaks its rule, the name is taken, or too many accounts
/// come from one network.
pub async fn register(visit: &Visit, draft: ProviderRegistration) -> Result<Landing> {
    let admission = joining::admission(visit, &draft.application).await?;
    let (ticket, flow, recognised) = find(visit).await?;
    let draft = Valid::check(draft)?;
    let newcomer = joining::newcomer(visit, &draft.username, &draft.email).await?;
    throttle::admit(visit, throttle::Kind::Registration, throttle::Subject::Network).await?;
    let transaction = visit.database().begin().await?;
    if !store::take_flow(&transaction, &ticket, visit.now()).await? {
        return Err(Refusal::FlowOver.into());
    }
    let user = admission.admit(&transaction, visit, &newcomer, &Hash::none()).await?;
    store::insert_identity(&transaction, &admission.permit, user, (&flow.provider, &recognised), visit.now()).await?;
    let line = Line::of(Deed::IdentityLinked, Subject::User(user.0)).named(draft.username.trim()).detailed(&flow.provider);
    audit::record(&transaction, visit, line).await?;
    letters::tell(&transaction, visit, user, letters::Change::Linked, flow.provider.as_str()).await?;
    transaction.commit().await?;
    visit.keepsakes().forget(Keepsake::Flow);
    let user = accounts::find(visit.database().writer(), user).await?.ok_or(AppError::NotFound)?;
    enter(visit, &user, flow).await
}

async fn enter(visit: &Visit, user: &crate::server::entity::user::Model, flow: Flow) -> Result<Landing> {
    let proven = Proven::by(Way::Provider(flow.provider));
    let (keeping, next): (Keeping, Option<LocalPath>) = (flow.keeping, flow.next);
    door::complete_login(visit, Arrival { user, proven, keeping, next, saying: Notice::Welcome }).await
}
