//! A password with a button that shows it. Only for islands, as the button needs a script;
//! it is not seen where none runs. A page uses `TextField` with `FieldKind::Password`.

use leptos::{html, prelude::*};

use super::field::{Concealment, FieldKind, TextField};

/// A password that can be shown. Its properties mean what they mean for `TextField`.
#[component]
pub fn PasswordField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    /// `Password` or `NewPassword`.
    #[prop(default = FieldKind::Password)]
    kind: FieldKind,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
    /// What stands below, such as a meter.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let concealment = RwSignal::new(Concealment::Concealed);
    let turn = move |_| {
        concealment.update(|now| {
            *now = match now {
                Concealment::Concealed => Concealment::Shown,
                Concealment::Shown => Concealment::Concealed,
            }
        });
    };
    let pressed = move || (concealment.get() == Concealment::Shown).to_string();
    let shown_name = format!("Show: {label}");
    let beside = view! {
        <button class="button needs-script" type="button" aria-label=shown_name aria-pressed=pressed on:click=turn>
            "Show"
        </button>
    }
    .into_any();
    view! {
        <TextField label name id hint problem kind concealment beside node_ref>
            {children.map(|children| children())}
        </TextField>
    }
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
    }
}
