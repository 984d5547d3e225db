//! Ending notices: a page with a button for people, and one request without any for their mail
//! programs (RFC 8058), which come from nowhere and carry nothing but the link.

#![allow(clippy::missing_errors_doc, reason = "a handler's errors are pages, told in `shell/trouble.rs`")]

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    server::{
        letters,
        shell::{Frame, Head, Width},
        web::{Number, Trouble},
    },
    ui::{Button, ButtonKind, ButtonSize},
};

/// Asks first: programs open links by themselves.
pub async fn show(frame: Frame, Number(token): Number<String>) -> Result<Response, Trouble> {
    letters::whose_notices(&frame.visit, &token).await?;
    let action = format!("{}{token}", letters::unsubscribe::PREFIX);
    Ok(frame.page(head(), move || {
        view! {
            <header class="page-head">
                <h1>"Letters about new sign-ins"</h1>
                <p class="lead">"They warn you when somebody signs in to your account from a browser that was not seen before."</p>
            </header>
            <form class="form" method="post" action=action>
                <input type="hidden" name="List-Unsubscribe" value="One-Click" />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Send me no more of them"</Button>
            </form>
        }
    }))
}

/// Ends them.
pub async fn end(frame: Frame, Number(token): Number<String>) -> Result<Response, Trouble> {
    letters::unsubscribe(&frame.visit, &token).await?;
    Ok(frame.page(head(), || {
        view! {
            <header class="page-head">
                <h1>"Letters about new sign-ins"</h1>
                <p class="lead">"You will get no more of them. On your account's page you can ask for them again."</p>
            </header>
        }
    }))
}

fn head() -> Head {
    Head::titled("Letters about new sign-ins").width(Width::Narrow).not_indexed()
}
