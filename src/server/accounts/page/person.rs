//! A person's public page: who it is, and what they started and said.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use serde::Deserialize;

use crate::{
    accounts::model::{Profile, Role},
    comments::model::{CommentId, ListedComment},
    discussions::model::DiscussionSummary,
    moment::Moment,
    policy::{self, act},
    server::{
        accounts,
        comments::{self, moderation::PAGE},
        discussions,
        shell::{Frame, Head},
        web::{Asked, Trouble},
    },
    ui::{Avatar, AvatarSize, Badge, BadgeTone, Empty, IconName, Pager, Prose, TrustedHtml, When},
    words,
};

/// Discussions that the page lists.
const DISCUSSIONS: u64 = 10;

/// Which part of the comments is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    before: Option<CommentId>,
}

/// Everything that the page shows.
struct Person {
    profile: Profile,
    discussions: Vec<DiscussionSummary>,
    comments: Vec<ListedComment>,
    count: u64,
    before: Option<CommentId>,
    is_administered: bool,
}

/// A person's page.
pub async fn person(
    frame: Frame,
    name: Result<Path<String>, axum::extract::rejection::PathRejection>,
    Asked(part): Asked<Part>,
) -> Result<Response, Trouble> {
    let Path(name) = name.map_err(|_| crate::error::AppError::NotFound)?;
    let visit = &frame.visit;
    let profile = accounts::profile(visit, &name).await?;
    let id = profile.id;
    let discussions = if part.before.is_none() { discussions::started_by(visit, id, DISCUSSIONS).await? } else { Vec::new() };
    let person = Person {
        discussions,
        comments: comments::said_by(visit, id, part.before).await?,
        count: comments::count_by(visit, id).await?,
        before: part.before,
        is_administered: policy::may::<act::SeeAdministration>(visit.actor(), visit.now()).is_ok(),
        profile,
    };
    let now = visit.now();
    Ok(frame.page(Head::titled(person.profile.name.as_str()), move || {
        view! {
            {heading(&person, now)}
            {started(&person.discussions, now)}
            {said(person, now)}
        }
    }))
}

fn heading(person: &Person, now: Moment) -> impl IntoView + use<> {
    let profile = &person.profile;
    let role = match profile.role {
        Role::Member => None,
        Role::Moderator | Role::Admin => Some(view! { <Badge tone=BadgeTone::Accent label=words::role(profile.role) /> }),
    };
    let administration =
        person.is_administered.then(|| view! { <a href=format!("/admin/users/{}", profile.id)>"Open in the dashboard"</a> });
    view! {
        <header class="page-head person">
            <Avatar name=profile.name.as_str() size=AvatarSize::Large />
            <div>
                <h1 dir="auto">{profile.name.to_string()} " " {role}</h1>
                <p class="row quiet">
                    <span>"Here since " <When at=profile.since now /></span>
                    <span>{words::counted(person.count, "comment")}</span>
                    {administration}
                </p>
            </div>
        </header>
    }
}

fn started(discussions: &[DiscussionSummary], now: Moment) -> impl IntoView + use<> {
    let rows = discussions
        .iter()
        .map(|discussion| {
            view! {
                <li>
                    <p>
                        <a href=format!("/d/{}", discussion.id) dir="auto">{discussion.title.to_string()}</a>
                        " " <span class="quiet">{words::counted(discussion.comments, "comment")} ", started " <When at=discussion.started now /></span>
                    </p>
                </li>
            }
        })
        .collect_view();
    (!discussions.is_empty()).then(|| {
        view! {
            <section>
                <h2>"Discussions"</h2>
                <ol class="activity">{rows}</ol>
            </section>
        }
    })
}

fn said(person: Person, now: Moment) -> impl IntoView {
    let mut comments = person.comments;
    let has_more = comments.len() as u64 > PAGE;
    comments.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let page = person.profile.name.path();
    let older = comments.last().filter(|_| has_more).map(|last| format!("{page}?before={}", last.comment.id));
    let newest = person.before.map(|_| page);
    if comments.is_empty() {
        return view! {
            <Empty icon=IconName::Comment title="No comments yet">
                <p>"What this person says in discussions will stand here."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = comments.into_iter().map(|listed| comment(listed, now)).collect_view();
    view! {
        <section>
            <h2>"Comments"</h2>
            <ol class="activity">{rows}</ol>
            <Pager previous=newest next=older previous_label="Newest comments" next_label="Older comments" />
        </section>
    }
    .into_any()
}

fn comment(listed: ListedComment, now: Moment) -> impl IntoView {
    let comment = listed.comment;
    view! {
        <li>
            <p class="activity-head">
                "in " <a dir="auto" href=format!("/d/{}", comment.discussion)>{listed.discussion_title.to_string()}</a> ", "
                <a class="permalink" href=format!("/c/{}", comment.id)><When at=comment.written now /></a>
            </p>
            <Prose html=TrustedHtml::from_sanitised(comment.body_html) />
        </li>
    }
}
