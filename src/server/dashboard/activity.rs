//! Comments outside their threads, shortened.

use leptos::prelude::*;

use super::excerpt::excerpt;
use crate::{
    comments::model::{CommentState, ListedComment},
    moment::Moment,
    ui::{Badge, BadgeTone, When},
    words,
};

/// Whether the list names who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authors {
    Named,
    /// All by the one the page is about.
    Known,
}

#[component]
pub fn Activity(comments: Vec<ListedComment>, authors: Authors, now: Moment) -> impl IntoView {
    let rows = comments.into_iter().map(|listed| row(listed, authors, now)).collect_view();
    view! { <ol class="activity">{rows}</ol> }
}

fn row(listed: ListedComment, authors: Authors, now: Moment) -> impl IntoView {
    let comment = listed.comment;
    let author = (authors == Authors::Named).then(|| {
        let page = format!("/admin/users/{}", comment.author);
        view! { <a class="author" dir="auto" href=page>{comment.author_name.to_string()}</a> " " }
    });
    view! {
        <li>
            <p class="activity-head">
                {author} "in " <a dir="auto" href=format!("/d/{}", comment.discussion)>{listed.discussion_title.to_string()}</a> ", "
                <a class="permalink" href=format!("/c/{}", comment.id)><When at=comment.written now=now /></a> " "
                <StateBadge state=comment.state />
            </p>
            <p dir="auto">{excerpt(&comment.body_html)}</p>
        </li>
    }
}

/// Nothing for a comment that everybody sees.
#[component]
pub fn StateBadge(state: CommentState) -> impl IntoView {
    let tone = match state {
        CommentState::Visible => return None,
        CommentState::Hidden => BadgeTone::Warn,
        CommentState::Deleted => BadgeTone::Danger,
    };
    Some(view! { <Badge tone label=words::comment_state(state) /> })
}
