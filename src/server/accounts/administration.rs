//! What admins do with accounts. Each act is written into the audit log with its reason, in the same
//! transaction, and counts from the person's very next request.

use std::time::Duration;

use crate::{
    accounts::model::{
        AccountRecord, PasswordLink, Role, Secret, SessionRecord, Standing, Suspension, SuspensionLength, SuspensionReason,
        UserId,
    },
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    moment::{Day, Moment},
    policy::{self, act},
    server::{
        audit::{self, Line},
        error::Result,
        letters::{self, Letter},
        session,
        visit::Visit,
    },
    valid::{FieldProblems, Valid, Value},
    words,
};

use super::{admins, browsers, held, links, store};

const DAY: Duration = Duration::from_hours(24);

/// A page of the accounts that the filter lets through, the newest first, and one more if there is.
///
/// # Errors
/// Not allowed.
pub async fn accounts(visit: &Visit, filter: &store::Filter) -> Result<Vec<AccountRecord>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    super::throttle::admit_search(visit, &filter.text).await?;
    store::page(visit.database().reader(), filter, visit.now()).await
}

/// Accounts on one page.
pub const PAGE: u64 = store::PAGE;

/// The accounts made last.
///
/// # Errors
/// Not allowed.
pub async fn newest(visit: &Visit, most: u64) -> Result<Vec<AccountRecord>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::newest(visit.database().reader(), most).await
}

/// How many accounts there are.
///
/// # Errors
/// Not allowed.
pub async fn count(visit: &Visit) -> Result<u64> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::count(visit.database().reader()).await
}

/// How many accounts were made on each day since a moment; days without any are left out.
///
/// # Errors
/// Not allowed.
pub async fn count_by_day(visit: &Visit, since: Moment) -> Result<Vec<(Day, u64)>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::count_by_day(visit.database().reader(), since).await
}

/// How many sessions are open on the whole site.
///
/// # Errors
/// Not allowed.
pub async fn count_sessions(visit: &Visit) -> Result<u64> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    Ok(session::count(visit.database().reader(), visit.now()).await?)
}

/// One account with its open sessions.
///
/// # Errors
/// Not allowed, or there is no such account.
pub async fn account(visit: &Visit, id: UserId) -> Result<(AccountRecord, Vec<SessionRecord>)> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::NotFound)?;
    let sessions = session::list(visit.database().reader(), id, visit.now()).await?;
    Ok((store::record_of(&user)?, sessions))
}

/// Makes somebody member, moderator or admin. Their sessions end, so that the next one has a new id.
///
/// # Errors
/// Not allowed, no such account, it would leave the site without an admin, or the person still waits to be
/// let in.
pub async fn change_role(visit: &Visit, id: UserId, role: Role) -> Result<Landing> {
    // Strangers are turned away before they keep others from writing.
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let other_admins = admins::lock_others(&transaction, visit, id).await?;
    let user = store::find(&transaction, id).await?;
    let old = user.as_ref().map_or(Role::Member, role_of);
    let permit = policy::may_change_role(visit.actor(), (old, role), other_admins, visit.now())?;
    let user = user.ok_or(AppError::NotFound)?;
    if role > Role::Member && !admins::is_let_in(&user) {
        return Err(Refusal::NotLetIn.into());
    }
    store::set_role(&transaction, &permit, id, role).await?;
    let own_session = if visit.actor().id() == Some(id) { visit.session_id() } else { None };
    super::end_all_access(&transaction, id, own_session).await?;
    let change = format!("{} → {}", user.role, role.name());
    audit::record(&transaction, visit, Line::of(Deed::RoleChanged, Subject::User(id.0)).named(&user.name).detailed(change))
        .await?;
    transaction.commit().await?;
    if own_session.is_some() {
        visit.change_session_id().await?;
    }
    Ok(Landing::on(page_of(id)).saying(Notice::RoleChanged))
}

/// Keeps somebody from taking part, for a time or until it is lifted.
///
/// # Errors
/// Not allowed, no such account, or a field breaks its rule.
pub async fn suspend(visit: &Visit, id: UserId, draft: Suspension) -> Result<Landing> {
    let permit = policy::may_administer(visit.actor(), id, visit.now())?;
    let draft = Valid::check(draft)?;
    let reason = SuspensionReason::parse(&draft.reason).map_err(|problem| FieldProblems::one("reason", problem))?;
    let length = SuspensionLength::parse(&draft.days).map_err(|problem| FieldProblems::one("days", problem))?;
    let (until, detail) = match length {
        SuspensionLength::Days(days) => (Some(visit.now().after(DAY * days)), words::counted(u64::from(days), "day")),
        SuspensionLength::UntilLifted => (None, "until lifted".to_owned()),
    };
    let transaction = visit.database().begin().await?;
    let other_admins = admins::lock_others(&transaction, visit, id).await?;
    let user = store::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    if role_of(&user) == Role::Admin && other_admins == 0 {
        return Err(Refusal::LastAdmin.into());
    }
    store::suspend(&transaction, &permit, id, until, &reason, visit.now()).await?;
    let line = Line::of(Deed::Suspended, Subject::User(id.0)).named(&user.name).detailed(detail).because(reason.as_str());
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(page_of(id)).saying(Notice::PersonSuspended))
}

/// # Errors
/// Not allowed, or no such account.
pub async fn lift_suspension(visit: &Visit, id: UserId) -> Result<Landing> {
    let permit = policy::may_administer(visit.actor(), id, visit.now())?;
    let transaction = visit.database().begin().await?;
    let user = store::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    store::lift_suspension(&transaction, &permit, id).await?;
    audit::record(&transaction, visit, Line::of(Deed::SuspensionLifted, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    Ok(Landing::on(page_of(id)).saying(Notice::SuspensionLifted))
}

/// Signs somebody out everywhere, and ends what was asked for there.
///
/// # Errors
/// Not allowed, or no such account.
pub async fn end_sessions(visit: &Visit, id: UserId) -> Result<Landing> {
    policy::may_administer(visit.actor(), id, visit.now())?;
    let transaction = visit.database().begin().await?;
    let user = store::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    let ended = super::end_all_access(&transaction, id, None).await?;
    let line = Line::of(Deed::SessionsEnded, Subject::User(id.0)).named(&user.name).detailed(words::counted(ended, "session"));
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(page_of(id)).saying(Notice::SessionsEnded))
}

/// Makes a link with which somebody sets a new password; shown once, to be handed over.
///
/// # Errors
/// Not allowed, or no such account.
pub async fn make_password_link(visit: &Visit, id: UserId) -> Result<PasswordLink> {
    policy::may_administer(visit.actor(), id, visit.now())?;
    let transaction = visit.database().begin().await?;
    let user = store::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    let token = links::make(&transaction, links::Purpose::Password, Some(id), visit.now()).await?;
    audit::record(&transaction, visit, Line::of(Deed::PasswordReset, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    let address = visit.app().config().site.address.link(&format!("/password/{}", token.expose()));
    Ok(PasswordLink { address, ends: visit.now().after(links::Purpose::Password.life()) })
}

/// Has somebody choose a new password at the next sign-in; their sessions end.
///
/// # Errors
/// Not allowed, or no such account.
pub async fn expire_password(visit: &Visit, id: UserId) -> Result<Landing> {
    let permit = policy::may_administer(visit.actor(), id, visit.now())?;
    let transaction = visit.database().begin().await?;
    let user = store::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    store::expire_password(&transaction, &permit, id, visit.now()).await?;
    super::end_all_access(&transaction, id, None).await?;
    browsers::forget_all(&transaction, id).await?;
    audit::record(&transaction, visit, Line::of(Deed::PasswordExpired, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    Ok(Landing::on(page_of(id)).saying(Notice::PasswordExpired))
}

/// Sets a password for somebody, which they replace at the next sign-in, as somebody else knows it; ends their
/// sessions and tells them.
///
/// # Errors
/// Not allowed, no such account, or the password is too weak.
pub async fn set_password(visit: &Visit, id: UserId, password: &Secret) -> Result<()> {
    let permit = policy::may_administer(visit.actor(), id, visit.now())?;
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::NotFound)?;
    let password = super::passwords::strong_password(visit, password, &user.name, &user.email).await?;
    let hash = visit.passwords().hash(&password).await?;
    let transaction = visit.database().begin().await?;
    let held = held::by_others(&transaction, id).await?;
    store::set_password(&transaction, &permit, &held, &hash).await?;
    store::expire_password(&transaction, &permit, id, visit.now()).await?;
    super::end_all_access(&transaction, id, None).await?;
    browsers::forget_all(&transaction, id).await?;
    links::cancel(&transaction, links::Purpose::Password, id).await?;
    super::throttle::forgive(&transaction, visit, &user).await?;
    letters::tell(&transaction, visit.app(), held.user(), Letter::PasswordChanged).await?;
    audit::record(&transaction, visit, Line::of(Deed::PasswordChanged, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether the account can be acted on at all: suspended ones can be restored, others suspended.
#[must_use]
pub fn is_suspended(record: &AccountRecord, now: Moment) -> bool {
    record.standing.at(now) != Standing::Good
}

fn role_of(user: &crate::server::entity::user::Model) -> Role {
    session::Account::of(user).role
}

fn page_of(id: UserId) -> LocalPath {
    LocalPath::ours(&format!("/admin/users/{id}"))
}
