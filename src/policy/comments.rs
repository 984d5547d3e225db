//! Rules about comments, and the one predicate of who sees which.

use std::time::Duration;

use crate::{
    accounts::model::{Actor, Person},
    comments::model::{Comment, CommentState},
    discussions::model::Openness,
    error::{AppError, Refusal},
    moment::Moment,
};

use super::{Granted, Permit, act, grant, grant_to_person};

/// What a visitor sees of comments. Every query that shows any starts from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Visible comments, and empty places where a thread goes on below.
    Public,
    /// Hidden comments as well.
    Moderation,
}

/// How much this visitor sees.
#[must_use]
pub fn sight(actor: &Actor, now: Moment) -> Sight {
    match grant::<act::SeeModeration>(actor, now) {
        Ok(_) => Sight::Moderation,
        Err(_) => Sight::Public,
    }
}

/// # Errors
/// Nobody is signed in, the account is suspended, or the discussion is locked.
pub fn may_publish_comment(actor: &Actor, openness: Openness, now: Moment) -> Result<Granted<act::PublishComment>, AppError> {
    let granted = grant_to_person(actor, now)?;
    refuse_locked(openness)?;
    Ok(granted)
}

/// # Errors
/// Not one's own, not visible, too late, or the discussion is locked.
pub fn may_edit_comment(
    actor: &Actor,
    comment: &Comment,
    openness: Openness,
    window: Duration,
    now: Moment,
) -> Result<Granted<act::EditComment>, AppError> {
    let granted = grant_to_person(actor, now)?;
    refuse_not_own(&granted.person, comment)?;
    refuse_locked(openness)?;
    refuse_late(comment.written, window, now)?;
    Ok(granted)
}

/// One's own words can be taken back at any time, in a locked discussion too.
///
/// # Errors
/// Not one's own, or not visible.
pub fn may_delete_comment(actor: &Actor, comment: &Comment, now: Moment) -> Result<Granted<act::DeleteComment>, AppError> {
    let granted = grant_to_person(actor, now)?;
    refuse_not_own(&granted.person, comment)?;
    Ok(granted)
}

/// # Errors
/// Neither moderator nor admin.
pub fn may_moderate_comments(actor: &Actor, now: Moment) -> Result<Permit<act::ModerateComments>, AppError> {
    grant(actor, now)
}

/// # Errors
/// Nobody is signed in, or the account is suspended.
pub fn may_preview(actor: &Actor, now: Moment) -> Result<Granted<act::Preview>, AppError> {
    grant_to_person(actor, now)
}

fn refuse_not_own(person: &Person, comment: &Comment) -> Result<(), AppError> {
    match comment.state {
        CommentState::Deleted => Err(AppError::NotFound),
        _ if comment.author != person.id => Err(Refusal::NotYours.into()),
        CommentState::Hidden => Err(Refusal::NotVisible.into()),
        CommentState::Visible => Ok(()),
    }
}

fn refuse_locked(openness: Openness) -> Result<(), AppError> {
    match openness {
        Openness::Open => Ok(()),
        Openness::Locked => Err(Refusal::Locked.into()),
    }
}

pub(super) fn refuse_late(written: Moment, window: Duration, now: Moment) -> Result<(), AppError> {
    if now.since(written) > window { Err(Refusal::EditWindowOver.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, person, suspended};
    use super::*;
    use crate::{
        accounts::model::{Role, UserId},
        comments::model::CommentId,
        discussions::model::DiscussionId,
    };

    const WINDOW: Duration = Duration::from_mins(30);

    fn comment_by(author: i64) -> Comment {
        Comment {
            id: CommentId(1),
            discussion: DiscussionId(1),
            parent: None,
            author: UserId(author),
            author_name: person(author, Role::Member).name,
            number: 1,
            depth: 0,
            state: CommentState::Visible,
            body_html: String::new(),
            written: NOW,
            edited: None,
            reason: None,
        }
    }

    fn may_edit(actor: &Actor, comment: &Comment) -> Result<(), AppError> {
        may_edit_comment(actor, comment, Openness::Open, WINDOW, NOW).map(drop)
    }

    #[test]
    fn only_the_author_edits_and_only_in_the_window() {
        let author = Actor::Person(person(1, Role::Member));
        let moderator = Actor::Person(person(2, Role::Moderator));
        let old = Comment { written: NOW.before(WINDOW + Duration::from_millis(1)), ..comment_by(1) };
        assert_eq!(may_edit(&author, &comment_by(1)), Ok(()));
        assert_eq!(may_edit(&moderator, &comment_by(1)), Err(Refusal::NotYours.into()));
        assert_eq!(may_edit(&author, &old), Err(Refusal::EditWindowOver.into()));
        assert_eq!(may_edit(&Actor::Guest, &comment_by(1)), Err(AppError::Unauthenticated));
        assert!(may_edit(&suspended(person(1, Role::Member)), &comment_by(1)).is_err());
    }

    #[test]
    fn a_hidden_comment_is_out_of_its_authors_hands() {
        let author = Actor::Person(person(1, Role::Member));
        let hidden = Comment { state: CommentState::Hidden, ..comment_by(1) };
        assert_eq!(may_edit(&author, &hidden), Err(Refusal::NotVisible.into()));
        assert_eq!(may_delete_comment(&author, &hidden, NOW).map(drop), Err(Refusal::NotVisible.into()));
    }

    #[test]
    fn a_locked_discussion_takes_no_words_but_lets_them_be_taken_back() {
        let author = Actor::Person(person(1, Role::Member));
        let admin = Actor::Person(person(2, Role::Admin));
        for actor in [&author, &admin] {
            assert_eq!(may_publish_comment(actor, Openness::Locked, NOW).map(drop), Err(Refusal::Locked.into()));
        }
        assert!(may_delete_comment(&author, &comment_by(1), NOW).is_ok());
    }

    #[test]
    fn only_staff_in_good_standing_sees_what_is_hidden() {
        assert_eq!(sight(&Actor::Guest, NOW), Sight::Public);
        assert_eq!(sight(&Actor::Person(person(1, Role::Member)), NOW), Sight::Public);
        assert_eq!(sight(&Actor::Person(person(1, Role::Moderator)), NOW), Sight::Moderation);
        assert_eq!(sight(&suspended(person(1, Role::Moderator)), NOW), Sight::Public);
    }
}
