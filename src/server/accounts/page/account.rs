//! One's own account: what is known of it, and the password.

use axum::response::{Redirect, Response};
use leptos::prelude::*;

use super::{
    forms::{FirstPasswordForm, PasswordChangeForm},
    rooms::AccountRooms,
    suggestion,
};
use crate::{
    accounts::model::{AccountRecord, AddressClaim, Leaning},
    comments::model::ListedComment,
    moment::Moment,
    policy,
    server::{
        accounts, comments,
        shell::{Frame, Head},
        web::Trouble,
    },
    ui::{Avatar, AvatarSize, Button, Form, When},
    words,
};

/// Comments that the page lists.
const TAKEN_DOWN: u64 = 10;

/// The page with the form that changes a password.
pub const PASSWORD_PAGE: &str = "/account";

/// The address at which password managers look for that page, on any site.
pub async fn change_password() -> Redirect {
    Redirect::to(PASSWORD_PAGE)
}

/// What the person acting may know and change of themselves.
pub async fn account(frame: Frame) -> Result<Response, Trouble> {
    let record = accounts::own_account(&frame.visit).await?;
    let taken_down = comments::taken_down(&frame.visit, TAKEN_DOWN).await?;
    let now = frame.visit.now();
    let may_change = policy::may_change_password(frame.visit.actor(), now).is_ok();
    let leaning = accounts::own_leaning(&frame.visit).await?;
    let has_password = accounts::has_password(&frame.visit).await?;
    let username = record.profile.name.to_string();
    Ok(frame.page(Head::titled("Your account").not_indexed(), move || {
        view! {
            <header class="page-head person">
                <Avatar name=record.profile.name.as_str() size=AvatarSize::Large />
                <div>
                    <h1>"Your account"</h1>
                    <p class="quiet"><a href=record.profile.name.path()>"Your public page"</a></p>
                </div>
            </header>
            <AccountRooms current="/account" />
            <Facts record now />
            <TakenDown taken_down now />
            {may_change.then(|| password_panel(username, leaning, has_password))}
            <Form action="/api/accounts/sign_out" class="">
                <Button>"Sign out"</Button>
            </Form>
        }
    }))
}

/// Replaces the password, or chooses the first.
fn password_panel(username: String, leaning: Leaning, has_password: bool) -> impl IntoView {
    let (title, form) = if has_password {
        ("Change your password", view! { <PasswordChangeForm username leaning suggestion=suggestion() /> }.into_any())
    } else {
        ("Choose a password", view! { <FirstPasswordForm username suggestion=suggestion() /> }.into_any())
    };
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <p class="quiet">"You stay signed in here; all your other sessions end."</p>
            {form}
        </section>
    }
}

#[component]
fn Facts(record: AccountRecord, now: Moment) -> impl IntoView {
    let claim = (record.claim == AddressClaim::TakenByAnother).then(|| {
        view! { <p class="hint">"Signing in by this address does not work for this account. Use your user name."</p> }
    });
    view! {
        <section class="panel">
            <h2>"What the site knows of you"</h2>
            <dl class="facts">
                <div>
                    <dt>"User name"</dt>
                    <dd dir="auto">{record.profile.name.to_string()}</dd>
                </div>
                <div>
                    <dt>"E-mail address"</dt>
                    <dd>{record.email.as_str().to_owned()} {claim}</dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd>{words::role(record.profile.role)}</dd>
                </div>
                <div>
                    <dt>"Here since"</dt>
                    <dd><When at=record.profile.since now /></dd>
                </div>
            </dl>
        </section>
    }
}

/// What moderators did with the person's comments, and why: nobody should have to guess.
#[component]
fn TakenDown(taken_down: Vec<ListedComment>, now: Moment) -> impl IntoView {
    let rows = taken_down
        .iter()
        .map(|listed| {
            let comment = &listed.comment;
            view! {
                <li>
                    <p class="activity-head">
                        "In " <a dir="auto" href=format!("/d/{}", comment.discussion)>{listed.discussion_title.to_string()}</a> ", "
                        <When at=comment.written now /> ": " {words::comment_state(comment.state)}
                    </p>
                    <p>"Reason given: " <span dir="auto">{comment.reason.clone()}</span></p>
                </li>
            }
        })
        .collect_view();
    (!taken_down.is_empty()).then(|| {
        view! {
            <section class="panel">
                <h2>"Taken down by moderators"</h2>
                <ol class="activity">{rows}</ol>
            </section>
        }
    })
}
