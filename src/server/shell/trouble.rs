//! The page of an error: what happened, what to do next, and a way on.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};
use leptos::prelude::*;

use super::{Frame, Head, Surroundings, Width, bare_surroundings, render};
use crate::{
    error::AppError,
    server::{app::App, returned::Returned},
    ui::TextArea,
    words,
};

/// Made even when nothing else works: without a database the frame is that of a guest.
pub async fn trouble_page(app: &App, mut parts: Parts, status: StatusCode, error: &AppError) -> Response {
    let surroundings = match Frame::from_request_parts(&mut parts, app).await {
        Ok(frame) => frame.surroundings,
        Err(_) => bare_surroundings(&parts, app),
    };
    page_of(surroundings, status, error)
}

/// The same page as everybody sees it, without asking the database for anything.
pub fn bare_trouble_page(app: &App, parts: &Parts, status: StatusCode, error: &AppError) -> Response {
    page_of(bare_surroundings(parts, app), status, error)
}

fn page_of(mut surroundings: Surroundings, status: StatusCode, error: &AppError) -> Response {
    let kept = surroundings.returned.take().and_then(|returned| longest_text(&returned));
    let way_on = way_on(error, &surroundings.page);
    let words = explanation(status, error);
    let head = Head::titled(title(status)).width(Width::Narrow).not_indexed();
    render(&surroundings, status, head, move || {
        view! {
            <div class="error-page">
                <p class="error-code">{status.as_u16()}</p>
                <h1>{title(status)}</h1>
                <p>{words}</p>
                <div class="actions">
                    {way_on.map(|(path, label)| view! { <a class="button button-primary" href=path>{label}</a> })}
                    <a class="button" href="/">"All discussions"</a>
                </div>
            </div>
            {kept.map(|text| {
                view! {
                    <TextArea
                        label="What you wrote"
                        name="kept"
                        value=text
                        hint="It is not published. Copy it before you go on."
                        rows=8
                    />
                }
            })}
        }
    })
}

/// The page that mends it, where there is one.
fn way_on(error: &AppError, page: &str) -> Option<(String, &'static str)> {
    match error {
        AppError::Unauthenticated => Some((super::with_next("/sign-in", page), "Sign in")),
        AppError::ProofNeeded => Some((super::with_next("/prove", page), "Confirm that it is you")),
        AppError::Busy { .. } if !page.starts_with("/api/") => Some((page.to_owned(), "Try again")),
        AppError::FactorOwed => Some(("/account/security".to_owned(), "Set up a second factor")),
        _ => None,
    }
}

/// What somebody wrote at length into a form whose page is gone.
fn longest_text(returned: &Returned) -> Option<String> {
    WRITTEN_AT_LENGTH.iter().map(|field| returned.typed(field)).find(|text| !text.trim().is_empty())
}

/// The fields of all forms that take more than a line.
const WRITTEN_AT_LENGTH: &[&str] = &["body", "opening", "description", "application"];

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Please sign in",
        StatusCode::FORBIDDEN => "This is not possible",
        StatusCode::NOT_FOUND => "Nothing here",
        StatusCode::METHOD_NOT_ALLOWED => "This address takes no such request",
        StatusCode::PAYLOAD_TOO_LARGE => "That was too much at once",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "That form is of an unknown kind",
        StatusCode::REQUEST_TIMEOUT => "That took too long",
        StatusCode::TOO_MANY_REQUESTS => "Too often",
        StatusCode::SERVICE_UNAVAILABLE => "Very busy",
        status if status.is_client_error() => "That did not work",
        _ => "Something broke",
    }
}

fn explanation(status: StatusCode, error: &AppError) -> String {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            "What you sent is larger than this site takes. Please go back and shorten it.".to_owned()
        }
        StatusCode::METHOD_NOT_ALLOWED => "Please go back and use the buttons of the page.".to_owned(),
        StatusCode::REQUEST_TIMEOUT => "The request did not arrive in time. Please go back and send it again.".to_owned(),
        _ => words::error(error),
    }
}
