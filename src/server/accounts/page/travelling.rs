//! The pages on the way to a provider and back.
//!
//! A form is answered by a redirect to the page of departure, and only that page leads to the provider:
//! Chromium holds the redirects of a form to the policy's `form-action`, which names nobody but us, and
//! what the provider does after that is the provider's.

use axum::{
    http::HeaderValue,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

use super::forms::{Application, ProviderRegistrationForm};
use crate::{
    accounts::model::{Invited, Secret},
    error::{AppError, Refusal},
    policy,
    server::{
        accounts::{
            invitations,
            providers::{self, Answer},
        },
        error::Error,
        shell::{self, Frame, Head, Width},
        web::{Asked, Number, Trouble, WebVisit},
    },
    site::model::RegistrationMode,
    ui::{ButtonKind, ButtonLink, Notice, NoticeTone},
    words,
};

/// Sends the person of this browser to the provider that they chose: at once, and by a link.
pub async fn leave(frame: Frame) -> Result<Response, Trouble> {
    let departure = match providers::departure(&frame.visit).await.map_err(Error::told) {
        Ok(departure) => departure,
        Err(AppError::Forbidden(Refusal::FlowOver)) => return Ok(Redirect::to("/sign-in").into_response()),
        Err(other) => return Err(other.into()),
    };
    let (title, address) = (departure.title, departure.address.clone());
    let heading = format!("On to {title}");
    let head = Head::titled(heading.clone()).width(Width::Narrow).not_indexed();
    let mut response = frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>{heading}</h1>
                <p class="lead">"You are being led to " {title.clone()} ", which will ask you who you are and send you back here."</p>
            </header>
            <p>
                <a class="button button-primary button-wide" href=address rel="noreferrer">{format!("Go on to {title}")}</a>
            </p>
            <p class="quiet"><a href="/">"Stay here"</a></p>
        }
    });
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={}", departure.address)) {
        response.headers_mut().insert("refresh", value);
    }
    Ok(response)
}

/// What a provider adds to the address (RFC 6749, 4.1.2; RFC 9207).
#[derive(Debug, Default, Deserialize)]
pub struct Returning {
    state: Option<Secret>,
    code: Option<Secret>,
    error: Option<String>,
    #[serde(rename = "iss")]
    issuer: Option<String>,
}

/// Takes somebody back from a provider.
pub async fn return_from(
    WebVisit(visit): WebVisit,
    Number(provider): Number<String>,
    Asked(returning): Asked<Returning>,
) -> Result<Response, Trouble> {
    let Returning { state, code, error, issuer } = returning;
    let answer = Answer { state, code, error, issuer };
    match providers::finish(&visit, &provider, answer).await.map_err(Error::told) {
        Ok(landing) => Ok(Redirect::to(&landing.address()).into_response()),
        // The proof has grown old on the way.
        Err(AppError::ProofNeeded) => Ok(Redirect::to(&shell::with_next("/prove", "/account/providers")).into_response()),
        Err(other) => Err(other.into()),
    }
}

/// Making an account for somebody whom a provider has recognised.
pub async fn register_with_provider(frame: Frame) -> Result<Response, Trouble> {
    let pending = match providers::pending(&frame.visit).await.map_err(Error::told) {
        Ok(pending) => pending,
        Err(AppError::Forbidden(Refusal::AlreadySignedIn)) => return Ok(Redirect::to("/").into_response()),
        Err(AppError::Forbidden(Refusal::FlowOver)) if frame.returned().is_none() => {
            return Ok(Redirect::to("/sign-in").into_response());
        }
        Err(other) => return Err(other.into()),
    };
    let (mode, invited) = (frame.settings().registration, invitations::opened(&frame.visit).await?);
    let may = policy::may_register(frame.visit.actor(), mode, invited, frame.visit.now());
    let application =
        if (mode, invited) == (RegistrationMode::Approval, Invited::No) { Application::Wanted } else { Application::Unneeded };
    let head = Head::titled("New here").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        let (title, label) = (pending.title.clone(), pending.label.clone());
        let form = match may {
            Ok(_) => view! { <ProviderRegistrationForm pending application /> }.into_any(),
            Err(refusal) => view! { <Notice tone=NoticeTone::Info><p>{words::error(&refusal)}</p></Notice> }.into_any(),
        };
        view! {
            <header class="page-head">
                <h1>"New here"</h1>
                <p class="lead">
                    {title.clone()} " knows you as " <strong dir="auto">{label}</strong>
                    ". No account of this site is linked with that yet."
                </p>
            </header>
            {form}
            <p class="quiet">
                "You have an account here? Sign in with it first, and then link the one at " {title} " on the page of your account."
            </p>
            <div class="actions">
                <ButtonLink href=shell::with_next("/sign-in", "/account/providers") kind=ButtonKind::Secondary>
                    "Sign in to an account you have"
                </ButtonLink>
            </div>
        }
    }))
}
