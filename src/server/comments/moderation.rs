//! What moderators do with comments, one or many at a time. Each comment is its own line in the audit
//! log; all of them are one transaction.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    audit::model::{Deed, Subject},
    comments::model::{Comment, CommentId, CommentState, ListedComment, Moderation, ModerationDeed, ModerationReason},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{self, Permit, act},
    server::{
        audit::{self, Line},
        discussions::{self, Moving},
        error::Result,
        visit::Visit,
    },
    valid::{FieldProblems, Valid, Value},
};

use super::{store, thread};

/// Comments on one page of the dashboard and of a person's page.
pub const PAGE: u64 = 30;

/// Which comments to show in the dashboard.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the text as typed.
    pub text: String,
    pub state: Option<CommentState>,
    pub author: Option<UserId>,
    /// Older than this one.
    pub before: Option<CommentId>,
}

/// A page of the comments that the filter lets through, the newest first, and one more if there is.
///
/// # Errors
/// Not allowed.
pub async fn comments(visit: &Visit, filter: &Filter) -> Result<Vec<ListedComment>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::filtered(visit.database().reader(), filter).await
}

/// How many comments are in a state.
///
/// # Errors
/// Not allowed.
pub async fn count(visit: &Visit, state: CommentState) -> Result<u64> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::count(visit.database().reader(), state).await
}

/// When the comments since a moment were written.
///
/// # Errors
/// Not allowed.
pub async fn written_since(visit: &Visit, since: Moment) -> Result<Vec<Moment>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::written_since(visit.database().reader(), since).await
}

/// Hides, restores or deletes comments. Those that the deed does not apply to stay as they are.
///
/// # Errors
/// Not allowed, nothing was chosen, or there is no reason.
pub async fn moderate(visit: &Visit, deed: ModerationDeed, draft: Moderation, next: Option<LocalPath>) -> Result<Landing> {
    let permit = policy::may_moderate_comments(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let reason = ModerationReason::parse(&draft.reason).map_err(|problem| FieldProblems::one("reason", problem))?;
    let transaction = visit.database().begin().await?;
    for id in &draft.comments {
        moderate_one(&transaction, visit, &permit, deed, *id, &reason).await?;
    }
    transaction.commit().await?;
    let notice = match deed {
        ModerationDeed::Hide => Notice::CommentsHidden,
        ModerationDeed::Restore => Notice::CommentsRestored,
        ModerationDeed::Delete => Notice::CommentsDeleted,
    };
    Ok(Landing::on(next.unwrap_or_else(dashboard_page)).saying(notice))
}

async fn moderate_one(
    database: &impl ConnectionTrait,
    visit: &Visit,
    permit: &Permit<act::ModerateComments>,
    deed: ModerationDeed,
    id: CommentId,
    reason: &ModerationReason,
) -> Result<()> {
    let Some(found) = store::find(database, id).await? else { return Ok(()) };
    discussions::lock(database, found.discussion).await?;
    let Some(comment) = store::find(database, id).await? else { return Ok(()) };
    let Some(outcome) = deed.outcome(comment.state) else { return Ok(()) };
    store::set_state(database, permit, id, (comment.state, outcome), reason).await?;
    keep_counts(database, &comment, outcome).await?;
    let line = Line::of(audited(deed), Subject::Comment(id.0)).named(&comment.author_name).because(reason.as_str());
    audit::record(database, visit, line).await
}

/// Places and counters follow what can be seen.
async fn keep_counts(database: &impl ConnectionTrait, comment: &Comment, outcome: CommentState) -> Result<()> {
    let moving = match (comment.state, outcome) {
        (CommentState::Visible, _) => {
            thread::lose_place(database, comment.id).await?;
            Moving::Gone
        }
        (_, CommentState::Visible) => {
            thread::gain_place(database, comment.id).await?;
            Moving::Shown
        }
        _ => Moving::Edited,
    };
    discussions::record_activity(database, comment.discussion, moving).await
}

const fn audited(deed: ModerationDeed) -> Deed {
    match deed {
        ModerationDeed::Hide => Deed::CommentHidden,
        ModerationDeed::Restore => Deed::CommentRestored,
        ModerationDeed::Delete => Deed::CommentDeleted,
    }
}

fn dashboard_page() -> LocalPath {
    LocalPath::parse("/admin/comments").unwrap_or_else(|_| LocalPath::home())
}
