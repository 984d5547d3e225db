//! The queue of those who wait to be let in, where the site asks for that.

mod store;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{Applicant, Application, Declination, DeclineReason, UserId},
    audit::model::{Deed, Subject},
    error::AppError,
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{self, Permit, act},
    server::{
        audit::{self, Line},
        error::Result,
        letters::{self, Letter},
        visit::Visit,
    },
    valid::{FieldProblems, Valid, Value},
};

use super::store as accounts;

/// Has an account that was made just now wait.
///
/// # Errors
/// The database's.
pub(super) async fn ask<A: accounts::MakesAccount>(
    database: &impl ConnectionTrait,
    permit: &Permit<A>,
    user: UserId,
    application: &Application,
    now: Moment,
) -> Result<()> {
    store::await_consent(database, permit, user, application, now).await
}

/// Everybody who waits, the longest first.
///
/// # Errors
/// Not allowed.
pub async fn waiting(visit: &Visit) -> Result<Vec<Applicant>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::applicants(visit.database().reader()).await
}

/// Lets somebody in.
///
/// # Errors
/// Not allowed, or nobody of that number waits.
pub async fn approve(visit: &Visit, id: UserId) -> Result<Landing> {
    let permit = policy::may_decide_registration(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let user = accounts::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    if !store::approve(&transaction, &permit, id).await? {
        return Err(AppError::NotFound.into());
    }
    letters::tell_newcomer(&transaction, visit.app(), &user, Letter::RegistrationApproved).await?;
    audit::record(&transaction, visit, Line::of(Deed::Approved, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    Ok(Landing::on(page()).saying(Notice::PersonApproved))
}

/// Does not let somebody in, and says why. They read it when they sign in; their account goes after a
/// month.
///
/// # Errors
/// Not allowed, nobody of that number waits, or there is no reason.
pub async fn decline(visit: &Visit, id: UserId, draft: Declination) -> Result<Landing> {
    let permit = policy::may_decide_registration(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let reason = DeclineReason::parse(&draft.reason).map_err(|problem| FieldProblems::one("reason", problem))?;
    let transaction = visit.database().begin().await?;
    let user = accounts::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    if !store::decline(&transaction, &permit, id, &reason, visit.now()).await? {
        return Err(AppError::NotFound.into());
    }
    let letter = Letter::RegistrationDeclined { reason: reason.as_str().to_owned() };
    letters::tell_newcomer(&transaction, visit.app(), &user, letter).await?;
    let line = Line::of(Deed::Declined, Subject::User(id.0)).named(&user.name).because(reason.as_str());
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(page()).saying(Notice::PersonDeclined))
}

/// Deletes the accounts of those who were not let in before a moment; returns how many.
///
/// # Errors
/// The database's.
pub async fn forget_declined(database: &impl ConnectionTrait, before: Moment) -> Result<u64> {
    store::forget_declined(database, before).await
}

fn page() -> LocalPath {
    LocalPath::ours("/admin/joining")
}
