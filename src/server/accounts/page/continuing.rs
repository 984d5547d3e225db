//! The page on which somebody who has shown who they are gives what they still owe.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    forms::{AddressForm, DuePasswordForm},
    second_factor::{Offer, SecondFactorForms},
    suggestion,
};
use crate::{
    accounts::{
        model::{Debt, Standing},
        view::CORRECT_EMAIL,
    },
    error::{AppError, Refusal},
    moment::Moment,
    server::{
        accounts::door,
        entity::user,
        error::Error,
        session,
        shell::{Frame, Head, Width},
        web::Trouble,
    },
    ui::{Button, ButtonKind, ButtonSize, Form},
    words,
};

/// Asks for the next thing that is owed; whoever has no entry starts at the beginning.
pub async fn continue_sign_in(frame: Frame) -> Result<Response, Trouble> {
    let entry = match door::entry(&frame.visit).await.map_err(Error::told) {
        Ok(entry) => entry,
        Err(AppError::Forbidden(Refusal::AlreadySignedIn)) => return Ok(Redirect::to("/").into_response()),
        Err(AppError::Forbidden(Refusal::EntryOver)) if frame.returned().is_none() => {
            return Ok(Redirect::to("/sign-in").into_response());
        }
        Err(other) => return Err(other.into()),
    };
    let owner = door::owner(&frame.visit, &entry).await?;
    let Some(debt) = door::debt(&frame.visit, &entry).await? else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let offer = Offer::of(&frame.visit, &owner).await?;
    let head = Head::titled(title(debt)).width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>{title(debt)}</h1>
            </header>
            {asked(debt, &owner, offer)}
            <Form action="/api/accounts/start_over" class="">
                <Button>"Sign in as somebody else"</Button>
            </Form>
        }
    }))
}

const fn title(debt: Debt) -> &'static str {
    match debt {
        Debt::SecondFactor => "One more proof",
        Debt::Consent => "Your account is not open yet",
        Debt::Verification => "Confirm your e-mail address",
        Debt::NewPassword => "Choose a new password",
        Debt::Return { .. } => "Your account is about to be deleted",
        Debt::SuspensionNotice => "Your account is suspended",
    }
}

fn asked(debt: Debt, owner: &user::Model, offer: Offer) -> AnyView {
    match debt {
        Debt::Consent => consent(owner).into_any(),
        Debt::SecondFactor => view! { <SecondFactorForms offer /> }.into_any(),
        Debt::Verification => verification(owner).into_any(),
        Debt::NewPassword => due_password(owner).into_any(),
        Debt::Return { deletes_at } => returning(deletes_at).into_any(),
        Debt::SuspensionNotice => suspension(owner).into_any(),
    }
}

fn consent(owner: &user::Model) -> impl IntoView + use<> {
    match owner.decline_reason.clone() {
        None => view! {
            <p class="lead">"What you wrote has arrived. On this site somebody lets every new member in; until then you can read."</p>
            <p>"Come back and sign in later: this page tells you when it is decided."</p>
        }
        .into_any(),
        Some(reason) => view! {
            <p class="lead">"Those who run this site did not let you in. You can go on reading."</p>
            <p>"Reason given: " <span dir="auto">{reason}</span></p>
        }
        .into_any(),
    }
}

/// Where the letter went, and what to do when it does not come.
fn verification(owner: &user::Model) -> impl IntoView + use<> {
    let address = owner.email.clone();
    view! {
        <p class="lead">"A letter with a link is on its way to " <strong>{address.clone()}</strong> "."</p>
        <p>
            "Open it and press the button on the page that it leads to. Look among the junk, too; a letter may take some minutes. If this page is over by then, sign in once more afterwards."
        </p>
        <Form action="/api/accounts/resend_verification">
            <Button size=ButtonSize::Wide>"Send it again"</Button>
        </Form>
        <section class="panel">
            <h2>"Is the address wrong?"</h2>
            <AddressForm action=CORRECT_EMAIL label="The right e-mail address" verb="Correct the address" value=address />
        </section>
    }
}

fn due_password(owner: &user::Model) -> impl IntoView + use<> {
    let username = owner.name.clone();
    view! {
        <p class="lead">"An admin asks you to replace your password. All your other sessions have ended."</p>
        <DuePasswordForm username suggestion=suggestion() />
    }
}

fn returning(deletes_at: Moment) -> impl IntoView {
    view! {
        <p class="lead">
            "You asked for it, and it will be deleted on " {words::day_and_time(deletes_at)} ". Until then you can change your mind."
        </p>
        <Form action="/api/accounts/keep_account">
            <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Keep my account and sign in"</Button>
        </Form>
    }
}

fn suspension(owner: &user::Model) -> impl IntoView + use<> {
    let until = match session::Account::of(owner).standing {
        Standing::Suspended { until } => until,
        Standing::Good => None,
    };
    let reason = owner.suspension_reason.clone().unwrap_or_default();
    view! {
        <p class="lead">{words::suspension(until)}</p>
        <p>"Reason given: " <span dir="auto">{reason}</span></p>
        <Form action="/api/accounts/acknowledge_suspension">
            <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Go on reading"</Button>
        </Form>
    }
}
