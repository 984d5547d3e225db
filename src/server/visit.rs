//! A visit: who acts, when, from where, in which program.
//!
//! Acts take a [`Visit`] and know neither axum nor Leptos. The actor comes from the session alone,
//! never from an argument. [`call`] is what every server function does: run the act, and turn a
//! failure into what the person is told.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use leptos::prelude::use_context;
use sea_orm::ConnectionTrait;
use tower_sessions::{Expiry, Session, session::Id};

use crate::{
    accounts::model::{Actor, Clearance, Freshness, Keeping, Person, Proven, Role, SecondProof, Username},
    error::AppError,
    moment::Moment,
    server::{
        accounts::{held::Held, throttle},
        app::App,
        database::Database,
        demo::Stage,
        error::{self, Error, Result},
        events,
        keepsake::Keepsakes,
        password::{Asker, Passwords},
        session::{self, Facts, Life},
        site,
    },
    site::model::{Settings, StaffFactor, Theme},
    valid::Value,
};

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Client {
    pub address: IpAddr,
    /// What the browser calls itself, cut to a length that fits a page.
    pub agent: String,
}

/// One request of one person, or one command of the operator.
#[derive(Clone, Debug)]
pub struct Visit {
    app: App,
    actor: Actor,
    now: Moment,
    client: Option<Client>,
    session: Option<Session>,
    facts: Option<Facts>,
    keepsakes: Keepsakes,
    theme: Arc<OnceLock<Theme>>,
}

/// The session that is to be opened.
#[derive(Clone, Debug)]
pub struct Opening {
    pub by: Proven,
    pub keeping: Keeping,
    pub life: Life,
}

/// A session whose row is there and that no browser has yet.
#[must_use = "a session that nobody takes up is nobody's"]
pub(in crate::server) struct MadeSession {
    id: Id,
    facts: Facts,
}

/// A session is marked as used at most this often, so that reading costs no write.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

impl Visit {
    /// A visit through the web.
    ///
    /// # Errors
    /// The session cannot be read.
    pub async fn through_web(app: App, client: Client, session: Session, keepsakes: Keepsakes) -> Result<Self> {
        let now = app.clock().now();
        let facts = session.get::<Facts>(session::KEY).await?;
        if let Some(facts) = &facts {
            events::note_person(facts.user.0);
        }
        let actor = match &facts {
            Some(facts) => actor_of(&app, facts, now).await?,
            None => Actor::Guest,
        };
        let theme = Arc::default();
        let visit = Self { app, actor, now, client: Some(client), session: Some(session), facts, keepsakes, theme };
        visit.touch().await;
        Ok(visit)
    }

    /// The operator at the command line.
    #[must_use]
    pub fn of_operator(app: App) -> Self {
        let now = app.clock().now();
        Self::without_browser(app, Actor::Operator, None, now)
    }

    /// Somebody of the sample community, at a moment of its past. Everybody else acts by their session and now.
    #[must_use]
    pub fn on_stage(_stage: &Stage, app: App, actor: Actor, client: Option<Client>, now: Moment) -> Self {
        Self::without_browser(app, actor, client, now)
    }

    fn without_browser(app: App, actor: Actor, client: Option<Client>, now: Moment) -> Self {
        let (keepsakes, theme) = (Keepsakes::default(), Arc::default());
        Self { app, actor, now, client, session: None, facts: None, keepsakes, theme }
    }

    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    #[must_use]
    pub fn database(&self) -> &Database {
        self.app.database()
    }

    /// The queue for hashes, as this visitor may stand in it: a few at a time for one person, some more
    /// for one network, so that nobody can fill it for the others.
    #[must_use]
    pub fn passwords(&self) -> Passwords {
        let person = self.actor.id().map(|id| Asker::account(throttle::Key::proof(id).digest()));
        let networks = self.address().map(|address| throttle::Key::networks(address, 1)).unwrap_or_default();
        let network = networks.first().map(|network| Asker::network(network.digest()));
        self.app.passwords().asked_by(person.into_iter().chain(network))
    }

    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    #[must_use]
    pub const fn now(&self) -> Moment {
        self.now
    }

    #[must_use]
    pub const fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    /// The client's address; none at the command line.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.client.as_ref().map(|client| client.address)
    }

    /// Why the person is suspended, where they are.
    #[must_use]
    pub fn suspension_reason(&self) -> Option<&str> {
        self.facts.as_ref()?.account.as_ref()?.suspension_reason.as_deref()
    }

    /// The site's settings as they are in force.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn settings(&self) -> Result<Arc<Settings>> {
        site::settings(&self.app).await
    }

    /// What the browser keeps for us beside its session.
    #[must_use]
    pub const fn keepsakes(&self) -> &Keepsakes {
        &self.keepsakes
    }

    /// By what it was proven who is acting; nothing for guests.
    #[must_use]
    pub fn proven(&self) -> Option<&Proven> {
        self.facts.as_ref().map(|facts| &facts.by)
    }

    /// The number by which the open session is known to its owner.
    #[must_use]
    pub fn session_number(&self) -> Option<i64> {
        self.facts.as_ref().map(|facts| facts.number)
    }

    /// Has the browser remember a theme.
    pub fn keep_theme(&self, theme: Theme) {
        // A visit chooses once; a second choice in the same request has nobody behind it.
        let _ = self.theme.set(theme);
    }

    /// What [`Self::keep_theme`] was told.
    #[must_use]
    pub fn theme_to_keep(&self) -> Option<Theme> {
        self.theme.get().copied()
    }

    /// The id of the open session, for keeping it while the others end.
    #[must_use]
    pub fn session_id(&self) -> Option<Id> {
        self.session.as_ref().and_then(Session::id)
    }

    /// Makes a session, in the transaction that holds the account. It is open once that is committed, and this
    /// browser's once it was taken up.
    ///
    /// # Errors
    /// There is no browser, or the database's.
    pub(in crate::server) async fn make_session(
        &self,
        database: &impl ConnectionTrait,
        held: &Held,
        opening: Opening,
    ) -> Result<MadeSession> {
        let Some(client) = &self.client else {
            return Err(Error::broken("a session was opened outside the web", "no browser"));
        };
        let facts = Facts {
            user: held.id(),
            created: self.now,
            last_seen: self.now,
            proven: self.now,
            ends: self.now.after(opening.life.absolute),
            agent: client.agent.clone(),
            address: client.address.to_string(),
            number: i64::from(rand::random::<u32>()),
            by: opening.by,
            keeping: opening.keeping,
            idle_limit: opening.life.idle,
            account: None,
        };
        let id = Id::default();
        session::insert(database, held, id, &facts).await?;
        Ok(MadeSession { id, facts })
    }

    /// Gives this browser a session that was made. Whatever id it brought is dead from here on.
    ///
    /// # Errors
    /// The session cannot be kept.
    pub(in crate::server) async fn take_up_session(&self, made: MadeSession) -> Result<()> {
        let Some(session) = &self.session else {
            return Err(Error::broken("a session was opened outside the web", "no browser"));
        };
        session.cycle_id().await?;
        session.set_expiry(Some(expiry(&made.facts)));
        session.insert(session::MADE, made.id.to_string()).await?;
        session.insert(session::KEY, made.facts).await?;
        session.save().await?;
        Ok(())
    }

    /// Notes that a secret was given just now, under a new id: the proof raises what the session may do.
    ///
    /// # Errors
    /// The session cannot be kept, or was ended.
    pub async fn renew_session(&self) -> Result<()> {
        self.renew(|facts| Facts { proven: self.now, ..facts }).await
    }

    /// Gives the session a new id, as what it may do has changed. That is no proof of who acts: whoever was let do
    /// this without a secret could otherwise go on without one for ever.
    ///
    /// # Errors
    /// The session cannot be kept, or was ended.
    pub async fn change_session_id(&self) -> Result<()> {
        self.renew(|facts| facts).await
    }

    /// Notes that a second factor was set up in this session, which from now on lives no longer than one that
    /// was begun with it. `second` is what gives it the rights that ask for a factor; nothing where it has them.
    ///
    /// # Errors
    /// The session cannot be kept, or was ended.
    pub async fn note_second_factor(&self, second: Option<SecondProof>, life: Life) -> Result<()> {
        let ends = self.now.after(life.absolute);
        self.renew(|facts| Facts {
            ends: facts.ends.min(ends),
            idle_limit: facts.idle_limit.min(life.idle),
            by: Proven { second: second.or(facts.by.second), ..facts.by },
            ..facts
        })
        .await
    }

    /// Notes that the account has no second factor any more, which takes the rights that ask for one.
    ///
    /// # Errors
    /// The session cannot be kept, or was ended.
    pub async fn note_no_factor(&self) -> Result<()> {
        self.renew(|facts| Facts { by: facts.by.without_factor(), ..facts }).await
    }

    async fn renew(&self, change: impl FnOnce(Facts) -> Facts) -> Result<()> {
        let (Some(session), Some(facts)) = (&self.session, &self.facts) else {
            return Err(AppError::Unauthenticated.into());
        };
        let (old, new) = (session.id().ok_or(AppError::Unauthenticated)?, Id::default());
        // The account stays, as the page may be shown again in the same request.
        let renewed = change(Facts { last_seen: self.now, ..facts.clone() });
        if !session::renew(self.database().writer(), (old, new), &renewed).await? {
            return Err(AppError::Unauthenticated.into());
        }
        self.take_up_session(MadeSession { id: new, facts: renewed }).await
    }

    /// Ends the session in the server; the cookie goes with the answer.
    ///
    /// # Errors
    /// The session cannot be deleted.
    pub async fn close_session(&self) -> Result<()> {
        match &self.session {
            Some(session) => Ok(session.flush().await?),
            None => Ok(()),
        }
    }

    /// Keeps the idle clock running. A failure here is no reason to refuse a page.
    async fn touch(&self) {
        let (Some(facts), Some(id)) = (&self.facts, self.session_id()) else {
            return;
        };
        if self.now.since(facts.last_seen) < TOUCH_INTERVAL {
            return;
        }
        if let Err(cause) = session::touch(self.database().writer(), id, self.now).await {
            tracing::warn!(%cause, "a session could not be marked as used");
        }
    }
}

/// A session that is not kept goes with the browser; in the server it ends when its time is over.
fn expiry(facts: &Facts) -> Expiry {
    match facts.keeping {
        Keeping::Kept => Expiry::AtDateTime(facts.ends.calendar()),
        Keeping::ThisVisit => Expiry::OnSessionEnd,
    }
}

async fn actor_of(app: &App, facts: &Facts, now: Moment) -> Result<Actor> {
    let account = facts.account.as_ref().ok_or_else(|| Error::broken("a session has no account", facts.user))?;
    let name = Username::parse(&account.name).map_err(|_| Error::broken("a stored user name is not one", facts.user))?;
    let is_fresh = now.since(facts.proven) <= app.config().session.proof;
    let proof = if is_fresh { Freshness::Fresh } else { Freshness::Stale };
    let clearance = clearance_of(app, account.role, &facts.by).await?;
    Ok(Actor::Person(Person { id: facts.user, name, role: account.role, standing: account.standing, proof, clearance }))
}

async fn clearance_of(app: &App, role: Role, by: &Proven) -> Result<Clearance> {
    if role == Role::Member || by.is_by_two_factors() {
        return Ok(Clearance::Full);
    }
    Ok(match site::settings(app).await?.staff_factor {
        StaffFactor::Required => Clearance::FactorOwed,
        StaffFactor::Optional => Clearance::Full,
    })
}

/// Runs an act for the visit that a server function belongs to.
///
/// # Errors
/// What the person is told; the cause is in the log.
pub async fn call<T, Act, Doing>(act: Act) -> std::result::Result<T, AppError>
where
    Act: FnOnce(Visit) -> Doing,
    Doing: Future<Output = Result<T>>,
{
    match use_context::<Visit>() {
        Some(visit) => act(visit).await.map_err(Error::told),
        None => Err(error::incident("a server function was called without a visit", &"no context")),
    }
}
