//! What an island or a page says when the server refused, or could not be reached.

use leptos::prelude::*;

use super::notice::{Notice, NoticeTone};
use crate::{error::AppError, words};

/// The sentence of an error, and the way to mend it where there is one: in another tab, so that the
/// form stays as it is and can be sent again.
#[component]
pub fn ErrorNotice(error: AppError) -> impl IntoView {
    let way = match &error {
        AppError::Unauthenticated => Some(("/sign-in", "Sign in in another tab")),
        AppError::ProofNeeded => Some(("/prove", "Confirm in another tab")),
        AppError::FactorOwed => Some(("/account/security", "Set one up in another tab")),
        _ => None,
    };
    let way = way.map(|(path, label)| {
        view! {
            <p>"Nothing you typed is lost: come back to this page afterwards and send it again."</p>
            <div class="actions"><a class="button button-small" href=path target="_blank">{label}</a></div>
        }
    });
    view! { <Notice tone=NoticeTone::Error><p>{words::error(&error)}</p>{way}</Notice> }
}

/// The notice of an error; nothing while there is none, and nothing about single fields, which say so
/// themselves.
#[component]
pub fn RefusalNotice(#[prop(into)] refusal: Signal<Option<AppError>>) -> impl IntoView {
    move || {
        let error = refusal.get().filter(|error| error.field_problems().is_empty());
        error.map(|error| view! { <ErrorNotice error /> })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn whoever_must_sign_in_first_is_led_there_without_leaving_the_form() {
        let html = rendered(|| view! { <ErrorNotice error=AppError::Unauthenticated /> });
        assert!(html.contains(r#"href="/sign-in" target="_blank""#), "{html}");
        let html = rendered(|| view! { <ErrorNotice error=AppError::NotFound /> });
        assert!(!html.contains("<a "), "{html}");
    }
}
