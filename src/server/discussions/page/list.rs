//! The first page of the site: what is talked about.

use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use crate::{
    discussions::model::{DiscussionSummary, Openness, Prominence},
    moment::Moment,
    policy,
    server::{
        discussions::{self, Cursor, Listing},
        shell::{Frame, Head, Section, with_next},
        web::{Asked, Trouble},
    },
    ui::{Badge, BadgeTone, ButtonKind, ButtonLink, Empty, IconName, Pager, When},
};

/// Which page of the list is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    after: Option<String>,
}

/// How far back a page of the list reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Newest,
    Older,
}

/// The discussions, pinned ones first, then those with the newest activity.
pub async fn list(frame: Frame, Asked(part): Asked<Part>) -> Result<Response, Trouble> {
    let after = part.after.as_deref().and_then(Cursor::from_text);
    let listing = discussions::list(&frame.visit, after).await?;
    let now = frame.visit.now();
    let start = match policy::may_start_discussion(frame.visit.actor(), now) {
        Ok(_) => Some(("/new".to_owned(), "Start a discussion")),
        Err(_) if frame.visit.actor().person().is_none() => Some((with_next("/sign-in", "/new"), "Sign in to start one")),
        Err(_) => None,
    };
    let reach = if after.is_none() { Reach::Newest } else { Reach::Older };
    let settings = frame.settings();
    let (title, heading, lead) = match reach {
        Reach::Newest => (String::new(), settings.name.as_str().to_owned(), settings.description.as_str().to_owned()),
        Reach::Older => ("Older discussions".to_owned(), "Older discussions".to_owned(), String::new()),
    };
    let head = Head::titled(title).section(Section::Discussions);
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1 dir="auto">{heading}</h1>
                {(!lead.is_empty()).then(|| view! { <p class="lead" dir="auto">{lead}</p> })}
                {start.map(|(href, words)| {
                    view! { <div class="actions"><ButtonLink kind=ButtonKind::Primary href>{words}</ButtonLink></div> }
                })}
            </header>
            <Discussions listing reach now />
        }
    }))
}

#[component]
fn Discussions(listing: Listing, reach: Reach, now: Moment) -> impl IntoView {
    let newest = (reach == Reach::Older).then(|| "/".to_owned());
    let older = listing.next.map(|cursor| format!("/?after={}", cursor.to_text()));
    let rows: Vec<_> = listing.pinned.into_iter().chain(listing.discussions).map(|summary| row(summary, now)).collect();
    if rows.is_empty() {
        return view! { <NoDiscussions reach /> }.into_any();
    }
    view! {
        <ol class="discussions">{rows}</ol>
        <Pager previous=newest next=older previous_label="Newest discussions" next_label="Older discussions" />
    }
    .into_any()
}

#[component]
fn NoDiscussions(reach: Reach) -> impl IntoView {
    if reach == Reach::Newest {
        return view! {
            <Empty icon=IconName::Discussion title="No discussions yet"><p>"The first one is yours to start."</p></Empty>
        }
        .into_any();
    }
    view! {
        <Empty icon=IconName::Discussion title="Nothing older">
            <p><a href="/">"Back to the newest discussions"</a></p>
        </Empty>
    }
    .into_any()
}

fn row(discussion: DiscussionSummary, now: Moment) -> impl IntoView {
    let last = (discussion.comments > 0).then(|| view! { <span>"last comment " <When at=discussion.last_activity now /></span> });
    let noun = if discussion.comments == 1 { "comment" } else { "comments" };
    view! {
        <li class="discussion">
            <h2 class="discussion-title">
                <a href=format!("/d/{}", discussion.id) dir="auto">{discussion.title.to_string()}</a>
                {badges(&discussion)}
            </h2>
            <p class="discussion-meta">
                <a class="author" href=discussion.author_name.path() dir="auto">{discussion.author_name.to_string()}</a>
                <span>"started " <When at=discussion.started now /></span>
                {last}
            </p>
            <p class="discussion-replies"><strong>{discussion.comments}</strong> " " <span>{noun}</span></p>
        </li>
    }
}

/// What sets a discussion apart.
pub fn badges(discussion: &DiscussionSummary) -> impl IntoView + use<> {
    let pinned = (discussion.prominence == Prominence::Pinned)
        .then(|| view! { <Badge tone=BadgeTone::Accent icon=IconName::Pin label="Pinned" /> });
    let locked = (discussion.openness == Openness::Locked).then(|| view! { <Badge icon=IconName::Lock label="Locked" /> });
    view! { {pinned} {locked} }
}
