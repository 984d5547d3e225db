//! The page on which one takes one's data along, or leaves for good.

#![allow(clippy::missing_errors_doc, reason = "a handler's errors are pages, told in `shell/trouble.rs`")]

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use super::archive;
use crate::{
    accounts::model::{ArchiveRecord, ArchiveState, Deletion},
    moment::Moment,
    policy,
    server::{
        accounts::page::rooms::AccountRooms,
        sent::Sent,
        shell::{self, Frame, Head},
        web::{Number, Trouble, WebVisit},
    },
    ui::{Button, ButtonKind, ButtonLink, Choice, Form, Notice, NoticeTone, RadioGroup},
    words,
};

const LEAVE: &str = "/api/accounts/leave_for_good";

/// What one can do with one's own data.
pub async fn data(frame: Frame) -> Result<Response, Trouble> {
    let record = archive::own(&frame.visit).await?;
    let now = frame.visit.now();
    let is_proven = policy::may_take_own_data(frame.visit.actor(), now).is_ok() || frame.returned().is_some();
    Ok(frame.page(Head::titled("Your data").not_indexed(), move || {
        let acts = if is_proven {
            view! { {archive_panel(record, now)} {leaving_panel()} }.into_any()
        } else {
            proof_first().into_any()
        };
        view! {
            <header class="page-head">
                <h1>"Your data"</h1>
                <p class="lead">"What you wrote and what the site knows of you is yours: take it along, or have it deleted."</p>
            </header>
            <AccountRooms current="/account/data" />
            {acts}
        }
    }))
}

fn proof_first() -> impl IntoView {
    let prove = shell::with_next("/prove", "/account/data");
    view! {
        <Notice tone=NoticeTone::Info title="Confirm that it is you first">
            <p>"Both matter too much to leave them to whoever finds your browser open."</p>
            <p><ButtonLink href=prove>"Confirm it is me"</ButtonLink></p>
        </Notice>
    }
}

fn archive_panel(record: Option<ArchiveRecord>, now: Moment) -> impl IntoView {
    let is_asked_for = record.is_some_and(|record| matches!(record.state, ArchiveState::Waiting | ArchiveState::Building));
    let told = record.filter(|record| record.ends > now).map(state);
    let ask = (!is_asked_for).then(|| {
        view! {
            <Form action="/api/accounts/ask_for_archive" class="">
                <Button>"Make an archive"</Button>
            </Form>
        }
    });
    view! {
        <section class="panel">
            <h2>"Take it along"</h2>
            <p class="quiet">
                "An archive with everything you wrote and all that is stored about you: a page to read, and the same as JSON for "
                "programs. It is ready within moments and can be taken for a week."
            </p>
            {told} {ask}
        </section>
    }
}

fn state(record: ArchiveRecord) -> AnyView {
    match record.state {
        ArchiveState::Waiting | ArchiveState::Building => {
            view! { <p>"It is being made. Load this page again in a moment."</p> }.into_any()
        }
        ArchiveState::Failed => {
            view! { <p>"The last one could not be made. Please ask again, and tell an admin if it stays so."</p> }.into_any()
        }
        ArchiveState::Ready => {
            let path = format!("/account/data/{}", record.id);
            view! {
                <p>
                    <a href=path download>"Take the archive"</a> ", until " {words::day_and_time(record.ends)}
                </p>
            }
            .into_any()
        }
    }
}

fn leaving_panel() -> impl IntoView {
    let sent = Sent::to(LEAVE);
    let choices = vec![
        Choice::new(Deletion::Anonymise.name(), "Leave my words, without my name")
            .with_hint("Discussions stay readable. Nobody can tell that the words are yours, unless they say so themselves."),
        Choice::new(Deletion::Remove.name(), "Take my words away as well")
            .with_hint("Where others have answered, a place without words stays."),
    ];
    view! {
        <section class="card card-danger">
            <h2>"Leave for good"</h2>
            <p>
                "You are signed out everywhere now, and your account is deleted in 14 days. Sign in before then if you change your mind. "
                "After that nobody can bring it back, and your name, your e-mail address and all that proves who you are is gone."
            </p>
            <Form action=LEAVE>
                <RadioGroup
                    legend="What you wrote"
                    name="deletion"
                    choices
                    chosen=sent.typed_or("deletion", Deletion::Anonymise.name())
                />
                <div class="actions">
                    <Button kind=ButtonKind::Danger>"Delete my account"</Button>
                </div>
            </Form>
        </section>
    }
}

/// One's own archive, as a file.
pub async fn take(WebVisit(visit): WebVisit, Number(number): Number<i64>) -> Result<Response, Trouble> {
    let bytes = archive::take(&visit, number).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.zip\""));
    Ok(response)
}
