//! The pages behind links that work once: making the first admin, and setting a password.
//!
//! A link's token leaves the address as soon as it is opened: the browser keeps it in a cookie and is led
//! to the page without it, so that it stands in no history, no page and no `Referer`.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    forms::{PasswordLinkForm, Purpose, RegistrationForm},
    suggestion,
};
use crate::{
    accounts::model::Secret,
    server::{
        accounts::{self, links},
        error::Error,
        shell::{Frame, Head, Width},
        visit::Visit,
        web::{Number, Trouble, WebVisit},
    },
};

/// Opens a link that was printed or sent.
pub async fn open_set_up(WebVisit(visit): WebVisit, Number(token): Number<Secret>) -> Response {
    open(&visit, token, links::Purpose::SetUp, "/set-up")
}

/// Opens a link that was handed out or sent.
pub async fn open_password(WebVisit(visit): WebVisit, Number(token): Number<Secret>) -> Response {
    open(&visit, token, links::Purpose::Password, "/password")
}

pub(super) fn open(visit: &Visit, token: Secret, purpose: links::Purpose, page: &str) -> Response {
    links::open(visit, token, purpose);
    Redirect::to(page).into_response()
}

/// Making the first admin.
pub async fn set_up(frame: Frame) -> Result<Response, Trouble> {
    let usable = accounts::check_set_up_link(&frame.visit).await;
    frame.admit(usable.map_err(Error::told))?;
    let purpose = Purpose::SetUp;
    let head = Head::titled("Set up your site").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Set up your site"</h1>
                <p class="lead">
                    "Locutory runs. Make the first admin account: it can do everything here, and give others a part of it."
                </p>
            </header>
            <RegistrationForm purpose suggestion=suggestion() challenge=None />
        }
    }))
}

/// Setting a password with a link from an admin.
pub async fn password_link(frame: Frame) -> Result<Response, Trouble> {
    let usable = accounts::check_password_link(&frame.visit).await;
    frame.admit(usable.map_err(Error::told))?;
    let head = Head::titled("Set a new password").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Set a new password"</h1>
                <p class="lead">"The link works once. All sessions of the account end; sign in with the new password afterwards."</p>
            </header>
            <PasswordLinkForm suggestion=suggestion() />
        }
    }))
}
