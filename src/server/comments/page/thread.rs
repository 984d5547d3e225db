//! A part of a thread as HTML: whole and usable as it comes, for whoever looks at it.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    accounts::model::Actor,
    comments::{
        model::{Comment, CommentId, CommentState, ThreadEntry, ThreadPage},
        view::anchor,
    },
    discussions::model::{DiscussionId, DiscussionSummary},
    moment::Moment,
    policy,
    server::{discussions, error::Result, shell::Frame},
    ui::{Avatar, Badge, Empty, IconName, Pager, Prose, TrustedHtml, When},
    words::counted,
};

use super::{
    moderation::{RefusedModeration, moderation_menu},
    nesting::{Branch, nested},
};

/// Who reads a discussion, and what of it they may do: asked of the policy, which the acts ask again.
#[derive(Clone, Debug)]
pub struct Reading {
    actor: Actor,
    now: Moment,
    discussion: DiscussionSummary,
    edit_window: Duration,
    actions: Actions,
    path: String,
    refused: Option<RefusedModeration>,
}

/// Whether a comment is shown with what can be done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actions {
    Offered,
    Withheld,
}

impl Reading {
    pub async fn of(frame: &Frame, discussion: &DiscussionSummary) -> Result<Self> {
        Ok(Self {
            actor: frame.visit.actor().clone(),
            now: frame.visit.now(),
            discussion: discussion.clone(),
            edit_window: discussions::edit_window(&frame.visit).await?,
            actions: Actions::Offered,
            path: frame.path().to_owned(),
            refused: frame.returned().and_then(RefusedModeration::of),
        })
    }

    /// For a page that is about one comment only.
    pub fn without_actions(&self) -> Self {
        Self { actions: Actions::Withheld, ..self.clone() }
    }

    fn may_moderate(&self) -> bool {
        policy::may_moderate_comments(&self.actor, self.now).is_ok()
    }

    fn may_reply(&self, comment: &Comment) -> bool {
        comment.state == CommentState::Visible
            && policy::may_publish_comment(&self.actor, self.discussion.openness, self.now).is_ok()
    }

    fn may_edit(&self, comment: &Comment) -> bool {
        policy::may_edit_comment(&self.actor, comment, self.discussion.openness, self.edit_window, self.now).is_ok()
    }

    fn may_delete(&self, comment: &Comment) -> bool {
        policy::may_delete_comment(&self.actor, comment, self.now).is_ok()
    }

    fn is_own(&self, comment: &Comment) -> bool {
        self.actor.id() == Some(comment.author)
    }
}

/// A part of a thread, with the ways to the parts before and after it.
#[component]
pub fn ThreadSection(id: DiscussionId, total: u64, page: ThreadPage, reading: Reading) -> impl IntoView {
    let before = page.before.map(|path| format!("/d/{id}?before={}#comments", path.to_cursor()));
    let after = page.after.map(|path| format!("/d/{id}?after={}#comments", path.to_cursor()));
    let pager = move |label: &'static str| {
        let (previous, next) = (before.clone(), after.clone());
        view! { <Pager previous next previous_label="Earlier comments" next_label="Later comments" label /> }
    };
    if page.entries.is_empty() {
        return view! { <section class="comments" id="comments" aria-label="Comments"><NothingSaid id total /></section> }
            .into_any();
    }
    let branches = list(nested(page.entries), None, &reading);
    view! {
        <section class="comments" id="comments" aria-labelledby="comments-title">
            <header class="section-head">
                <h2 id="comments-title">{counted(total, "comment")}</h2>
            </header>
            {pager("Pages, above the comments")}
            {branches}
            {pager("Pages, below the comments")}
        </section>
    }
    .into_any()
}

/// An old link may lead behind the end of a thread that has become shorter.
#[component]
fn NothingSaid(id: DiscussionId, total: u64) -> impl IntoView {
    if total == 0 {
        return view! {
            <Empty icon=IconName::Comment title="No comments yet"><p>"Nobody has answered so far."</p></Empty>
        }
        .into_any();
    }
    view! {
        <Empty icon=IconName::Comment title="No comments on this page">
            <p><a href=format!("/d/{id}")>"Read from the beginning"</a></p>
        </Empty>
    }
    .into_any()
}

fn list(branches: Vec<Branch>, parent: Option<CommentId>, reading: &Reading) -> AnyView {
    let items = branches.into_iter().map(|branch| item(branch, parent, reading)).collect_view();
    view! { <ol class="thread">{items}</ol> }.into_any()
}

fn item(branch: Branch, parent: Option<CommentId>, reading: &Reading) -> AnyView {
    let id = branch.entry.id();
    let (article, to) = match &branch.entry {
        ThreadEntry::Comment(comment) => (article(comment, reading, parent), format!(" to {}", comment.author_name)),
        ThreadEntry::Placeholder { state, .. } => (placeholder(id, *state), String::new()),
    };
    let count = branch.replies.len();
    let replies = (count > 0).then(|| {
        let replies = list(branch.replies, Some(id), reading);
        view! {
            <details class="replies" open>
                <summary>
                    {counted(count as u64, "reply")} <span class="visually-hidden">{to}</span>
                </summary>
                {replies}
            </details>
        }
    });
    view! { <li>{article}{replies}</li> }.into_any()
}

fn placeholder(id: CommentId, state: CommentState) -> AnyView {
    let words = match state {
        CommentState::Hidden => "A moderator has taken this comment out of sight.",
        CommentState::Visible | CommentState::Deleted => "This comment was deleted.",
    };
    view! {
        <article class="comment" id=anchor(id) data-state="removed">
            <p class="placeholder">{words}</p>
        </article>
    }
    .into_any()
}

/// One comment. `above` is the comment it is shown below; when it answers another one, it says so.
pub fn article(comment: &Comment, reading: &Reading, above: Option<CommentId>) -> AnyView {
    let mine = reading.is_own(comment).then_some("");
    let state = (comment.state == CommentState::Hidden).then_some("hidden");
    let note = state.map(|_| {
        let reason = comment.reason.clone().unwrap_or_default();
        view! { <p class="comment-note">"Hidden: " <span dir="auto">{reason}</span></p> }
    });
    view! {
        <article class="comment" id=anchor(comment.id) data-mine=mine data-state=state>
            {byline(comment, reading, above)}
            {note}
            <Prose html=TrustedHtml::from_sanitised(comment.body_html.clone()) />
            {(reading.actions == Actions::Offered).then(|| actions(comment, reading))}
        </article>
    }
    .into_any()
}

fn byline(comment: &Comment, reading: &Reading, above: Option<CommentId>) -> AnyView {
    let answered = comment.parent.filter(|parent| Some(*parent) != above);
    view! {
        <header class="byline">
            <Avatar name=comment.author_name.as_str() />
            <a class="author" href=comment.author_name.path() dir="auto">{comment.author_name.to_string()}</a>
            {reading.is_own(comment).then(|| view! { <Badge label="you" /> })}
            <a class="permalink" href=format!("/c/{}", comment.id)><When at=comment.written now=reading.now /></a>
            {comment.edited.map(|_| view! { <span class="edited">"edited"</span> })}
            {answered.map(|parent| view! { <a class="edited" href=format!("/c/{parent}")>"in reply to another comment"</a> })}
        </header>
    }
    .into_any()
}

/// What this reader can do with a comment; guests can do nothing, and see no empty line for it.
fn actions(comment: &Comment, reading: &Reading) -> Option<AnyView> {
    reading.actor.person()?;
    let id = comment.id;
    let reply = reading.may_reply(comment).then(|| {
        view! { <a href=format!("/c/{id}/reply") data-reply=comment.author_name.to_string()>"Reply"</a> }
    });
    let edit = reading.may_edit(comment).then(|| view! { <a href=format!("/c/{id}/edit")>"Edit"</a> });
    let delete = reading.may_delete(comment).then(|| view! { <a href=format!("/c/{id}/delete")>"Delete"</a> });
    let menu = reading.may_moderate().then(|| moderation_menu(comment, &reading.path, reading.refused.as_ref()));
    let actions = view! {
        <footer class="comment-actions">
            {reply} {edit} {delete}
            <a class="needs-script" href=format!("/c/{id}") data-copy="">"Copy link"</a>
            {menu}
        </footer>
    };
    Some(actions.into_any())
}
