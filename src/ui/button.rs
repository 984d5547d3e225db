//! Buttons, and links that look like them.

use leptos::prelude::*;

/// How much a button asks to be pressed. A form has one primary button at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Secondary,
    /// Takes something away from somebody.
    Danger,
    /// Without a border, for what is rarely wanted.
    Quiet,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    #[default]
    Normal,
    /// In tables and notices.
    Small,
    /// As wide as its form.
    Wide,
}

/// What pressing it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonType {
    /// Sends the form.
    #[default]
    Submit,
    /// Only what an island attaches to it.
    Plain,
}

fn class(kind: ButtonKind, size: ButtonSize) -> String {
    let kind = match kind {
        ButtonKind::Primary => " button-primary",
        ButtonKind::Secondary => "",
        ButtonKind::Danger => " button-danger",
        ButtonKind::Quiet => " button-quiet",
    };
    let size = match size {
        ButtonSize::Normal => "",
        ButtonSize::Small => " button-small",
        ButtonSize::Wide => " button-wide",
    };
    format!("button{kind}{size}")
}

/// A button that says what it does. While `busy` it shows that it is working and stays focusable;
/// it is never disabled, so that it cannot stay dead after a failure.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] acts: ButtonType,
    /// Sent with the form, for forms with several buttons.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let button_type = match acts {
        ButtonType::Submit => "submit",
        ButtonType::Plain => "button",
    };
    view! {
        <button
            class=class(kind, size)
            type=button_type
            name=name
            value=value
            aria-busy=move || busy.get().then_some("true")
        >
            {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    children: Children,
) -> impl IntoView {
    view! { <a class=class(kind, size) href=href>{children()}</a> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn a_busy_button_says_so_and_is_not_disabled() {
        let html = rendered(|| view! { <Button kind=ButtonKind::Primary busy=true>"Publish comment"</Button> });
        assert!(html.contains(r#"class="button button-primary""#), "{html}");
        assert!(html.contains(r#"aria-busy="true""#) && !html.contains("disabled"), "{html}");
    }
}
