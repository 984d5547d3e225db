//! Several lines of text: the one place that writes `<textarea`.
//!
//! Promise: what was typed comes back as it was typed and never as markup, although Leptos writes
//! the children of this element into the page unescaped.

use leptos::{html, prelude::*};

use super::field::{FieldFrame, FieldIds, invalid};

/// Browsers build elements and run WebAssembly; whatever else renders writes HTML as text.
const WRITES_HTML_AS_TEXT: bool = !cfg!(target_family = "wasm");

/// The children of a `<textarea>` that stand for `typed`.
///
/// As text in a page, `&` and `<` are escaped, and a line break is put before everything because
/// the parser swallows the first one (HTML Standard, "in body" insertion mode, `textarea`).
fn content(typed: String) -> String {
    if WRITES_HTML_AS_TEXT { format!("\n{}", typed.replace('&', "&amp;").replace('<', "&lt;")) } else { typed }
}

/// Several lines of text with their label. Its properties mean what they mean for `TextField`.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// The element's id where the name is not unique on the page.
    #[prop(optional, into)]
    id: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    #[prop(default = true)] required: bool,
    /// Lines shown before anything is typed; the field grows with its text.
    #[prop(default = 5)]
    rows: u32,
    #[prop(optional)] node_ref: NodeRef<html::Textarea>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let ids = FieldIds::new(&name, &id, &hint);
    let control = view! {
        <textarea
            node_ref=node_ref
            id=ids.control.clone()
            name=name
            rows=rows
            required=required
            dir="auto"
            aria-describedby=ids.described_by()
            aria-invalid=invalid(problem)
        >
            {content(value)}
        </textarea>
    }
    .into_any();
    view! { <FieldFrame ids label hint problem required control children /> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    fn text_area(value: &str) -> String {
        let html = rendered(|| view! { <TextArea label="Comment" name="body" value=value /> });
        let start = html.find("<textarea").expect("a text area is rendered");
        html[start..].to_owned()
    }

    #[test]
    fn markup_that_was_typed_cannot_leave_the_field() {
        let html = text_area("</textarea><img src=x onerror=alert(1)>");
        assert_eq!(html.matches("</textarea").count(), 1, "{html}");
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains("&lt;/textarea>&lt;img src=x onerror=alert(1)>"), "{html}");
    }

    #[test]
    fn an_entity_that_was_typed_is_not_decoded() {
        assert!(text_area("&lt;b&gt; &amp; co").contains("&amp;lt;b&amp;gt; &amp;amp; co"));
    }

    #[test]
    fn a_leading_line_break_survives_the_parser() {
        assert!(text_area("\nsecond line").contains(">\n\nsecond line</textarea>"));
    }

    #[test]
    fn an_empty_field_is_empty() {
        assert!(text_area("").contains(">\n</textarea>"));
    }
}
