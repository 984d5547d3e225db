//! The pages with the form of a discussion: to start one, and to change one's own.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    discussions::{
        island::DiscussionForm,
        model::{DiscussionDraft, DiscussionId},
        view::{Drafting, EDIT, PREVIEW, Purpose, START},
    },
    policy,
    server::{
        discussions,
        once::OnceKey,
        returned::{Outcome, Returned},
        shell::{Frame, Head, Section},
        web::{Number, Trouble},
    },
    ui::TextOrigin,
};

/// A new discussion.
pub async fn start(frame: Frame) -> Result<Response, Trouble> {
    frame.admit(policy::may_start_discussion(frame.visit.actor(), frame.visit.now()))?;
    let returned = frame.returned().filter(|returned| came_from(returned, START));
    let once = match returned {
        Some(returned) => OnceKey::read(returned.fields.first("once")),
        None => OnceKey::fresh(),
    };
    let purpose = Purpose::Start { once: once.as_str().to_owned() };
    let drafting = drafting(&frame, returned, purpose, DiscussionDraft::default());
    let head = Head::titled("Start a discussion").section(Section::Discussions).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <nav class="breadcrumb" aria-label="Where you are"><a href="/">"Discussions"</a></nav>
                <h1>"Start a discussion"</h1>
            </header>
            <DiscussionForm drafting />
        }
    }))
}

/// The title and the opening of one's own discussion.
pub async fn edit(frame: Frame, Number(id): Number<DiscussionId>) -> Result<Response, Trouble> {
    let discussion = discussions::find(&frame.visit, id).await?;
    let window = discussions::edit_window(&frame.visit).await?;
    frame.admit(policy::may_edit_discussion(frame.visit.actor(), &discussion.summary, window, frame.visit.now()))?;
    let returned = frame.returned().filter(|returned| came_from(returned, EDIT));
    let title = discussion.summary.title.to_string();
    let stored = DiscussionDraft { title: title.clone(), opening: discussion.opening };
    let drafting = drafting(&frame, returned, Purpose::Edit(id), stored);
    let head = Head::titled("Edit your discussion").section(Section::Discussions).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <nav class="breadcrumb" aria-label="Where you are"><a href=format!("/d/{id}") dir="auto">{title}</a></nav>
                <h1>"Edit your discussion"</h1>
            </header>
            <DiscussionForm drafting />
        }
    }))
}

/// Whether the form of this page came back, refused or previewed.
fn came_from(returned: &Returned, action: &str) -> bool {
    returned.action == action || returned.action == PREVIEW
}

fn drafting(frame: &Frame, returned: Option<&Returned>, purpose: Purpose, stored: DiscussionDraft) -> Drafting {
    let typed = |returned: &Returned| DiscussionDraft { title: returned.typed("title"), opening: returned.typed("opening") };
    Drafting {
        purpose,
        draft: returned.map_or(stored, typed),
        origin: returned.map_or(TextOrigin::Stored, |_| TextOrigin::Typed),
        problems: returned.and_then(Returned::error).map(|error| error.field_problems()).unwrap_or_default(),
        preview: returned.and_then(|returned| match &returned.outcome {
            Outcome::Answered(answer) => serde_json::from_value(answer.clone()).ok(),
            Outcome::Refused(_) => None,
        }),
        writer: frame.visit.actor().id(),
    }
}
