//! Recovery codes: ten of 128 bits, each good once in place of a second factor. They are shown when they
//! are made and never again.

use sea_orm::ConnectionTrait;

use super::{Event, attempt, failed, owner, store, told};
use crate::{
    accounts::model::{Debt, Proven, RecoveryCode, RecoveryCodes, SecondProof, Secret, UserId},
    audit::model::{Deed, Subject},
    error::AppError,
    landing::Landing,
    moment::Moment,
    policy::{self, Permit, act},
    server::{
        accounts::{door, held, token},
        audit::{self, Line},
        error::Result,
        visit::Visit,
    },
    valid::{FieldProblems, Value},
    words,
};

/// How many there are in a set.
pub const SET: usize = 10;

/// Makes a new set, which replaces the old one.
///
/// # Errors
/// Not allowed, or there is no factor that they could stand in for.
pub async fn make_recovery_codes(visit: &Visit) -> Result<RecoveryCodes> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let id = granted.person.id;
    let user = owner(visit, id).await?;
    let transaction = visit.database().begin().await?;
    held::in_session(visit, &transaction).await?;
    if store::in_force(&transaction, id).await?.is_empty() {
        return Err(AppError::NotFound.into());
    }
    let codes = fresh_codes(&transaction, &granted.permit, id, visit.now()).await?;
    audit::record(&transaction, visit, Line::of(Deed::RecoveryCodesMade, Subject::User(id.0)).named(&user.name)).await?;
    told(visit, &transaction, &user, Event::RecoveryCodesMade).await?;
    transaction.commit().await?;
    Ok(codes)
}

/// Pays the second factor on the way in with a recovery code, and tells the owner.
///
/// # Errors
/// The entry is over, the code is none or was used before, or too many were none.
pub async fn give_recovery_code(visit: &Visit, code: &Secret) -> Result<Landing> {
    let entry = door::owing(visit, |debt| debt == Debt::SecondFactor).await?;
    let code = RecoveryCode::parse(code.expose()).map_err(|problem| FieldProblems::one("recovery_code", problem))?;
    let user = door::owner(visit, &entry).await?;
    door::spend_try(visit, &entry).await?;
    let attempt = attempt(visit, entry.user).await?;
    let transaction = visit.database().begin().await?;
    if !store::use_code(&transaction, entry.user, &token::hash(code.bare()), visit.now()).await? {
        transaction.rollback().await?;
        attempt.failed();
        return Err(failed(visit, &user, "recovery code", "recovery_code").await);
    }
    let left = store::codes_left(&transaction, entry.user).await?;
    let line = Line::of(Deed::RecoveryCodeUsed, Subject::User(user.id)).named(&user.name);
    audit::record(&transaction, visit, line.detailed(format!("{} left", words::counted(left, "code")))).await?;
    told(visit, &transaction, &user, Event::RecoveryCodeUsed { left }).await?;
    transaction.commit().await?;
    attempt.succeeded(visit).await?;
    let proven = Proven { second: Some(SecondProof::RecoveryCode), ..entry.proven.clone() };
    door::advance(visit, entry.proven_by(proven)).await
}

/// A new set in place of the old one.
pub(super) async fn fresh_codes(
    database: &impl ConnectionTrait,
    permit: &Permit<act::SetUpFactor>,
    id: UserId,
    now: Moment,
) -> Result<RecoveryCodes> {
    let codes: Vec<_> = std::iter::repeat_with(|| RecoveryCode::of(rand::random())).take(SET).collect();
    let hashes = codes.iter().map(|code| token::hash(code.bare()));
    store::replace_codes(database, permit, id, hashes, now).await?;
    Ok(RecoveryCodes { recovery_codes: codes.iter().map(RecoveryCode::shown).collect() })
}
