//! Debts that are paid with a button or a new password. Second factors have a room of their own.

use sea_orm::ConnectionTrait;

use super::{Entry, advance, debt, entry, owner, store};
use crate::{
    accounts::model::{Debt, NewPasswordDraft, Proven, SuspensionNotice},
    audit::model::{Deed, Subject},
    error::Refusal,
    landing::{Landing, LocalPath},
    policy,
    server::{
        accounts::{
            held, links,
            passwords::{refuse_same, strong_password},
            store as accounts,
        },
        audit::{self, Line},
        error::Result,
        keepsake::Keepsake,
        letters::{self, Letter},
        session,
        visit::Visit,
    },
    valid::Valid,
};

/// The entry of this browser, when it owes exactly this.
///
/// # Errors
/// It is over, or owes something else.
pub(in crate::server::accounts) async fn owing(visit: &Visit, is_it: impl Fn(Debt) -> bool) -> Result<Entry> {
    let entry = entry(visit).await?;
    match debt(visit, &entry).await? {
        Some(debt) if is_it(debt) => Ok(entry),
        _ => Err(Refusal::EntryOver.into()),
    }
}

/// Goes on after somebody has read that they are suspended.
///
/// # Errors
/// The entry is over, or something else is owed.
pub async fn acknowledge_suspension(visit: &Visit) -> Result<Landing> {
    let entry = owing(visit, |debt| debt == Debt::SuspensionNotice).await?;
    let proven = Proven { notice: SuspensionNotice::Read, ..entry.proven.clone() };
    advance(visit, entry.proven_by(proven)).await
}

/// Keeps an account that was to be deleted.
///
/// # Errors
/// The entry is over, or something else is owed.
pub async fn keep_account(visit: &Visit) -> Result<Landing> {
    let permit = policy::may_sign_in(visit.actor(), visit.now())?;
    let entry = owing(visit, |debt| matches!(debt, Debt::Return { .. })).await?;
    let transaction = visit.database().begin().await?;
    let held = held::in_entry(&transaction, &entry, visit.now()).await?;
    accounts::cancel_deletion(&transaction, &permit, entry.user).await?;
    let line = Line::of(Deed::DeletionCancelled, Subject::User(entry.user.0)).named(&held.user().name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    advance(visit, entry).await
}

/// Replaces a password that is due.
///
/// # Errors
/// The entry is over, something else is owed, or the password is too weak or the old one.
pub async fn choose_due_password(visit: &Visit, draft: NewPasswordDraft) -> Result<Landing> {
    let permit = policy::may_sign_in(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let entry = owing(visit, |debt| debt == Debt::NewPassword).await?;
    let user = owner(visit, &entry).await?;
    let password = strong_password(visit, &draft.password, &user.name, &user.email).await?;
    refuse_same(visit, &user, &password).await?;
    let hash = visit.passwords().hash(&password).await?;
    let transaction = visit.database().begin().await?;
    let held = held::in_entry(&transaction, &entry, visit.now()).await?.unless_changed_since(&user)?;
    accounts::set_password(&transaction, &permit, &held, &hash).await?;
    forget_all_but(&transaction, &entry).await?;
    letters::tell(&transaction, visit.app(), &user, Letter::PasswordChanged).await?;
    let line = Line::of(Deed::PasswordChanged, Subject::User(entry.user.0)).named(&user.name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    advance(visit, entry).await
}

/// What the old password opened ends; the entry that replaced it goes on.
async fn forget_all_but(database: &impl ConnectionTrait, entry: &Entry) -> Result<()> {
    let user = entry.user;
    accounts::count_epoch(database, user).await?;
    session::end_all(database, user, None).await?;
    links::cancel(database, links::Purpose::Password, user).await?;
    store::cancel_others(database, entry).await
}

/// Gives an entry up.
///
/// # Errors
/// Somebody is signed in.
pub async fn start_over(visit: &Visit) -> Result<Landing> {
    policy::may_sign_in(visit.actor(), visit.now())?;
    if let Ok(entry) = entry(visit).await {
        store::take(visit.database().writer(), &entry, visit.now()).await?;
    }
    visit.keepsakes().forget(Keepsake::Entry);
    Ok(Landing::on(LocalPath::ours("/sign-in")))
}
