//! One's own sessions: seen, and ended from anywhere.

use crate::{
    accounts::model::{SessionRecord, SignInNotices},
    audit::model::{Deed, Subject},
    error::AppError,
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        audit::{self, Line},
        error::Result,
        session,
        visit::Visit,
    },
    words,
};

use super::store;

/// What the page about one's own sessions shows.
#[derive(Debug)]
pub struct OwnSessions {
    /// The latest used first.
    pub sessions: Vec<SessionRecord>,
    pub notices: SignInNotices,
}

/// The open sessions of the person acting.
///
/// # Errors
/// Nobody is signed in.
pub async fn own(visit: &Visit) -> Result<OwnSessions> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?;
    let sessions = session::list(visit.database().reader(), id, visit.now()).await?;
    Ok(OwnSessions { sessions, notices: SignInNotices::from_name(&user.sign_in_notices) })
}

/// Ends one of one's own sessions; the one in use is ended by signing out.
///
/// # Errors
/// Nobody is signed in, or it has ended already.
pub async fn end(visit: &Visit, number: i64) -> Result<Landing> {
    let granted = policy::may_keep_sessions(visit.actor(), visit.now())?;
    if visit.session_number() == Some(number) {
        return super::sign_out(visit).await;
    }
    let id = granted.person.id;
    let transaction = visit.database().begin().await?;
    super::lock(&transaction, id).await?;
    if session::end_numbered(&transaction, id, number).await? == 0 {
        return Err(AppError::NotFound.into());
    }
    let line = Line::of(Deed::SessionEnded, Subject::User(id.0)).named(&granted.person.name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(page()).saying(Notice::SessionEnded))
}

/// Ends all of one's own sessions but the one in use, every visit that is half signed in, and what
/// was asked for in them.
///
/// # Errors
/// Nobody is signed in.
pub async fn end_others(visit: &Visit) -> Result<Landing> {
    let granted = policy::may_keep_sessions(visit.actor(), visit.now())?;
    let id = granted.person.id;
    let transaction = visit.database().begin().await?;
    let ended = super::end_all_access(&transaction, id, visit.session_id()).await?;
    let line = Line::of(Deed::SessionsEnded, Subject::User(id.0)).named(&granted.person.name);
    audit::record(&transaction, visit, line.detailed(words::counted(ended, "session"))).await?;
    transaction.commit().await?;
    Ok(Landing::on(page()).saying(Notice::OtherSessionsEnded))
}

/// Says whether a letter tells of sign-ins from browsers that were never used before.
///
/// # Errors
/// Nobody is signed in, or no fresh proof.
pub async fn choose_notices(visit: &Visit, choice: SignInNotices) -> Result<Landing> {
    let granted = policy::may_choose_notices(visit.actor(), visit.now())?;
    store::set_sign_in_notices(visit.database().writer(), &granted.permit, granted.person.id, choice).await?;
    Ok(Landing::on(page()).saying(Notice::NoticesSaved))
}

fn page() -> LocalPath {
    LocalPath::ours("/account/sessions")
}
