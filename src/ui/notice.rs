//! A banner that tells how something went or what to know.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeTone {
    Info,
    Success,
    Warn,
    Error,
}

impl NoticeTone {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "notice notice-info",
            Self::Success => "notice notice-success",
            Self::Warn => "notice notice-warn",
            Self::Error => "notice notice-error",
        }
    }

    fn icon(self) -> IconName {
        match self {
            Self::Info => IconName::Info,
            Self::Success => IconName::Check,
            Self::Warn => IconName::Warn,
            Self::Error => IconName::Error,
        }
    }

    /// Only an error interrupts what a screen reader is saying (WAI-ARIA 1.2, `alert`).
    fn role(self) -> &'static str {
        match self {
            Self::Error => "alert",
            Self::Info | Self::Success | Self::Warn => "status",
        }
    }
}

/// A banner. `children` are paragraphs, and an `actions` row where something can be done.
#[component]
pub fn Notice(tone: NoticeTone, #[prop(optional, into)] title: Option<String>, children: Children) -> impl IntoView {
    view! {
        <div class=tone.class() role=tone.role()>
            <Icon name=tone.icon() />
            <div class="notice-body">
                {title.map(|title| view! { <p><strong>{title}</strong></p> })}
                {children()}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn only_errors_interrupt() {
        let error = rendered(|| view! { <Notice tone=NoticeTone::Error><p>"Not saved."</p></Notice> });
        assert!(error.contains(r#"role="alert""#), "{error}");
        let success = rendered(|| view! { <Notice tone=NoticeTone::Success><p>"Saved."</p></Notice> });
        assert!(success.contains(r#"role="status""#), "{success}");
    }
}
