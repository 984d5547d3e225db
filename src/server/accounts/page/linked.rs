//! The pages behind links that work once: making the first admin, and setting a password.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    forms::{PasswordLinkForm, Purpose, RegistrationForm},
    suggestion,
};
use crate::{
    accounts::model::Secret,
    server::{
        accounts,
        error::Error,
        shell::{Frame, Head, Width},
        web::{Number, Trouble},
    },
};

/// Making the first admin.
pub async fn set_up(frame: Frame, Number(token): Number<Secret>) -> Result<Response, Trouble> {
    let usable = accounts::check_set_up_link(&frame.visit, &token).await;
    frame.admit(usable.map_err(Error::told))?;
    let purpose = Purpose::SetUp { token };
    let head = Head::titled("Set up your site").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Set up your site"</h1>
                <p class="lead">
                    "Locutory runs. Make the first admin account: it can do everything here, and give others a part of it."
                </p>
            </header>
            <RegistrationForm purpose suggestion=suggestion() />
        }
    }))
}

/// Setting a password with a link from an admin.
pub async fn password_link(frame: Frame, Number(token): Number<Secret>) -> Result<Response, Trouble> {
    let usable = accounts::check_password_link(&frame.visit, &token).await;
    frame.admit(usable.map_err(Error::told))?;
    let head = Head::titled("Set a new password").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Set a new password"</h1>
                <p class="lead">"The link works once. All sessions of the account end; sign in with the new password afterwards."</p>
            </header>
            <PasswordLinkForm token suggestion=suggestion() />
        }
    }))
}
