//! What moderators do with comments, one or many at a time. Each comment is its own line in the audit
//! log; all of them are one transaction.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    audit::model::{Deed, Subject},
    comments::model::{Comment, CommentId, CommentState, ListedComment, Moderation, ModerationDeed, ModerationReason},
    landing::{Landing, LocalPath, Notice},
    moment::{Day, Moment},
    policy::{self, Permit, act},
    server::{
        accounts::throttle,
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

/// How many comments are in each state.
#[derive(Clone, Debug, Default)]
pub struct Counts(Vec<(CommentState, u64)>);

impl Counts {
    #[must_use]
    pub fn of(&self, state: CommentState) -> u64 {
        self.0.iter().filter(|(counted, _)| *counted == state).map(|(_, number)| number).sum()
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, number)| number).sum()
    }
}

/// A page of the comments that the filter lets through, the newest first, and one more if there is.
///
/// # Errors
/// Not allowed.
pub async fn comments(visit: &Visit, filter: &Filter) -> Result<Vec<ListedComment>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    throttle::admit_search(visit, &filter.text).await?;
    store::filtered(visit.database().reader(), filter, PAGE + 1).await
}

/// The comments written last, of one person or of everybody, in whatever state.
///
/// # Errors
/// Not allowed.
pub async fn newest(visit: &Visit, author: Option<UserId>, most: u64) -> Result<Vec<ListedComment>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::filtered(visit.database().reader(), &Filter { author, ..Filter::default() }, most).await
}

/// How many comments are in each state.
///
/// # Errors
/// Not allowed.
pub async fn counts(visit: &Visit) -> Result<Counts> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::count_by_state(visit.database().reader()).await.map(Counts)
}

/// How many comments were written on each day since a moment, whatever became of them; days without any are left out.
///
/// # Errors
/// Not allowed.
pub async fn count_by_day(visit: &Visit, since: Moment) -> Result<Vec<(Day, u64)>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::count_by_day(visit.database().reader(), since).await
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
    LocalPath::ours("/admin/comments")
}
