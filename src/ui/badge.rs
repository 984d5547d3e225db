//! A word or two that mark a state or a role.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadgeTone {
    #[default]
    Plain,
    Accent,
    Success,
    Warn,
    Danger,
}

impl BadgeTone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "badge badge-plain",
            Self::Accent => "badge badge-accent",
            Self::Success => "badge badge-success",
            Self::Warn => "badge badge-warn",
            Self::Danger => "badge badge-danger",
        }
    }
}

#[component]
pub fn Badge(
    #[prop(optional)] tone: BadgeTone,
    #[prop(optional, into)] icon: Option<IconName>,
    #[prop(into)] label: String,
) -> impl IntoView {
    view! { <span class=tone.class()>{icon.map(|name| view! { <Icon name /> })}{label}</span> }
}
