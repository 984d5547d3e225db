//! The field in which a password is chosen: how long it is so far, and a passphrase for the taking.

use leptos::{html, prelude::*};

use crate::{
    accounts::model::{NewPassword, Secret},
    ui::{FieldKind, PasswordField, Submission, text_of},
    words,
};

const NAME: &str = "password";

/// A password being chosen.
#[component]
pub fn NewPasswordField(
    #[prop(into)] label: String,
    submission: Submission,
    node_ref: NodeRef<html::Input>,
    suggestion: Option<Secret>,
) -> impl IntoView {
    let length = RwSignal::new(0);
    let measure = move || length.set(text_of(node_ref).chars().count() as u64);
    let problem = move || NewPassword::parse(&Secret::new(text_of(node_ref))).err();
    let follow = submission.messages.on_input(NAME, problem);
    view! {
        <PasswordField
            label
            name=NAME
            kind=FieldKind::NewPassword
            hint=format!("At least {} characters. A few unrelated words are easy to remember and hard to guess.", NewPassword::SHORTEST)
            problem=submission.messages.sentence(NAME)
            node_ref
            on:input=move |event| {
                measure();
                follow(event);
            }
            on:focusout=submission.messages.on_leave(NAME, problem)
        >
            <p class="count" role="status">{move || progress(length.get())}</p>
        </PasswordField>
        {suggestion.map(|phrase| view! { <Suggestion phrase field=node_ref on_taken=measure /> })}
    }
}

/// How far it is to a password that will do.
fn progress(length: u64) -> String {
    match NewPassword::SHORTEST.saturating_sub(length) {
        _ if length == 0 => String::new(),
        0 => "Long enough.".to_owned(),
        missing => format!("{} to go", words::counted(missing, "more character")),
    }
}

/// A passphrase that nobody has seen before.
#[component]
fn Suggestion(phrase: Secret, field: NodeRef<html::Input>, on_taken: impl Fn() + Copy + 'static) -> impl IntoView {
    let shown = phrase.expose().to_owned();
    let take = move |_| {
        if let Some(field) = field.get_untracked() {
            field.set_value(phrase.expose());
            on_taken();
            let _ = field.focus();
        }
    };
    view! {
        <details class="suggestion">
            <summary>"Suggest a passphrase"</summary>
            <p><code>{shown}</code></p>
            <p class="hint">"Made for you just now and kept nowhere: store it in your password manager before you go on."</p>
            <button class="button button-small needs-script" type="button" on:click=take>"Use this one"</button>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_how_many_characters_are_missing() {
        assert_eq!(progress(0), "");
        assert_eq!(progress(14), "1 more character to go");
        assert_eq!(progress(3), "12 more characters to go");
        assert_eq!(progress(15), "Long enough.");
    }
}
