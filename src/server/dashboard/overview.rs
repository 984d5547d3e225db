//! The first page of the dashboard: the site at a glance.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    activity::{Activity, Authors},
    frame::{Dashboard, PageHead, Room, Viewer, head},
};
use crate::{
    accounts::model::AccountRecord,
    audit::model::Deed,
    comments::model::{CommentState, ListedComment},
    moment::{Day, Moment},
    policy::{self, act},
    server::{
        shell::Frame,
        site::overview::{self, FailedSignIns, Overview},
        web::Trouble,
    },
    ui::{Bar, Chart, When},
    words,
};

/// Admins see the overview; moderators are led to what they may see.
///
/// # Errors
/// Neither moderator nor admin.
pub async fn page(frame: Frame) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeModeration>(&viewer.actor, viewer.now)?;
    if !viewer.is_admin() {
        return Ok(Redirect::to(Room::Comments.path()).into_response());
    }
    let overview = overview::overview(&frame.visit).await?;
    let now = viewer.now;
    Ok(frame.page(head(Room::Overview.title()), move || {
        view! {
            <Dashboard room=Room::Overview viewer=viewer>
                <PageHead title=Room::Overview.title() />
                {tiles(&overview)}
                <div class="panels">
                    {daily("Comments", &overview.comments_by_day)} {daily("New members", &overview.accounts_by_day)}
                </div>
                <div class="panels">
                    <div class="stack">
                        {newest_accounts(overview.newest_accounts, now)} {failed_sign_ins(overview.failed_sign_ins, now)}
                    </div>
                    {newest_comments(overview.newest_comments, now)}
                </div>
            </Dashboard>
        }
    }))
}

fn tiles(overview: &Overview) -> impl IntoView + use<> {
    let new_members: u64 = overview.accounts_by_day.iter().map(|(_, number)| number).sum();
    let said_today = overview.comments_by_day.last().map_or(0, |(_, number)| *number);
    let (visible, hidden) = (overview.comments.of(CommentState::Visible), overview.comments.of(CommentState::Hidden));
    view! {
        <dl class="tiles">
            {tile("Members", overview.accounts, &format!("{} new in 30 days", words::grouped(new_members)))}
            {tile("Discussions", overview.discussions, "open and locked")}
            {tile("Visible comments", visible, &format!("{} written today", words::grouped(said_today)))}
            {tile("Hidden comments", hidden, "seen by moderators only")}
            {tile("Open sessions", overview.sessions, "on all devices")}
        </dl>
    }
}

fn tile(name: &'static str, number: u64, note: &str) -> impl IntoView + use<> {
    view! {
        <div class="tile">
            <dt>{name}</dt>
            <dd>{words::grouped(number)}</dd>
            <dd class="tile-note">{note.to_owned()}</dd>
        </div>
    }
}

fn daily(what: &'static str, days: &[(Day, u64)]) -> impl IntoView + use<> {
    let numbers = || days.iter().map(|(_, number)| *number);
    let (least, most, sum) = (numbers().min().unwrap_or(0), numbers().max().unwrap_or(0), numbers().sum::<u64>());
    let summary = format!("{what}: between {least} and {most} a day, {sum} in all.");
    let bars = days.iter().map(|(day, number)| Bar { label: name_of(*day), value: *number }).collect::<Vec<_>>();
    view! { <Chart caption=format!("{what}, last {} days", overview::DAYS) summary scale="Day (UTC)" unit=what bars /> }
}

fn name_of(day: Day) -> String {
    let calendar = day.start().calendar();
    format!("{} {}", calendar.day(), calendar.month())
}

fn newest_accounts(accounts: Vec<AccountRecord>, now: Moment) -> impl IntoView {
    let row = move |account: AccountRecord| {
        let profile = account.profile;
        view! {
            <tr>
                <th scope="row">
                    <a class="author" dir="auto" href=format!("/admin/users/{}", profile.id)>{profile.name.to_string()}</a>
                </th>
                <td>{account.email.as_str().to_owned()}</td>
                <td class="number"><When at=profile.since now=now /></td>
            </tr>
        }
    };
    view! {
        <section class="panel">
            <h2>"Newest members"</h2>
            <div class="table-frame">
                <table class="table table-small">
                    <caption class="visually-hidden">"Newest members"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"E-mail"</th>
                            <th scope="col" class="number">"Joined"</th>
                        </tr>
                    </thead>
                    <tbody>{accounts.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

fn newest_comments(comments: Vec<ListedComment>, now: Moment) -> impl IntoView {
    let list = if comments.is_empty() {
        view! { <p class="quiet">"Nobody has written a comment yet."</p> }.into_any()
    } else {
        view! { <Activity comments authors=Authors::Named now /> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>"Newest comments"</h2>
            {list}
        </section>
    }
}

fn failed_sign_ins(failures: FailedSignIns, now: Moment) -> impl IntoView {
    let counts = format!(
        "{} in the last 24 hours, {} in the last 7 days.",
        words::grouped(failures.in_a_day),
        words::grouped(failures.in_a_week)
    );
    let rows = failures
        .latest
        .into_iter()
        .map(|entry| view! { <tr><th scope="row">{entry.address}</th><td class="number"><When at=entry.at now=now /></td></tr> })
        .collect_view();
    let list = if rows.is_empty() {
        ().into_any()
    } else {
        let all = super::query::address(Room::Audit.path(), &[("deed", Deed::SignInFailed.name())]);
        view! {
            <div class="table-frame">
                <table class="table table-small">
                    <caption class="visually-hidden">"Latest failed sign-ins"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"From"</th>
                            <th scope="col" class="number">"When"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="quiet"><a href=all>"All failed sign-ins"</a></p>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>"Failed sign-ins"</h2>
            <p class="quiet numbers">{counts}</p>
            {list}
        </section>
    }
}
