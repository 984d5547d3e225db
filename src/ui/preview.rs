//! How a text will look, below the form it is written in: by the server in a page, in place by an
//! island.

use leptos::{html, prelude::*};

use super::{
    prose::{ProseSlot, TrustedHtml},
    trusted_types,
};

/// An island's hold on a [`PreviewPane`].
#[derive(Clone, Copy, Debug)]
pub struct PreviewSlot {
    pane: NodeRef<html::Section>,
    prose: NodeRef<html::Div>,
    is_shown: RwSignal<bool>,
}

impl PreviewSlot {
    /// For a pane that already shows what the server made, if it made any.
    #[must_use]
    pub fn new(made: Option<&TrustedHtml>) -> Self {
        Self { pane: NodeRef::new(), prose: NodeRef::new(), is_shown: RwSignal::new(made.is_some()) }
    }

    /// Shows a text that the server has rendered, and leads there.
    pub fn show(self, html: &TrustedHtml) {
        if let (Some(pane), Some(prose)) = (self.pane.get_untracked(), self.prose.get_untracked()) {
            trusted_types::fill(&prose, html);
            self.is_shown.set(true);
            // The pane is still hidden in this turn of the event loop, and what is hidden takes no focus.
            request_animation_frame(move || {
                let _ = pane.focus();
            });
        }
    }

    /// Takes the preview away, as the text below it is another one now.
    pub fn hide(self) {
        self.is_shown.set(false);
    }
}

/// Where a preview stands; not seen while there is none. When the server made one, the keyboard's
/// focus is on it without a script.
#[component]
pub fn PreviewPane(preview: PreviewSlot, made: Option<TrustedHtml>) -> impl IntoView {
    let html = made.clone().unwrap_or_else(|| TrustedHtml::from_sanitised(String::new()));
    view! {
        <section
            class="preview"
            aria-label="Preview"
            tabindex="-1"
            autofocus=made.is_some()
            hidden=move || !preview.is_shown.get()
            node_ref=preview.pane
        >
            <h2>"Preview"</h2>
            <ProseSlot html node_ref=preview.prose />
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn without_a_preview_nothing_is_shown() {
        let html = rendered(|| view! { <PreviewPane preview=PreviewSlot::new(None) made=None /> });
        assert!(html.contains(" hidden"), "{html}");
    }

    #[test]
    fn a_preview_of_the_server_is_shown_and_has_the_focus() {
        let made = TrustedHtml::from_sanitised("<p>Bread</p>".to_owned());
        let html = rendered(|| view! { <PreviewPane preview=PreviewSlot::new(Some(&made)) made=Some(made) /> });
        assert!(!html.contains(" hidden") && html.contains(" autofocus") && html.contains("<p>Bread</p>"), "{html}");
    }
}
