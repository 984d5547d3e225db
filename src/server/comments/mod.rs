//! Publishing, reading, changing and moderating comments.

pub mod departure;
pub mod moderation;
pub mod page;
mod rendering;
mod store;
mod thread;

pub use moderation::Filter;

use std::time::Duration;

use crate::{
    accounts::model::{Person, UserId},
    comments::model::{
        Comment, CommentBody, CommentDraft, CommentId, CommentSource, CommentState, ListedComment, ThreadPage, ThreadPath,
        ThreadPosition,
    },
    discussions::model::{DiscussionId, Preview},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{self, act},
    server::{
        accounts::{
            self,
            throttle::{self, Kind, Subject},
        },
        discussions::{self, Moving},
        error::Result,
        once::OnceKey,
        prose, rate,
        visit::Visit,
    },
    site::model::Settings,
    valid::FieldProblems,
};

/// Comments on one page of a thread.
pub const PAGE: usize = 50;

const MINUTE: Duration = Duration::from_mins(1);

/// A part of a discussion's thread, as this visitor may see it.
///
/// # Errors
/// The database's.
pub async fn thread(visit: &Visit, discussion: DiscussionId, position: &ThreadPosition) -> Result<ThreadPage> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    let sight = policy::sight(visit.actor(), visit.now());
    thread::page(visit.database().reader(), discussion, sight, position).await
}

/// Where a comment stands: its discussion, and the part of the thread in which it can be seen.
///
/// # Errors
/// There is no such comment, or this visitor may not know of it.
pub async fn place(visit: &Visit, id: CommentId) -> Result<(DiscussionId, ThreadPosition)> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    let sight = policy::sight(visit.actor(), visit.now());
    let database = visit.database().reader();
    let (discussion, path) = thread::find_path(database, id, sight).await?.ok_or(AppError::NotFound)?;
    let position = thread::position_around(database, discussion, sight, &path).await?;
    Ok((discussion, position))
}

/// One comment, as this visitor may see it.
///
/// # Errors
/// There is no such comment, or this visitor may not know of it.
pub async fn find(visit: &Visit, id: CommentId) -> Result<Comment> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    let sight = policy::sight(visit.actor(), visit.now());
    let comment = store::find(visit.database().reader(), id).await?.ok_or(AppError::NotFound)?;
    match (comment.state, sight) {
        (CommentState::Visible, _) | (CommentState::Hidden, policy::Sight::Moderation) => Ok(comment),
        _ => Err(AppError::NotFound.into()),
    }
}

/// A comment that the person may change, with its text.
///
/// # Errors
/// Not allowed, or there is no such comment.
pub async fn source(visit: &Visit, id: CommentId) -> Result<CommentSource> {
    let comment = find(visit, id).await?;
    may_edit(visit, &comment).await?;
    let body = store::body(visit.database().reader(), id).await?.ok_or(AppError::NotFound)?;
    Ok(CommentSource { comment, body })
}

/// What a person has said, the newest first.
///
/// # Errors
/// The database's.
pub async fn said_by(visit: &Visit, author: UserId, before: Option<CommentId>) -> Result<Vec<ListedComment>> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    store::said_by(visit.database().reader(), author, before).await
}

/// What moderators took down of the comments of the person acting, with the reasons they gave.
///
/// # Errors
/// Nobody is signed in.
pub async fn taken_down(visit: &Visit, most: u64) -> Result<Vec<ListedComment>> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    store::taken_down(visit.database().reader(), id, most).await
}

/// How many visible comments a person has written.
///
/// # Errors
/// The database's.
pub async fn count_by(visit: &Visit, author: UserId) -> Result<u64> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    store::count_by(visit.database().reader(), author).await
}

/// Says something in a discussion, or replies to a comment in it. Sent twice, it is said once.
///
/// # Errors
/// Not allowed, the discussion is locked, the parent is gone, the body breaks its rule, or too many
/// in a minute.
pub async fn publish(
    visit: &Visit,
    discussion: DiscussionId,
    parent: Option<CommentId>,
    draft: CommentDraft,
    once: &OnceKey,
) -> Result<Landing> {
    let id = say(visit, discussion, parent, draft, once).await?;
    Ok(Landing::on(path_of(id)).saying(Notice::CommentPublished))
}

/// [`publish`] for who wants to go on with the comment.
///
/// # Errors
/// Those of [`publish`].
pub async fn say(
    visit: &Visit,
    discussion: DiscussionId,
    parent: Option<CommentId>,
    draft: CommentDraft,
    once: &OnceKey,
) -> Result<CommentId> {
    let person = member(visit)?;
    let body = check(visit, draft).await?;
    let place = format!("{discussion}/{}", parent.unwrap_or(CommentId(0)));
    let once = once.of(person.id, &[&place, body.as_str()]);
    let html = prose::render_aside(body.as_str()).await?;
    let settings = visit.settings().await?;
    let transaction = visit.database().begin().await?;
    // The author first: comments of one person in many discussions are counted one after the other too.
    accounts::lock(&transaction, person.id).await?;
    let bearings = discussions::lock(&transaction, discussion).await?;
    // Asked within the lock, so that many at once are counted one after the other.
    if let Some(said) = store::find_once(&transaction, &once).await? {
        return Ok(said);
    }
    refuse_too_many(&transaction, &settings, person.id, visit.now()).await?;
    let granted = policy::may_publish_comment(visit.actor(), bearings.openness, visit.now())?;
    let number = bearings.last_number + 1;
    let path = path_below(&transaction, discussion, parent, number).await?;
    let saying = store::Saying { discussion, parent, number, path: &path, body: &body, html: &html, once: &once };
    let id = store::insert(&transaction, &granted, &saying, visit.now()).await?;
    if let Some(parent) = parent {
        thread::gain_reply(&transaction, parent).await?;
    }
    discussions::record_activity(&transaction, discussion, Moving::Written { number, at: visit.now() }).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Changes one's own comment.
///
/// # Errors
/// Not allowed, too late, or the body breaks its rule.
pub async fn edit(visit: &Visit, id: CommentId, draft: CommentDraft) -> Result<Landing> {
    let comment = find(visit, id).await?;
    may_edit(visit, &comment).await?;
    let body = check(visit, draft).await?;
    let html = prose::render_aside(body.as_str()).await?;
    let window = discussions::edit_window(visit).await?;
    let transaction = visit.database().begin().await?;
    let bearings = discussions::lock(&transaction, comment.discussion).await?;
    let granted = policy::may_edit_comment(visit.actor(), &comment, bearings.openness, window, visit.now())?;
    store::update(&transaction, &granted, id, (&body, &html), visit.now()).await?;
    discussions::record_activity(&transaction, comment.discussion, Moving::Edited).await?;
    transaction.commit().await?;
    Ok(Landing::on(path_of(id)).saying(Notice::CommentSaved))
}

/// Takes one's own words back. Their place stays while there are replies.
///
/// # Errors
/// Not allowed, or there is no such comment.
pub async fn delete(visit: &Visit, id: CommentId) -> Result<Landing> {
    let comment = find(visit, id).await?;
    let granted = policy::may_delete_comment(visit.actor(), &comment, visit.now())?;
    let transaction = visit.database().begin().await?;
    discussions::lock(&transaction, comment.discussion).await?;
    store::delete(&transaction, &granted.permit, id).await?;
    thread::lose_place(&transaction, id).await?;
    discussions::record_activity(&transaction, comment.discussion, Moving::Gone).await?;
    transaction.commit().await?;
    Ok(Landing::on(discussions::path_of(comment.discussion)).saying(Notice::CommentDeleted))
}

/// Shows how a text will look.
///
/// # Errors
/// Not allowed, the body breaks its rule, or too many within a minute.
pub async fn preview(visit: &Visit, draft: CommentDraft) -> Result<Preview> {
    policy::may_preview(visit.actor(), visit.now())?;
    let body = check(visit, draft).await?;
    throttle::admit(visit, Kind::Preview, Subject::Visitor).await?;
    Ok(Preview { html: prose::render_aside(body.as_str()).await?.into() })
}

/// How many texts are rendered by rules of another day.
///
/// # Errors
/// The database's.
pub async fn outdated(visit: &Visit) -> Result<u64> {
    rendering::count_outdated(visit.database().reader()).await
}

/// Renders comments after `after` whose rules are not those of today; returns those it did.
///
/// # Errors
/// The database's.
pub async fn rerender_batch(visit: &Visit, after: CommentId, most: u64) -> Result<Vec<CommentId>> {
    rendering::rerender(visit.database().writer(), after, most).await
}

fn member(visit: &Visit) -> Result<Person> {
    let granted = policy::may_preview(visit.actor(), visit.now())?;
    Ok(granted.person)
}

async fn may_edit(visit: &Visit, comment: &Comment) -> Result<()> {
    let discussion = discussions::find(visit, comment.discussion).await?;
    let window = discussions::edit_window(visit).await?;
    policy::may_edit_comment(visit.actor(), comment, discussion.summary.openness, window, visit.now())?;
    Ok(())
}

async fn check(visit: &Visit, draft: CommentDraft) -> Result<CommentBody> {
    let longest = u64::from(visit.settings().await?.comment_length);
    Ok(draft.check(longest).map_err(|problem| FieldProblems::one("body", problem))?)
}

async fn refuse_too_many(
    database: &impl sea_orm::ConnectionTrait,
    settings: &Settings,
    author: UserId,
    now: Moment,
) -> Result<()> {
    let most = u64::from(settings.comments_per_minute);
    let recent = store::said_since(database, author, now.before(MINUTE), most).await?;
    rate::refuse_beyond(&recent, most, MINUTE, now)
}

async fn path_below(
    database: &impl sea_orm::ConnectionTrait,
    discussion: DiscussionId,
    parent: Option<CommentId>,
    number: i64,
) -> Result<ThreadPath> {
    let number = u32::try_from(number).map_err(|_| Refusal::Locked)?;
    let Some(parent) = parent else {
        return Ok(ThreadPath::root(number));
    };
    match thread::find_path(database, parent, policy::Sight::Public).await? {
        Some((of_parent, path)) if of_parent == discussion => {
            let is_visible = store::find(database, parent).await?.is_some_and(|comment| comment.state == CommentState::Visible);
            if is_visible { Ok(path.reply(number)) } else { Err(Refusal::NotVisible.into()) }
        }
        _ => Err(AppError::NotFound.into()),
    }
}

/// Where a comment can be seen.
#[must_use]
pub fn path_of(id: CommentId) -> LocalPath {
    LocalPath::ours(&format!("/c/{id}"))
}
