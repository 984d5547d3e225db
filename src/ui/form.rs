//! A form that works without a script: it posts to a server function, and carries the page it
//! stands on so that a refusal can be shown there.

use leptos::prelude::*;

/// The path and query of the page being rendered. The document's shell provides it.
#[derive(Clone, Debug)]
pub struct PagePath(pub String);

/// The page a form stands on, as told by the shell to pages and by the address to islands.
fn page_path() -> String {
    use_context::<PagePath>()
        .map(|page| page.0)
        .or_else(|| cfg!(target_family = "wasm").then(path_of_the_address).flatten())
        .unwrap_or_else(|| "/".to_owned())
}

fn path_of_the_address() -> Option<String> {
    let address = window().location();
    Some(address.pathname().ok()? + &address.search().ok()?)
}

/// A form that posts to `action`.
///
/// The browser's own messages are off, as ours say what would be right. An island attaches
/// `on:submit` and shows with `busy` that it is working.
#[component]
pub fn Form(
    #[prop(into)] action: String,
    /// Where a refusal is shown; the page the form stands on when not given.
    #[prop(optional, into)]
    from: Option<String>,
    #[prop(default = "form".to_owned(), into)] class: String,
    #[prop(optional, into)] id: Option<String>,
    /// Names the form for screen readers where no heading does.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional, into)] busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let from = from.unwrap_or_else(page_path);
    view! {
        <form
            class=class
            id=id
            method="post"
            action=action
            novalidate
            aria-label=label
            aria-busy=move || busy.get().then_some("true")
        >
            <input type="hidden" name="from" value=from />
            {children()}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn a_form_carries_the_page_it_stands_on() {
        let html = rendered(|| {
            provide_context(PagePath("/d/12?after=40&sort=new".to_owned()));
            view! { <Form action="/api/comments/publish"><p>"field"</p></Form> }
        });
        assert!(html.contains(r#"method="post" action="/api/comments/publish""#), "{html}");
        assert!(html.contains(r#"name="from" value="/d/12?after=40&amp;sort=new""#), "{html}");
    }
}
