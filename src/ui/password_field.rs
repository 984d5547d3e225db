//! A password with a button that shows it. The button needs an island (`LiveForm`) and is not seen
//! where no script runs.

use leptos::prelude::*;

use super::field::{FieldKind, TextField};

/// A password that can be shown. Its properties mean what they mean for `TextField`.
#[component]
pub fn PasswordField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    /// `Password` or `NewPassword`.
    #[prop(default = FieldKind::Password)]
    kind: FieldKind,
    /// What stands below, such as a count.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let shown_name = format!("Show: {label}");
    let beside = view! {
        <button class="button needs-script" type="button" aria-label=shown_name aria-pressed="false" data-reveals=name.clone()>
            "Show"
        </button>
    }
    .into_any();
    view! { <TextField label name hint problem kind beside>{children.map(|children| children())}</TextField> }
}

/// Tells password managers whose password a form asks for. Not seen, and not sent.
#[component]
pub fn UserNameHint(#[prop(into)] username: String) -> impl IntoView {
    view! { <input type="text" autocomplete="username" value=username readonly hidden /> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn a_password_is_concealed_until_its_button_is_pressed() {
        let html = rendered(|| view! { <PasswordField label="Password" name="password" /> });
        assert!(html.contains(r#"type="password""#), "{html}");
        assert!(html.contains(r#"aria-label="Show: Password" aria-pressed="false""#), "{html}");
        assert!(html.contains(r#"data-reveals="password""#) && html.contains(r#"id="password""#), "{html}");
    }
}
