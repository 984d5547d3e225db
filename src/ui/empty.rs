//! What stands where nothing is yet: why, and what to do next.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[component]
pub fn Empty(icon: IconName, #[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <h2>{title}</h2>
            {children()}
        </div>
    }
}
