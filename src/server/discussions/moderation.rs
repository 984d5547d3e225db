//! What moderators do with discussions. Every act is written into the audit log in its transaction.

use crate::{
    audit::model::{Deed, Subject},
    discussions::model::{DiscussionId, DiscussionSummary, Openness, Prominence, Renaming, Title},
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts::throttle,
        audit::{self, Line},
        error::Result,
        visit::Visit,
    },
    valid::{FieldProblems, Valid, Value},
};

use super::{Filter, find, path_of, store};

/// A page of the discussions that the filter lets through, the newest first, and one more if there is.
///
/// # Errors
/// Not allowed.
pub async fn discussions(visit: &Visit, filter: &Filter) -> Result<Vec<DiscussionSummary>> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    throttle::admit_search(visit, &filter.text).await?;
    store::filtered(visit.database().reader(), filter).await
}

/// How many discussions there are.
///
/// # Errors
/// Not allowed.
pub async fn count(visit: &Visit) -> Result<u64> {
    policy::may::<act::SeeModeration>(visit.actor(), visit.now())?;
    store::count(visit.database().reader()).await
}

/// Opens or locks a discussion.
///
/// # Errors
/// Not allowed, or there is none.
pub async fn set_openness(visit: &Visit, id: DiscussionId, openness: Openness, next: Option<LocalPath>) -> Result<Landing> {
    let (setting, deed, notice) = match openness {
        Openness::Locked => (store::Setting::LockedAt(Some(visit.now())), Deed::DiscussionLocked, Notice::DiscussionLocked),
        Openness::Open => (store::Setting::LockedAt(None), Deed::DiscussionUnlocked, Notice::DiscussionUnlocked),
    };
    moderate(visit, id, setting, deed).await?;
    Ok(Landing::on(next.unwrap_or_else(|| path_of(id))).saying(notice))
}

/// Pins a discussion above the others, or lets it go.
///
/// # Errors
/// Not allowed, or there is none.
pub async fn set_prominence(visit: &Visit, id: DiscussionId, prominence: Prominence, next: Option<LocalPath>) -> Result<Landing> {
    let (setting, deed, notice) = match prominence {
        Prominence::Pinned => (store::Setting::PinnedAt(Some(visit.now())), Deed::DiscussionPinned, Notice::DiscussionPinned),
        Prominence::Usual => (store::Setting::PinnedAt(None), Deed::DiscussionUnpinned, Notice::DiscussionUnpinned),
    };
    moderate(visit, id, setting, deed).await?;
    Ok(Landing::on(next.unwrap_or_else(|| path_of(id))).saying(notice))
}

/// Gives a discussion another title.
///
/// # Errors
/// Not allowed, there is none, or the title breaks its rule.
pub async fn rename(visit: &Visit, id: DiscussionId, draft: Renaming, next: Option<LocalPath>) -> Result<Landing> {
    policy::may_moderate_discussion(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let title = Title::parse(&draft.title).map_err(|problem| FieldProblems::one("title", problem))?;
    moderate(visit, id, store::Setting::Title(title), Deed::DiscussionRenamed).await?;
    Ok(Landing::on(next.unwrap_or_else(|| path_of(id))).saying(Notice::DiscussionSaved))
}

/// Deletes a discussion with all its comments.
///
/// # Errors
/// Not allowed, or there is none.
pub async fn delete(visit: &Visit, id: DiscussionId, next: Option<LocalPath>) -> Result<Landing> {
    moderate(visit, id, store::Setting::DeletedAt(visit.now()), Deed::DiscussionDeleted).await?;
    Ok(Landing::on(next.unwrap_or_else(LocalPath::home)).saying(Notice::DiscussionDeleted))
}

async fn moderate(visit: &Visit, id: DiscussionId, setting: store::Setting, deed: Deed) -> Result<()> {
    let permit = policy::may_moderate_discussion(visit.actor(), visit.now())?;
    let discussion = find(visit, id).await?;
    let change = match &setting {
        store::Setting::Title(title) => format!("{} → {title}", discussion.summary.title),
        _ => String::new(),
    };
    let transaction = visit.database().begin().await?;
    store::moderate(&transaction, &permit, id, setting).await?;
    let line = Line::of(deed, Subject::Discussion(id.0)).named(&discussion.summary.title).detailed(change);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(())
}
