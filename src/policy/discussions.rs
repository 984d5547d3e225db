//! Rules about discussions.

use std::time::Duration;

use crate::{
    accounts::model::Actor,
    discussions::model::{DiscussionSummary, Openness},
    error::{AppError, Refusal},
    moment::Moment,
};

use super::{Granted, Permit, act, comments::refuse_late, grant, grant_to_person};

/// # Errors
/// Nobody is signed in, or the account is suspended.
pub fn may_start_discussion(actor: &Actor, now: Moment) -> Result<Granted<act::StartDiscussion>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Not one's own, too late, or locked.
pub fn may_edit_discussion(
    actor: &Actor,
    discussion: &DiscussionSummary,
    window: Duration,
    now: Moment,
) -> Result<Granted<act::EditDiscussion>, AppError> {
    let granted = grant_to_person(actor, now)?;
    if discussion.author != granted.person.id {
        return Err(Refusal::NotYours.into());
    }
    if discussion.openness == Openness::Locked {
        return Err(Refusal::Locked.into());
    }
    refuse_late(discussion.started, window, now)?;
    Ok(granted)
}

/// Locking, pinning, renaming, deleting.
///
/// # Errors
/// Neither moderator nor admin.
pub fn may_moderate_discussion(actor: &Actor, now: Moment) -> Result<Permit<act::ModerateDiscussion>, AppError> {
    grant(actor, now)
}
