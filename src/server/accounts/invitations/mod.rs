//! Invitations: links that let so many people make an account, until some day. Who invited whom is kept.
//!
//! Using one up is a single statement in the transaction that makes the account, so that the last use
//! goes to one person only.

mod store;

use std::time::Duration;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{
        InvitationDays, InvitationDraft, InvitationLink, InvitationNote, InvitationRecord, InvitationUses, Invited, Secret,
        UserId, Username,
    },
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts::token,
        audit::{self, Line},
        error::Result,
        keepsake::Keepsake,
        visit::Visit,
    },
    valid::{FieldProblems, Valid, Value},
};

pub use store::InvitationId;

const DAY: Duration = Duration::from_hours(24);
/// How long a browser remembers the invitation that it opened.
const REMEMBERED: Duration = Duration::from_hours(24);

/// Makes an invitation; its link is shown once and kept nowhere.
///
/// # Errors
/// Not allowed, or a field breaks its rule.
pub async fn make(visit: &Visit, draft: InvitationDraft) -> Result<InvitationLink> {
    let permit = policy::may_invite(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let note = field::<InvitationNote>("note", &draft.note)?;
    let InvitationUses(uses) = field("uses", &draft.uses)?;
    let InvitationDays(days) = field("days", &draft.days)?;
    let by = permit.by().ok_or(AppError::Unauthenticated)?;
    let (token, ends) = (token::fresh(), visit.now().after(DAY * days));
    let transaction = visit.database().begin().await?;
    let new = store::New { code_hash: token::hash(&token), by, note: &note, uses, ends, now: visit.now() };
    store::insert(&transaction, &permit, new).await?;
    audit::record(&transaction, visit, Line::of(Deed::Invited, Subject::Site).detailed(note.as_str())).await?;
    transaction.commit().await?;
    let address = visit.app().config().site.address.link(&format!("/invitation/{}", token.expose()));
    Ok(InvitationLink { address, ends })
}

fn field<V: Value>(name: &str, text: &str) -> Result<V> {
    V::parse(text).map_err(|problem| FieldProblems::one(name, problem).into())
}

/// Withdraws an invitation; who came by it stays.
///
/// # Errors
/// Not allowed, or there is none of that number.
pub async fn withdraw(visit: &Visit, id: InvitationId) -> Result<Landing> {
    let permit = policy::may_invite(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let note = store::withdraw(&transaction, &permit, id, visit.now()).await?.ok_or(AppError::NotFound)?;
    audit::record(&transaction, visit, Line::of(Deed::InvitationWithdrawn, Subject::Site).detailed(note)).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/admin/joining")).saying(Notice::InvitationWithdrawn))
}

/// The invitations made last, with who came by each.
///
/// # Errors
/// Not allowed.
pub async fn list(visit: &Visit) -> Result<Vec<InvitationRecord>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::list(visit.database().reader()).await
}

/// Who invited somebody; nobody, where they came by themselves.
///
/// # Errors
/// Not allowed.
pub async fn inviter(visit: &Visit, id: Option<i64>) -> Result<Option<Username>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    match id {
        Some(id) => store::inviter(visit.database().reader(), InvitationId(id)).await,
        None => Ok(None),
    }
}

/// Has the browser remember the invitation that it opened.
pub fn open(visit: &Visit, token: Secret) {
    visit.keepsakes().keep(Keepsake::Invitation, token, REMEMBERED);
}

/// Whether this browser has opened an invitation that is in force.
///
/// # Errors
/// The database's.
pub async fn opened(visit: &Visit) -> Result<Invited> {
    let Some(token) = visit.keepsakes().get(Keepsake::Invitation) else { return Ok(Invited::No) };
    let in_force = store::is_in_force(visit.database().reader(), &token::hash(&token), visit.now()).await?;
    Ok(if in_force { Invited::Yes } else { Invited::No })
}

/// Uses the invitation of this browser up for a new account; nothing happens without one.
///
/// # Errors
/// Somebody else had its last use.
pub async fn consume(database: &impl ConnectionTrait, visit: &Visit, invited: Invited, user: UserId) -> Result<()> {
    let Some(token) = visit.keepsakes().get(Keepsake::Invitation).filter(|_| invited == Invited::Yes) else { return Ok(()) };
    if !store::consume(database, &token::hash(&token), user, visit.now()).await? {
        return Err(Refusal::InvitationNeeded.into());
    }
    visit.keepsakes().forget(Keepsake::Invitation);
    Ok(())
}
