//! One member: who it is, where they are signed in, what they did, and what an admin can do about it.

use axum::{
    extract::{Path, rejection::PathRejection},
    response::Response,
};
use leptos::prelude::*;

use super::{
    super::{
        activity::{Activity, Authors},
        entries::Entries,
        frame::{Dashboard, Room, Viewer, head},
        query::address,
    },
    RoleBadge, StandingBadge,
    acts::Acts,
    end_of_suspension,
};
use crate::{
    accounts::model::{AccountRecord, AddressClaim, SessionRecord, UserId, Username},
    audit::model::Entry,
    comments::model::ListedComment,
    error::AppError,
    moment::Moment,
    policy::{self, act},
    server::{
        accounts::{administration, invitations},
        agent, audit,
        comments::moderation,
        shell::Frame,
        web::Trouble,
    },
    ui::When,
    words,
};

/// Comments and entries of the audit log that the page shows.
const LATEST: u64 = 8;

/// # Errors
/// Not an admin, or there is no such person.
pub async fn show(frame: Frame, id: Result<Path<UserId>, PathRejection>) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeAdministration>(&viewer.actor, viewer.now)?;
    let Path(id) = id.map_err(|_| AppError::NotFound)?;
    let (account, sessions) = administration::account(&frame.visit, id).await?;
    let comments = moderation::newest(&frame.visit, Some(id), LATEST).await?;
    let inviter = invitations::inviter(&frame.visit, account.invitation).await?;
    let about = audit::Filter { person: Some(id), ..audit::Filter::default() };
    let entries = audit::latest(&frame.visit, &about, LATEST).await?;
    Ok(frame.page(head(account.profile.name.to_string()), move || {
        let now = viewer.now;
        let name = account.profile.name.to_string();
        view! {
            <Dashboard room=Room::Members viewer=viewer.clone()>
                {heading(&account, now)}
                <div class="panels">{facts(&account, inviter.as_ref(), now)} {sessions_panel(&sessions, now)}</div>
                <Acts account=account viewer=viewer sessions=sessions.len() />
                <div class="panels">{comments_panel(comments, &name, now)} {entries_panel(entries, &name, now)}</div>
            </Dashboard>
        }
    }))
}

fn heading(account: &AccountRecord, now: Moment) -> impl IntoView + use<> {
    let profile = &account.profile;
    let suspension = end_of_suspension(account.standing, now).map(|end| {
        let reason = account.suspension_reason.clone().unwrap_or_default();
        view! { <span class="quiet">{end} ": " <span dir="auto">{reason}</span></span> }
    });
    view! {
        <header class="page-head">
            <nav class="breadcrumb" aria-label="Where you are">
                <a href=Room::Members.path()>{Room::Members.title()}</a>
            </nav>
            <h1 dir="auto">{profile.name.to_string()}</h1>
            <p class="row">
                <RoleBadge role=profile.role /> <StandingBadge standing=account.standing now /> {suspension}
                <a href=profile.name.path()>"Public page"</a>
            </p>
        </header>
    }
}

fn facts(account: &AccountRecord, inviter: Option<&Username>, now: Moment) -> impl IntoView + use<> {
    let claim = (account.claim == AddressClaim::TakenByAnother)
        .then(|| view! { <span class="quiet">" Another account had this address first; it opens that one."</span> });
    let inviter = inviter.map(|inviter| {
        view! {
            <div>
                <dt>"Invited by"</dt>
                <dd><a dir="auto" href=inviter.path()>{inviter.to_string()}</a></dd>
            </div>
        }
    });
    view! {
        <section class="panel">
            <h2>"Account"</h2>
            <dl class="facts">
                <div>
                    <dt>"E-mail"</dt>
                    <dd>{account.email.as_str().to_owned()} {claim}</dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd>{words::role(account.profile.role)}</dd>
                </div>
                <div>
                    <dt>"Joined"</dt>
                    <dd><When at=account.profile.since now=now /></dd>
                </div>
                {inviter}
                <div>
                    <dt>"Number"</dt>
                    <dd class="numbers">{account.profile.id.to_string()}</dd>
                </div>
            </dl>
        </section>
    }
}

fn sessions_panel(sessions: &[SessionRecord], now: Moment) -> impl IntoView + use<> {
    let rows = sessions
        .iter()
        .map(|session| {
            view! {
                <tr>
                    <th scope="row">{agent::in_words(&session.agent)} <span class="quiet">{words::proven(&session.by)}</span></th>
                    <td>{agent::place(&session.address)}</td>
                    <td class="number"><When at=session.created now=now /></td>
                    <td class="number"><When at=session.last_seen now=now /></td>
                </tr>
            }
        })
        .collect_view();
    let list = if sessions.is_empty() {
        view! { <p class="quiet">"Not signed in anywhere."</p> }.into_any()
    } else {
        view! {
            <div class="table-frame">
                <table class="table table-small">
                    <caption class="visually-hidden">"Open sessions"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Browser"</th>
                            <th scope="col">"From"</th>
                            <th scope="col" class="number">"Signed in"</th>
                            <th scope="col" class="number">"Last seen"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>"Sessions"</h2>
            {list}
        </section>
    }
}

fn comments_panel(comments: Vec<ListedComment>, name: &str, now: Moment) -> impl IntoView + use<> {
    let list = if comments.is_empty() {
        view! { <p class="quiet">"No comments yet."</p> }.into_any()
    } else {
        let all = address(Room::Comments.path(), &[("author", name)]);
        view! {
            <Activity comments authors=Authors::Known now />
            <p class="quiet"><a href=all>"All comments of this member"</a></p>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>"Latest comments"</h2>
            {list}
        </section>
    }
}

fn entries_panel(entries: Vec<Entry>, name: &str, now: Moment) -> impl IntoView + use<> {
    let list = if entries.is_empty() {
        view! { <p class="quiet">"Nothing is written down yet."</p> }.into_any()
    } else {
        let all = address(Room::Audit.path(), &[("person", name)]);
        view! {
            <Entries entries now />
            <p class="quiet"><a href=all>"All entries about this member"</a></p>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>"Recent actions"</h2>
            {list}
        </section>
    }
}
