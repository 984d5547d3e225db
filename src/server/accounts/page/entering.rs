//! The pages on which people say who they are: registering, signing in, proving it again.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    Onward,
    forms::{ProofForm, Purpose, RegistrationForm, SignInForm},
    suggestion,
};
use crate::{
    error::{AppError, Refusal},
    landing::LocalPath,
    policy,
    server::{
        shell::{Frame, Head, Width},
        web::{Asked, Trouble},
    },
    ui::{Icon, IconName, Notice, NoticeTone},
    words,
};

/// Making an account.
pub async fn register(frame: Frame, Asked(onward): Asked<Onward>) -> Result<Response, Trouble> {
    let allowed = policy::may_register(frame.visit.actor(), frame.settings().registration, frame.visit.now());
    if matches!(&allowed, Err(AppError::Forbidden(Refusal::RegistrationClosed))) && frame.returned().is_none() {
        return Ok(closed(&frame));
    }
    if let Some(elsewhere) = already_in(&frame, allowed.map(drop), onward.path())? {
        return Ok(elsewhere);
    }
    let purpose = Purpose::Register { next: onward.field() };
    let sign_in = onward.joined_to("/sign-in");
    let head = Head::titled("Register").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Register"</h1>
                <p class="lead">"One account for reading along, asking and answering."</p>
            </header>
            <RegistrationForm purpose suggestion=suggestion() />
            <p class="quiet">"You have an account? "<a href=sign_in>"Sign in"</a></p>
        }
    }))
}

/// Said instead of a form that nobody could send.
fn closed(frame: &Frame) -> Response {
    let head = Head::titled("Register").width(Width::Narrow).not_indexed();
    frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Register"</h1>
            </header>
            <Notice tone=NoticeTone::Info title="This site takes no new members at the moment">
                <p>"You can still read everything. Ask the people who run the site whether they will let you in."</p>
            </Notice>
            <p class="quiet">"You have an account? "<a href="/sign-in">"Sign in"</a></p>
        }
    })
}

/// Opening a session.
pub async fn sign_in(frame: Frame, Asked(onward): Asked<Onward>) -> Result<Response, Trouble> {
    let allowed = policy::may_sign_in(frame.visit.actor(), frame.visit.now()).map(drop);
    if let Some(elsewhere) = already_in(&frame, allowed, onward.path())? {
        return Ok(elsewhere);
    }
    let next = onward.field();
    let register = onward.joined_to("/register");
    let head = Head::titled("Sign in").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Sign in"</h1>
            </header>
            <SignInForm next />
            <div class="stack quiet">
                <p>"No account yet? "<a href=register>"Register"</a></p>
                <p><a href="/forgotten">"Password forgotten?"</a></p>
            </div>
        }
    }))
}

/// Giving the password again before something that matters.
pub async fn prove(frame: Frame, Asked(onward): Asked<Onward>) -> Result<Response, Trouble> {
    let granted = policy::may_prove(frame.visit.actor(), frame.visit.now())?;
    let (username, next) = (granted.person.name.to_string(), onward.field());
    let span = words::span(frame.visit.app().config().session.proof.as_secs());
    let head = Head::titled("Confirm that it is you").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Confirm that it is you"</h1>
                <p class="lead">
                    <Icon name=IconName::Lock />
                    " What you are about to do matters, so please give your password once more. It then counts for " {span} "."
                </p>
            </header>
            <ProofForm username next />
        }
    }))
}

/// Whoever is signed in already is led on, unless their form has just come back.
fn already_in(frame: &Frame, allowed: Result<(), AppError>, next: Option<LocalPath>) -> Result<Option<Response>, AppError> {
    match allowed {
        Err(AppError::Forbidden(Refusal::AlreadySignedIn)) if frame.returned().is_none() => {
            let path = next.unwrap_or_else(LocalPath::home);
            Ok(Some(Redirect::to(path.as_str()).into_response()))
        }
        allowed => frame.admit(allowed).map(|()| None),
    }
}
