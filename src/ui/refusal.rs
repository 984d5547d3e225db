//! What an island says when the server refused, or could not be reached.

use leptos::prelude::*;

use super::notice::{Notice, NoticeTone};
use crate::{error::AppError, words};

/// The sentence of an error; nothing while there is none, and nothing about single fields, which say
/// so themselves.
#[component]
pub fn RefusalNotice(#[prop(into)] refusal: Signal<Option<AppError>>) -> impl IntoView {
    move || {
        refusal.get().filter(|error| error.field_problems().is_empty()).map(|error| {
            view! { <Notice tone=NoticeTone::Error><p>{words::error(&error)}</p></Notice> }
        })
    }
}
