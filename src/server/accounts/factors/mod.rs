//! What proves who somebody is beside the password: authenticator apps, recovery codes, passkeys.
//!
//! Setting one up and removing one ask for a fresh proof, end every other session and are told to the
//! owner. A code is counted before it is compared, and used up by one statement, so that requests at the
//! same moment cannot share it. Recovery codes go with the last factor that they stand in for.

pub mod passkeys;
mod recovery;
mod store;
mod telling;
mod totp;

use sea_orm::ConnectionTrait;

pub use recovery::{give_recovery_code, make_recovery_codes};
pub use telling::{Event, refuse_unverified, told};
pub use totp::{AppSetUp, app_waits, begin_totp, confirm_totp, give_code, pending_app, remove_totp};

use crate::{
    accounts::model::{Keeping, Role, SecondFactors, SecondProof, SecurityRecord, UserId},
    audit::model::{Deed, Subject},
    error::AppError,
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{self, act},
    server::{
        accounts::{self, store as people, throttle},
        audit::{self, Line},
        entity::user,
        error::{Error, Result},
        visit::Visit,
    },
    valid::{FieldProblems, Problem, ProblemCode},
};

use throttle::{Attempt, Key};

/// The second factors that an account has in force. An app whose code was never confirmed is none.
///
/// # Errors
/// The database's.
pub async fn in_force(database: &impl ConnectionTrait, user: UserId) -> Result<SecondFactors> {
    store::in_force(database, user).await
}

/// What protects the account of the person acting.
///
/// # Errors
/// Nobody is signed in.
pub async fn own_security(visit: &Visit) -> Result<SecurityRecord> {
    policy::may::<act::SeeOwnSecurity>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    let passkeys = passkeys::records(visit.database().writer(), id).await?;
    Ok(SecurityRecord { passkeys, ..store::security_of(visit.database().writer(), id).await? })
}

/// How many recovery codes an account has left.
///
/// # Errors
/// The database's.
pub async fn codes_left(visit: &Visit, user: UserId) -> Result<u64> {
    store::codes_left(visit.database().reader(), user).await
}

/// Deletes secrets of apps that nobody confirmed in time, and challenges that nobody answered; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    Ok(store::forget_unconfirmed(database, now.before(totp::PENDING_LIFE)).await? + passkeys::sweep(database, now).await?)
}

/// Somebody of the staff, as the operator sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    pub name: String,
    pub role: Role,
    pub factors: SecondFactors,
}

/// Moderators and admins with their second factors, by name.
///
/// # Errors
/// Not the operator.
pub async fn staff(visit: &Visit) -> Result<Vec<StaffMember>> {
    policy::may::<act::ListStaff>(visit.actor(), visit.now())?;
    let staff = store::staff(visit.database().reader()).await?;
    audit::record(visit.database().writer(), visit, Line::of(Deed::StaffListed, Subject::Site)).await?;
    Ok(staff)
}

/// Takes every second factor and the recovery codes from somebody who has lost them, and ends their
/// sessions.
///
/// # Errors
/// Not allowed, or no such account.
pub async fn reset(visit: &Visit, id: UserId) -> Result<()> {
    let permit = policy::may_administer(visit.actor(), id, visit.now())?;
    let transaction = visit.database().begin().await?;
    let user = people::lock(&transaction, id).await?.ok_or(AppError::NotFound)?;
    store::delete_all(&transaction, &permit, id).await?;
    throttle::forgive_second_factor(&transaction, visit, id).await?;
    accounts::end_all_access(&transaction, id, None).await?;
    accounts::browsers::forget_all(&transaction, id).await?;
    audit::record(&transaction, visit, Line::of(Deed::FactorsReset, Subject::User(id.0)).named(&user.name)).await?;
    told(visit, &transaction, &user, Event::FactorsReset).await?;
    transaction.commit().await?;
    Ok(())
}

/// The account of the person acting.
async fn owner(visit: &Visit, id: UserId) -> Result<user::Model> {
    Ok(people::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?)
}

/// Counts a try by the account, before anything is compared; whoever succeeds says so.
async fn attempt(visit: &Visit, user: UserId) -> Result<Attempt> {
    let key = Key::second_factor(user).with_free_tries(visit.app().config().limits.sign_in_free_tries);
    throttle::attempt(visit, vec![key]).await
}

/// Writes down that a code did not match, and says so beside its field.
async fn failed(visit: &Visit, user: &user::Model, what: &str, field: &str) -> Error {
    match note_failure(visit, user, what).await {
        Ok(()) => FieldProblems::one(field, Problem::new(ProblemCode::WrongCode)).into(),
        Err(error) => error,
    }
}

/// Writes down that a second factor did not match.
async fn note_failure(visit: &Visit, user: &user::Model, what: &str) -> Result<()> {
    let line = Line::of(Deed::SecondFactorFailed, Subject::User(user.id)).named(&user.name).detailed(what);
    audit::record(visit.database().writer(), visit, line).await
}

/// Notes in the session that a factor was set up in it. What it was proven by already stays, and when: the code of
/// an app that is new is no secret of the owner's.
async fn enrolled(visit: &Visit) -> Result<()> {
    let person = visit.actor().person().ok_or(AppError::Unauthenticated)?;
    let factors = store::in_force(visit.database().writer(), person.id).await?;
    let life = visit.app().lifetimes().of(person.role, Keeping::ThisVisit, factors);
    let second = match visit.proven() {
        Some(proven) if proven.is_by_two_factors() => None,
        _ => Some(SecondProof::Enrolment),
    };
    visit.note_second_factor(second, life).await
}

/// A factor that is to go, once its row has been deleted.
struct Removal<'a> {
    user: &'a user::Model,
    detail: String,
    event: Event,
    notice: Notice,
}

/// What every removal ends with: without a factor there are no recovery codes, and no session that
/// counts as proven by one.
async fn removed(visit: &Visit, transaction: crate::server::database::Transaction, removal: Removal<'_>) -> Result<Landing> {
    let id = UserId(removal.user.id);
    let left = store::in_force(&transaction, id).await?;
    if left.is_empty() {
        store::delete_codes(&transaction, id).await?;
    }
    accounts::end_all_access(&transaction, id, visit.session_id()).await?;
    let line = Line::of(Deed::FactorRemoved, Subject::User(id.0)).named(&removal.user.name).detailed(removal.detail);
    audit::record(&transaction, visit, line).await?;
    told(visit, &transaction, removal.user, removal.event).await?;
    transaction.commit().await?;
    if left.is_empty() {
        visit.note_no_factor().await?;
    } else {
        visit.change_session_id().await?;
    }
    Ok(Landing::on(security_page()).saying(removal.notice))
}

fn security_page() -> LocalPath {
    LocalPath::ours("/account/security")
}
