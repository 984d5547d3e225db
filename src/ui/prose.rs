//! What people wrote, rendered: the one place where HTML enters a page as HTML.

use leptos::{html, prelude::*};

/// HTML that has passed the sanitiser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedHtml(String);

impl TrustedHtml {
    /// Vouches that `html` is what the sanitiser let through, now or before it was stored.
    #[must_use]
    pub fn from_sanitised(html: String) -> Self {
        Self(html)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Rendered text. For pages only: in the browser, Trusted Types refuse HTML that an island makes.
#[component]
pub fn Prose(html: TrustedHtml) -> impl IntoView {
    view! { <div class="prose" dir="auto" inner_html=html.0></div> }
}

/// Rendered text that an island replaces later, by `trusted_types` only.
#[component]
pub fn ProseSlot(html: TrustedHtml, node_ref: NodeRef<html::Div>) -> impl IntoView {
    view! { <div class="prose" dir="auto" node_ref=node_ref inner_html=html.0></div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn rendered_text_stands_in_the_page_as_it_is() {
        let html = rendered(|| view! { <Prose html=TrustedHtml::from_sanitised("<p>1 &lt; 2</p>".to_owned()) /> });
        assert!(html.contains("><p>1 &lt; 2</p></div>"), "{html}");
    }
}
