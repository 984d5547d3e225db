//! The pages of this slice: each handler loads all it shows, then renders once.
//!
//! A discussion's page stands here and not with the discussions, because most of it is the thread, and
//! comments know discussions, never the other way round.

#![allow(clippy::missing_errors_doc, reason = "a handler's errors are pages, told in `shell/trouble.rs`")]

mod composing;
mod moderation;
mod nesting;
mod thread;

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;

use crate::{
    comments::{
        island::{Composer, Thread},
        model::{Comment, CommentId, CommentState, ThreadEntry, ThreadPage, ThreadPath, ThreadPosition},
        view::{ReplyTarget, anchor},
    },
    discussions::model::{Discussion, DiscussionId},
    error::Refusal,
    landing::{Landing, LocalPath, Notice},
    policy,
    server::{
        comments,
        discussions::{self, page::Opening},
        shell::{Frame, Head, Section},
        web::{Asked, Number, Trouble},
    },
    ui::{Button, ButtonKind, ButtonLink, Form},
};

use composing::{ClosedComposer, edited_text, new_comment};
use thread::{Reading, ThreadSection, article};

/// Which part of the thread is asked for, as a cursor of [`ThreadPath`].
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    after: Option<String>,
    before: Option<String>,
    from: Option<String>,
}

impl Part {
    fn position(&self) -> ThreadPosition {
        let path = |cursor: &Option<String>| cursor.as_deref().and_then(ThreadPath::from_cursor);
        let asked = path(&self.after).map(ThreadPosition::After);
        let asked = asked.or_else(|| path(&self.before).map(ThreadPosition::Before));
        asked.or_else(|| path(&self.from).map(ThreadPosition::From)).unwrap_or_default()
    }
}

/// A discussion with a part of its thread and the composer: two queries, whatever its size.
pub async fn discussion(frame: Frame, Number(id): Number<DiscussionId>, Asked(part): Asked<Part>) -> Result<Response, Trouble> {
    let discussion = discussions::find(&frame.visit, id).await?;
    let page = comments::thread(&frame.visit, id, &part.position()).await?;
    let reading = Reading::of(&frame, &discussion.summary).await?;
    let refusal = policy::may_publish_comment(frame.visit.actor(), discussion.summary.openness, frame.visit.now()).err();
    let composing = new_comment(&frame, id, &page.entries);
    let composing = Some(composing).filter(|composing| refusal.is_none() || !composing.body.is_empty());
    let head = Head::titled(discussion.summary.title.as_str()).section(Section::Discussions);
    let path = frame.path().to_owned();
    let is_guest = frame.visit.actor().person().is_none();
    let composing_in_place = composing.clone().filter(|_| !is_guest);
    let composing_alone = composing.filter(|_| is_guest);
    let (actor, now) = (frame.visit.actor().clone(), frame.visit.now());
    let window = discussions::edit_window(&frame.visit).await?;
    Ok(frame.page(head, move || {
        let section = section_of(discussion.summary.id, discussion.summary.comments, page, reading);
        view! {
            <Opening discussion actor window now />
            {if is_guest { section.into_any() } else { view! { <Thread composing=composing_in_place>{section}</Thread> }.into_any() }}
            {refusal.map(|refusal| view! { <ClosedComposer refusal path /> })}
            {composing_alone.map(|composing| view! { <Composer composing /> })}
        }
    }))
}

fn section_of(id: DiscussionId, total: u64, page: ThreadPage, reading: Reading) -> AnyView {
    view! { <ThreadSection id total page reading /> }.into_any()
}

#[derive(Debug, Default, Deserialize)]
pub struct Said {
    notice: Option<String>,
}

/// Leads to where a comment stands now, however long the thread has become.
pub async fn permalink(frame: Frame, Number(id): Number<CommentId>, Asked(said): Asked<Said>) -> Result<Response, Trouble> {
    let (discussion, position) = comments::place(&frame.visit, id).await?;
    let page = match position {
        ThreadPosition::From(path) => format!("/d/{discussion}?from={}", path.to_cursor()),
        _ => format!("/d/{discussion}"),
    };
    let landing = Landing::on(LocalPath::ours(&format!("{page}#{}", anchor(id))));
    let notice = said.notice.as_deref().and_then(Notice::from_code);
    let landing = notice.into_iter().fold(landing, Landing::saying);
    Ok(Redirect::to(&landing.address()).into_response())
}

/// A comment and the composer that answers it.
pub async fn reply(frame: Frame, Number(id): Number<CommentId>) -> Result<Response, Trouble> {
    let comment = comments::find(&frame.visit, id).await?;
    let discussion = discussions::find(&frame.visit, comment.discussion).await?;
    let openness = discussion.summary.openness;
    frame.admit(policy::may_publish_comment(frame.visit.actor(), openness, frame.visit.now()))?;
    if comment.state != CommentState::Visible {
        frame.admit::<()>(Err(Refusal::NotVisible.into()))?;
    }
    let target = ReplyTarget { comment: id, author: Some(comment.author_name.clone()) };
    let composing = composing::reply_to(&frame, comment.discussion, target);
    let reading = Reading::of(&frame, &discussion.summary).await?;
    let head = Head::titled(format!("Reply to {}", comment.author_name)).section(Section::Discussions).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <CommentHead discussion title=format!("Reply to {}", comment.author_name) />
            {article(&comment, &reading.without_actions(), comment.parent)}
            <Composer composing />
        }
    }))
}

/// The composer with a comment's own text.
pub async fn edit(frame: Frame, Number(id): Number<CommentId>) -> Result<Response, Trouble> {
    let (comment, body) = if frame.returned().is_some() {
        (comments::find(&frame.visit, id).await?, String::new())
    } else {
        let source = comments::source(&frame.visit, id).await?;
        (source.comment, source.body)
    };
    let discussion = discussions::find(&frame.visit, comment.discussion).await?;
    let composing = edited_text(&frame, &comment, body);
    let head = Head::titled("Edit your comment").section(Section::Discussions).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <CommentHead discussion title="Edit your comment".to_owned() />
            <Composer composing />
        }
    }))
}

/// Says what deleting does before it is done.
pub async fn delete(frame: Frame, Number(id): Number<CommentId>) -> Result<Response, Trouble> {
    let comment = comments::find(&frame.visit, id).await?;
    frame.admit(policy::may_delete_comment(frame.visit.actor(), &comment, frame.visit.now()))?;
    let discussion = discussions::find(&frame.visit, comment.discussion).await?;
    let reading = Reading::of(&frame, &discussion.summary).await?;
    let head = Head::titled("Delete your comment").section(Section::Discussions).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <CommentHead discussion title="Delete your comment".to_owned() />
            {article(&comment, &reading.without_actions(), comment.parent)}
            <Deletion comment />
        }
    }))
}

#[component]
fn CommentHead(discussion: Discussion, title: String) -> impl IntoView {
    view! {
        <header class="page-head">
            <nav class="breadcrumb" aria-label="Where you are">
                <a href=discussions::path_of(discussion.summary.id).as_str().to_owned() dir="auto">
                    {discussion.summary.title.to_string()}
                </a>
            </nav>
            <h1 dir="auto">{title}</h1>
        </header>
    }
}

#[component]
fn Deletion(comment: Comment) -> impl IntoView {
    view! {
        <Form action="/api/comments/delete">
            <p>
                "The text goes for good, for everybody; nobody can bring it back. Replies to it stay, and an empty place shows
                where it stood."
            </p>
            <input type="hidden" name="comment" value=comment.id.to_string() />
            <div class="actions">
                <Button kind=ButtonKind::Danger>"Delete comment"</Button>
                <ButtonLink kind=ButtonKind::Quiet href=comments::path_of(comment.id).as_str()>"Keep it"</ButtonLink>
            </div>
        </Form>
    }
}

/// The name of a comment's author, where it is among these.
fn author_among(entries: &[ThreadEntry], id: CommentId) -> Option<crate::accounts::model::Username> {
    entries.iter().find_map(|entry| match entry {
        ThreadEntry::Comment(comment) if comment.id == id => Some(comment.author_name.clone()),
        _ => None,
    })
}
