//! Leaving for good: planned by the person, undone by signing in within two weeks, done after that.

use super::store;
use crate::{
    accounts::model::{Deletion, GRACE, UserId},
    audit::model::{Deed, Subject},
    error::Refusal,
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts,
        app::App,
        audit::{self, Line},
        comments, discussions,
        error::Result,
        letters::{self, Letter},
        visit::Visit,
    },
};

/// Has one's own account deleted after two weeks. Every session ends now.
///
/// # Errors
/// Nobody is signed in, no fresh proof, or it would leave the site without an admin.
pub async fn plan(visit: &Visit, deletion: Deletion) -> Result<Landing> {
    let granted = policy::may_leave_for_good(visit.actor(), visit.now())?;
    let id = granted.person.id;
    let transaction = visit.database().begin().await?;
    if accounts::admins::is_last(&transaction, visit, id).await? {
        return Err(Refusal::LastAdmin.into());
    }
    accounts::held::in_session(visit, &transaction).await?;
    store::plan_deletion(&transaction, &granted.permit, id, deletion, visit.now().after(GRACE)).await?;
    accounts::end_all_access(&transaction, id, None).await?;
    let letter = Letter::DeletionAhead { deletes_at: visit.now().after(GRACE) };
    letters::tell_owner(&transaction, visit.app(), id, letter).await?;
    let line = Line::of(Deed::DeletionPlanned, Subject::User(id.0)).named(&granted.person.name).detailed(deletion.name());
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    visit.close_session().await?;
    visit.keepsakes().bid_farewell();
    Ok(Landing::on(LocalPath::home()).saying(Notice::DeletionPlanned))
}

/// Erases the accounts whose time to change their mind is over; returns how many.
///
/// # Errors
/// The database's.
pub async fn erase_due(app: &App) -> Result<u64> {
    let visit = Visit::of_operator(app.clone());
    let mut erased = 0;
    for user in store::due(app.database().reader(), visit.now()).await? {
        let deletion = user.deletion.as_deref().and_then(Deletion::from_name).unwrap_or_default();
        erased += u64::from(erase(&visit, UserId(user.id), deletion).await?);
    }
    Ok(erased)
}

async fn erase(visit: &Visit, user: UserId, deletion: Deletion) -> Result<bool> {
    let permit = policy::may::<act::EraseAccount>(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    if !store::erase(&transaction, &permit, user, visit.now()).await? {
        return Ok(false);
    }
    if deletion == Deletion::Remove {
        comments::departure::remove_all_by(&transaction, &permit, user).await?;
        discussions::departure::remove_all_by(&transaction, &permit, user, visit.now()).await?;
    }
    store::delete_belongings(&transaction, user).await?;
    store::forget_in_log(&transaction, user).await?;
    let line = Line::of(Deed::AccountErased, Subject::User(user.0)).named(accounts::name::of_gone(user));
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(true)
}
