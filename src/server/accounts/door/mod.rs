//! The one door. Every way to a session ends in [`complete_login`]: it asks the policy what is still
//! owed, from what is stored of the account, and opens a session only when that is nothing.
//!
//! Whoever owes something is a guest with an *entry*: a row that lives five minutes and five tries,
//! found by a cookie of its own. An entry is no session, appears in no list of them and gives no right.
//! Paying a debt comes back here and asks again. Counting and using up are single statements, so that
//! requests at the same moment cannot share a try or an entry. What is owed is asked of the account as it
//! is under its lock, in the transaction that opens the session: nobody comes in by what was so before.

mod debts;
mod store;

use std::time::Duration;

use sea_orm::ConnectionTrait;

pub(in crate::server::accounts) use debts::owing;
pub use debts::{acknowledge_suspension, choose_due_password, keep_account, start_over};
pub(in crate::server::accounts) use store::lock;
pub use store::{Entry, sweep};

use crate::{
    accounts::model::{Clearance, Debt, Keeping, Proven, Role, SignInNotices, UserId},
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{
        self,
        door::{AccountState, Consent, PasswordAge, Verification, owed},
    },
    server::{
        accounts::{
            addresses::verification,
            browsers::{self, Familiarity},
            factors,
            held::{self, Held},
            store as accounts, token,
        },
        audit::{self, Line},
        database::Transaction,
        entity::user,
        error::{Error, Result},
        events::{self, SecurityEvent},
        keepsake::Keepsake,
        letters::{self, Letter},
        session,
        visit::{Opening, Visit},
    },
    site::model::StaffFactor,
};

/// How long somebody may take to give what is owed.
pub const ENTRY_LIFE: Duration = Duration::from_mins(5);
/// How often they may try.
pub const ENTRY_TRIES: i32 = 5;

/// Somebody who has shown who they are, and where they want to go.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// The account as it was when its owner was recognised.
    pub user: &'a user::Model,
    pub proven: Proven,
    pub keeping: Keeping,
    pub next: Option<LocalPath>,
    /// What to say when they are in.
    pub saying: Notice,
}

/// Lets somebody in, or asks for what is still owed.
///
/// # Errors
/// The account has changed since its owner was recognised, or the database's.
pub async fn complete_login(visit: &Visit, arrival: Arrival<'_>) -> Result<Landing> {
    policy::may_sign_in(visit.actor(), visit.now())?;
    // Before the account is locked: reading them may take another connection.
    let staff_factor = visit.settings().await?.staff_factor;
    let transaction = visit.database().begin().await?;
    let held = held::recognised(&transaction, arrival.user).await?;
    let state = state_of(visit, &transaction, held.user()).await?;
    let Some(debt) = owed(&state, &arrival.proven, visit.now()) else {
        return open(visit, transaction, (&held, &state, staff_factor), arrival).await;
    };
    let token = token::fresh();
    store::begin(&transaction, &token::hash(&token), &arrival, visit.now()).await?;
    transaction.commit().await?;
    events::tell_of(SecurityEvent::LoginIncomplete, "entry", "user", Some(arrival.user.id));
    write_where_owed(visit, debt, arrival.user).await?;
    visit.keepsakes().keep(Keepsake::Entry, token, ENTRY_LIFE);
    Ok(Landing::on(waiting_room()))
}

/// The entry of this browser.
///
/// # Errors
/// Somebody is signed in, or the entry is over.
pub async fn entry(visit: &Visit) -> Result<Entry> {
    policy::may_sign_in(visit.actor(), visit.now())?;
    let token = visit.keepsakes().get(Keepsake::Entry).ok_or(Refusal::EntryOver)?;
    let found = store::find(visit.database().writer(), &token::hash(&token), visit.now()).await?;
    Ok(found.ok_or(Refusal::EntryOver)?)
}

/// What the owner of an entry owes next; nothing when another request has paid it.
///
/// # Errors
/// The account is gone, or the database's.
pub async fn debt(visit: &Visit, entry: &Entry) -> Result<Option<Debt>> {
    let user = owner(visit, entry).await?;
    let state = state_of(visit, visit.database().reader(), &user).await?;
    Ok(owed(&state, &entry.proven, visit.now()))
}

/// The account that an entry is for.
///
/// # Errors
/// It is gone.
pub async fn owner(visit: &Visit, entry: &Entry) -> Result<user::Model> {
    let found = accounts::find(visit.database().writer(), entry.user).await?;
    Ok(found.ok_or(Refusal::EntryOver)?)
}

/// Uses one of the tries of an entry up, before anything is compared.
///
/// # Errors
/// There are none left.
pub async fn spend_try(visit: &Visit, entry: &Entry) -> Result<()> {
    let spent = store::spend_try(visit.database().writer(), entry, visit.now()).await?;
    if spent { Ok(()) } else { Err(Refusal::EntryOver.into()) }
}

/// Goes on after a debt was paid: to the next one, or in.
///
/// # Errors
/// The entry is over, or was used up by another request.
pub async fn advance(visit: &Visit, entry: Entry) -> Result<Landing> {
    let staff_factor = visit.settings().await?.staff_factor;
    let transaction = visit.database().begin().await?;
    let held = held::in_entry(&transaction, &entry, visit.now()).await?;
    let (user, state) = (held.user(), state_of(visit, &transaction, held.user()).await?);
    if let Some(debt) = owed(&state, &entry.proven, visit.now()) {
        store::note(&transaction, &entry, visit.now()).await?;
        transaction.commit().await?;
        write_where_owed(visit, debt, user).await?;
        return Ok(Landing::on(waiting_room()));
    }
    if !store::take(&transaction, &entry, visit.now()).await? {
        return Err(Refusal::EntryOver.into());
    }
    visit.keepsakes().forget(Keepsake::Entry);
    let arrival = Arrival { user, proven: entry.proven, keeping: entry.keeping, next: entry.next, saying: Notice::SignedIn };
    open(visit, transaction, (&held, &state, staff_factor), arrival).await
}

/// Ends every entry of an account: what was shown for them does not count any more.
///
/// # Errors
/// The database's.
pub async fn cancel(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    store::cancel(database, user).await
}

/// Opens a session in the transaction that holds the account: what is owed was asked of the same row.
async fn open(
    visit: &Visit,
    transaction: Transaction,
    (held, state, staff_factor): (&Held, &AccountState, StaffFactor),
    arrival: Arrival<'_>,
) -> Result<Landing> {
    let (id, role) = (held.id(), session::Account::of(held.user()).role);
    let life = visit.app().lifetimes().of(role, arrival.keeping, state.factors);
    let detail = arrival.proven.words();
    let clearance = clearance(role, &arrival.proven, staff_factor);
    let opening = Opening { by: arrival.proven, keeping: arrival.keeping, life };
    let made = visit.make_session(&transaction, held, opening).await?;
    let familiarity = browsers::remember(visit, &transaction, id).await?;
    let entry = Line::of(Deed::SignedIn, Subject::User(id.0)).named(&held.user().name).detailed(detail);
    audit::record(&transaction, visit, entry).await?;
    tell_of_stranger(&transaction, visit, held.user(), familiarity).await?;
    transaction.commit().await?;
    visit.take_up_session(made).await?;
    let usual = arrival.next.unwrap_or_else(LocalPath::home);
    Ok(match clearance {
        Clearance::Full => Landing::on(usual).saying(arrival.saying),
        Clearance::FactorOwed => Landing::on(LocalPath::ours("/account/security")).saying(arrival.saying),
    })
}

/// Whoever owes a proof of their address is sent a letter that proves it. When too many were asked for from
/// one network, it can be asked for later, in the waiting room.
async fn write_where_owed(visit: &Visit, debt: Debt, user: &user::Model) -> Result<()> {
    if debt != Debt::Verification {
        return Ok(());
    }
    match verification::write(visit, UserId(user.id)).await {
        Ok(_) | Err(Error::Told(AppError::TooMany { .. })) => Ok(()),
        Err(other) => Err(other),
    }
}

/// A browser that is new to an account which has been entered from others: its owner may want to know.
async fn tell_of_stranger(
    database: &impl ConnectionTrait,
    visit: &Visit,
    user: &user::Model,
    familiarity: Familiarity,
) -> Result<()> {
    let Some(client) = visit.client() else { return Ok(()) };
    if familiarity != Familiarity::New || SignInNotices::from_name(&user.sign_in_notices) != SignInNotices::Wanted {
        return Ok(());
    }
    let letter = Letter::NewSignIn { at: visit.now(), agent: client.agent.clone(), address: client.address.to_string() };
    letters::tell(database, visit.app(), user, letter).await
}

fn clearance(role: Role, proven: &Proven, staff_factor: StaffFactor) -> Clearance {
    let is_owed = role > Role::Member && !proven.is_by_two_factors() && staff_factor == StaffFactor::Required;
    if is_owed { Clearance::FactorOwed } else { Clearance::Full }
}

async fn state_of(visit: &Visit, database: &impl ConnectionTrait, user: &user::Model) -> Result<AccountState> {
    Ok(AccountState {
        factors: factors::in_force(database, UserId(user.id)).await?,
        verification: verification_of(visit, user),
        consent: if user.awaiting_since.is_some() { Consent::Awaited } else { Consent::Given },
        password: if user.password_due_since.is_some() { PasswordAge::Due } else { PasswordAge::Good },
        deletes_at: user.deletes_at.map(Moment::from_milliseconds),
        standing: session::Account::of(user).standing,
    })
}

/// Where no letters are sent, nobody can prove anything.
pub(in crate::server::accounts) fn verification_of(visit: &Visit, user: &user::Model) -> Verification {
    if visit.app().sends_letters() && user.email_verified_at.is_none() { Verification::Owed } else { Verification::NotOwed }
}

/// Where the next debt is asked for.
fn waiting_room() -> LocalPath {
    LocalPath::ours("/sign-in/continue")
}
