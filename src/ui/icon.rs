//! Icons from the one sprite, `public/icons.svg`. They are decoration: the words beside them say
//! what is meant.

use std::sync::Arc;

use leptos::prelude::*;

/// The path of the sprite, whose name carries a hash. The document's shell provides it as a
/// context and writes it into `<html data-icons>`, where islands find it.
#[derive(Clone, Debug)]
pub struct IconSprite(pub Arc<str>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Audit,
    Check,
    Clock,
    Comment,
    Discussion,
    Error,
    Eye,
    EyeOff,
    Flag,
    Info,
    Key,
    Letter,
    Link,
    Lock,
    Mark,
    Overview,
    Pencil,
    People,
    Person,
    Pin,
    Plus,
    Reply,
    Restore,
    Search,
    Settings,
    SignOut,
    Trash,
    Warn,
}

impl IconName {
    fn symbol(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Check => "check",
            Self::Clock => "clock",
            Self::Comment => "comment",
            Self::Discussion => "discussion",
            Self::Error => "error",
            Self::Eye => "eye",
            Self::EyeOff => "eye-off",
            Self::Flag => "flag",
            Self::Info => "info",
            Self::Key => "key",
            Self::Letter => "letter",
            Self::Link => "link",
            Self::Lock => "lock",
            Self::Mark => "mark",
            Self::Overview => "overview",
            Self::Pencil => "pencil",
            Self::People => "people",
            Self::Person => "person",
            Self::Pin => "pin",
            Self::Plus => "plus",
            Self::Reply => "reply",
            Self::Restore => "restore",
            Self::Search => "search",
            Self::Settings => "settings",
            Self::SignOut => "sign-out",
            Self::Trash => "trash",
            Self::Warn => "warn",
        }
    }
}

/// Where the sprite is, as told by the shell: to pages by context, to islands by the document.
fn sprite() -> Arc<str> {
    use_context::<IconSprite>()
        .map(|sprite| sprite.0)
        .or_else(|| cfg!(target_family = "wasm").then(sprite_of_the_document).flatten())
        .unwrap_or_else(|| Arc::from("/icons.svg"))
}

fn sprite_of_the_document() -> Option<Arc<str>> {
    document().document_element()?.get_attribute("data-icons").map(Arc::from)
}

#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=format!("{}#{}", sprite(), name.symbol())></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    const SPRITE: &str = include_str!("../../public/icons.svg");

    const ALL: [IconName; 28] = [
        IconName::Audit,
        IconName::Check,
        IconName::Clock,
        IconName::Comment,
        IconName::Discussion,
        IconName::Error,
        IconName::Eye,
        IconName::EyeOff,
        IconName::Flag,
        IconName::Info,
        IconName::Key,
        IconName::Letter,
        IconName::Link,
        IconName::Lock,
        IconName::Mark,
        IconName::Overview,
        IconName::Pencil,
        IconName::People,
        IconName::Person,
        IconName::Pin,
        IconName::Plus,
        IconName::Reply,
        IconName::Restore,
        IconName::Search,
        IconName::Settings,
        IconName::SignOut,
        IconName::Trash,
        IconName::Warn,
    ];

    #[test]
    fn every_icon_is_in_the_sprite_and_the_sprite_holds_nothing_else() {
        for icon in ALL {
            assert!(SPRITE.contains(&format!(r#"<symbol id="{}""#, icon.symbol())), "{icon:?} is not drawn");
        }
        assert_eq!(SPRITE.matches("<symbol").count(), ALL.len());
    }

    #[test]
    fn an_icon_comes_from_the_sprite_that_the_shell_names() {
        let html = rendered(|| {
            provide_context(IconSprite(Arc::from("/assets/icons.1f.svg")));
            view! { <Icon name=IconName::Lock /> }
        });
        assert!(html.contains("/assets/icons.1f.svg#lock"), "{html}");
    }
}
