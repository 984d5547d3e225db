//! What a discussion opens with, and what its author and moderators can do with it.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    accounts::model::Actor,
    discussions::model::{Discussion, DiscussionId, DiscussionSummary, Openness, Prominence},
    moment::Moment,
    policy,
    server::returned::Returned,
    ui::{Avatar, Form, Prose, TextField, TrustedHtml, When},
    words,
};

use super::list::badges;

const RENAME: &str = "/api/discussions/rename";

/// Title, author and opening text. `window` is the time in which its author may change it.
#[component]
pub fn Opening(discussion: Discussion, actor: Actor, window: Duration, now: Moment) -> impl IntoView {
    let summary = discussion.summary;
    let may_edit = policy::may_edit_discussion(&actor, &summary, window, now).is_ok();
    let may_moderate = policy::may_moderate_discussion(&actor, now).is_ok();
    let prose = (!discussion.opening_html.is_empty())
        .then(|| view! { <Prose html=TrustedHtml::from_sanitised(discussion.opening_html) /> });
    let edit = may_edit.then(|| view! { <a href=format!("/d/{}/edit", summary.id)>"Edit"</a> });
    let tools = may_moderate.then(|| view! { <Tools summary=summary.clone() /> });
    let has_actions = may_edit || may_moderate;
    view! {
        <article class="opening">
            <header class="page-head">
                <nav class="breadcrumb" aria-label="Where you are"><a href="/">"Discussions"</a></nav>
                <h1 dir="auto">{summary.title.to_string()}</h1>
                <p class="byline">
                    <Avatar name=summary.author_name.as_str() />
                    <a class="author" href=summary.author_name.path() dir="auto">{summary.author_name.to_string()}</a>
                    <a class="permalink" href=format!("/d/{}", summary.id)><When at=summary.started now /></a>
                    {summary.edited.map(|_| view! { <span class="edited">"edited"</span> })}
                    {badges(&summary)}
                </p>
            </header>
            {prose}
            {has_actions.then(|| view! { <footer class="comment-actions">{edit} {tools}</footer> })}
        </article>
    }
}

/// The moderators' menu: each entry is a form of its own.
#[component]
fn Tools(summary: DiscussionSummary) -> impl IntoView {
    let id = summary.id;
    let refused = Returned::from(RENAME);
    let is_open = refused.is_some();
    let problem = refused
        .as_ref()
        .and_then(|returned| returned.error())
        .and_then(|error| error.field_problems().of("title"))
        .map(|problem| words::problem("title", problem));
    let title = refused.map_or_else(|| summary.title.to_string(), |returned| returned.typed("title"));
    let (openness, lock) = match summary.openness {
        Openness::Open => ("locked", "Lock: no more comments"),
        Openness::Locked => ("open", "Unlock: take comments again"),
    };
    let (prominence, pin) = match summary.prominence {
        Prominence::Usual => ("pinned", "Pin to the top"),
        Prominence::Pinned => ("usual", "Unpin"),
    };
    view! {
        <details class="menu" open=is_open>
            <summary>"Moderate"</summary>
            <div class="menu-panel">
                <Form action="/api/discussions/set_openness" class="">
                    <DiscussionField id />
                    <button type="submit" name="openness" value=openness>{lock}</button>
                </Form>
                <Form action="/api/discussions/set_prominence" class="">
                    <DiscussionField id />
                    <button type="submit" name="prominence" value=prominence>{pin}</button>
                </Form>
                <Form action=RENAME class="form menu-form">
                    <DiscussionField id />
                    <TextField label="Title" name="title" value=title problem autocomplete="off" />
                    <button type="submit">"Rename"</button>
                </Form>
                <Form action="/api/discussions/delete" class="form menu-form">
                    <DiscussionField id />
                    <p class="hint">"Deleting takes all comments with it and cannot be undone."</p>
                    <button type="submit">"Delete discussion"</button>
                </Form>
            </div>
        </details>
    }
}

#[component]
fn DiscussionField(id: DiscussionId) -> impl IntoView {
    view! { <input type="hidden" name="discussion" value=id.to_string() /> }
}
