//! The way to a provider: what is kept here, what the browser keeps, and where it goes.
//!
//! A row of `provider_flows` lives ten minutes and is used up by the one request that comes back with
//! its state, from the browser that keeps its ticket. What must not be read, neither in the browser nor
//! in the database, is sealed.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    accounts::model::{Keeping, ProviderIntent, ProviderName, Secret, UserId},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath},
    moment::Moment,
    policy,
    server::{
        accounts::{invitations, throttle, token},
        error::{Error, Result},
        keepsake::Keepsake,
        seal::Purpose,
        visit::Visit,
    },
};

use super::{
    protocol::Memory,
    registry::{Journey, Provider, Showing},
    store,
};

/// How long somebody may be away, and how long they may take to choose a name afterwards.
pub const LIFE: Duration = Duration::from_mins(10);

/// What somebody wants of a provider, as it was sent.
#[derive(Clone, Debug)]
pub struct Wish {
    pub provider: String,
    pub intent: String,
    pub keeping: Keeping,
    pub next: Option<LocalPath>,
}

/// Why a row is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its person is away.
    Away(ProviderIntent),
    /// Its person is back, has been recognised, and has no account yet.
    Recognised,
}

impl Stage {
    /// The word that the database uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Away(intent) => intent.name(),
            Self::Recognised => "recognised",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "recognised" { Some(Self::Recognised) } else { ProviderIntent::from_name(name).map(Self::Away) }
    }
}

/// A visit to a provider.
#[derive(Clone, Debug)]
pub struct Flow {
    pub provider: ProviderName,
    pub stage: Stage,
    pub user: Option<UserId>,
    pub next: Option<LocalPath>,
    pub keeping: Keeping,
    pub begun: Moment,
    pub(super) sealed: Vec<u8>,
}

/// What the browser keeps, encrypted: the state that goes round, and a mark that does not.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub state: Secret,
    pub mark: Secret,
}

impl Ticket {
    fn fresh() -> Self {
        Self { state: token::fresh(), mark: token::fresh() }
    }

    /// The ticket of this browser.
    ///
    /// # Errors
    /// It has none.
    pub fn of(visit: &Visit) -> Result<Self> {
        let kept = visit.keepsakes().get(Keepsake::Flow).ok_or(Refusal::FlowOver)?;
        let (state, mark) = kept.expose().split_once('.').ok_or(Refusal::FlowOver)?;
        Ok(Self { state: Secret::new(state.to_owned()), mark: Secret::new(mark.to_owned()) })
    }

    fn keep(&self, visit: &Visit) {
        let text = format!("{}.{}", self.state.expose(), self.mark.expose());
        visit.keepsakes().keep(Keepsake::Flow, Secret::new(text), LIFE);
    }

    #[must_use]
    pub fn state_hash(&self) -> Vec<u8> {
        token::hash(&self.state)
    }

    #[must_use]
    pub fn mark_hash(&self) -> Vec<u8> {
        token::hash(&self.mark)
    }
}

/// Begins a visit to a provider, and leads to the page that sends the person there.
///
/// # Errors
/// There is no such provider, the act is not for this person, too many went from one network, or the
/// provider cannot be reached.
pub async fn begin(visit: &Visit, wish: Wish) -> Result<Landing> {
    let intent = ProviderIntent::from_name(&wish.intent).ok_or(AppError::BadRequest)?;
    let user = admit(visit, intent).await?;
    let provider = find(visit, &wish.provider)?;
    throttle::admit(visit, throttle::Kind::ProviderFlow, throttle::Subject::Visitor).await?;
    provider.ready(visit.now()).await.map_err(|fault| fault.refusal())?;
    let flow = Flow {
        provider: provider.name().clone(),
        stage: Stage::Away(intent),
        user,
        next: wish.next,
        keeping: wish.keeping,
        begun: visit.now(),
        sealed: Vec::new(),
    };
    keep(visit, flow, &Memory::fresh()).await?;
    Ok(Landing::on(LocalPath::ours("/sign-in/leaving")))
}

/// Whether this person may want this, and whose account it is about.
async fn admit(visit: &Visit, intent: ProviderIntent) -> Result<Option<UserId>> {
    let (actor, now) = (visit.actor(), visit.now());
    Ok(match intent {
        ProviderIntent::SignIn => policy::may_sign_in(actor, now).map(|_| None)?,
        ProviderIntent::Register => {
            let invited = invitations::opened(visit).await?;
            policy::may_register(actor, visit.settings().await?.registration, invited, now).map(|_| None)?
        }
        ProviderIntent::Link => Some(policy::may_link_identity(actor, now)?.person.id),
        ProviderIntent::Prove => Some(policy::may_prove(actor, now)?.person.id),
    })
}

/// # Errors
/// There is no such provider.
pub fn find<'a>(visit: &'a Visit, name: &str) -> Result<&'a Provider> {
    let name = ProviderName::parse(name).ok_or(AppError::NotFound)?;
    Ok(visit.app().providers().get(&name).ok_or(AppError::NotFound)?)
}

/// Keeps a flow here and its ticket in the browser.
pub async fn keep(visit: &Visit, flow: Flow, secret: &impl Serialize) -> Result<()> {
    let ticket = Ticket::fresh();
    let plain = serde_json::to_vec(secret).map_err(|cause| Error::broken("a visit to a provider could not be kept", cause))?;
    let sealed = visit.app().seals().seal(Purpose::ProviderFlow, &owner(&ticket), &plain)?;
    store::insert_flow(visit.database().writer(), &ticket, &Flow { sealed, ..flow }, visit.now().after(LIFE)).await?;
    ticket.keep(visit);
    Ok(())
}

/// What was kept sealed with a flow.
pub fn unseal<Kept: DeserializeOwned>(visit: &Visit, ticket: &Ticket, flow: &Flow) -> Result<Kept> {
    let plain = visit.app().seals().unseal(Purpose::ProviderFlow, &owner(ticket), &flow.sealed);
    let plain = plain.map_err(|cause| Error::broken("a visit to a provider cannot be unsealed", format!("{cause:?}")))?;
    serde_json::from_slice(&plain).map_err(|cause| Error::broken("a visit to a provider cannot be read", cause))
}

fn owner(ticket: &Ticket) -> String {
    use std::fmt::Write;
    ticket.state_hash().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every text");
        text
    })
}

/// Where the provider is to send people back to.
pub fn redirect(visit: &Visit, provider: &ProviderName) -> String {
    visit.app().config().site.address.link(&format!("/sign-in/provider/{provider}"))
}

/// Somebody on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// As its button calls it.
    pub title: String,
    /// At the provider that the operator named, or where that said to send people. Nowhere else does
    /// this site send anybody.
    pub address: String,
}

/// Where the person of this browser is to go.
///
/// # Errors
/// Nobody is on their way, or the provider cannot be reached.
pub async fn departure(visit: &Visit) -> Result<Departure> {
    let ticket = Ticket::of(visit)?;
    let flow = store::find_flow(visit.database().writer(), &ticket, visit.now()).await?.ok_or(Refusal::FlowOver)?;
    let Stage::Away(intent) = flow.stage else { return Err(Refusal::FlowOver.into()) };
    let provider = visit.app().providers().get(&flow.provider).ok_or(Refusal::FlowOver)?;
    let memory: Memory = unseal(visit, &ticket, &flow)?;
    let redirect = redirect(visit, &flow.provider);
    let showing = if intent == ProviderIntent::Prove { Showing::Anew } else { Showing::AsUsual };
    let journey = Journey { redirect: &redirect, memory: &memory, now: visit.now() };
    let address = provider.address(&ticket.state, journey, showing).await.map_err(|fault| fault.refusal())?;
    Ok(Departure { title: provider.title().to_owned(), address: address.into() })
}
