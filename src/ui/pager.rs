//! Links to the page before and the page after. Pages are found by key, so there are no numbers.

use leptos::prelude::*;

/// Previous and next; nothing at all when there is only one page.
#[component]
pub fn Pager(
    /// Where the page before is.
    previous: Option<String>,
    /// Where the page after is.
    next: Option<String>,
    #[prop(default = "Previous".to_owned(), into)] previous_label: String,
    #[prop(default = "Next".to_owned(), into)] next_label: String,
    /// Tells this pager from another one of the same page.
    #[prop(default = "Pages".to_owned(), into)]
    label: String,
) -> impl IntoView {
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {previous.map(|href| view! { <a class="button" rel="prev" href=href>{previous_label}</a> })}
                {next.map(|href| view! { <a class="button" rel="next" href=href>{next_label}</a> })}
            </nav>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn the_first_page_leads_only_onwards() {
        let html = rendered(|| view! { <Pager previous=None next=Some("/?after=7".to_owned()) next_label="Older" /> });
        assert!(html.contains(r#"rel="next""#) && html.contains("Older"), "{html}");
        assert!(!html.contains(r#"rel="prev""#), "{html}");
    }

    #[test]
    fn a_single_page_has_no_pager() {
        let html = rendered(|| view! { <Pager previous=None next=None /> });
        assert!(!html.contains("<nav"), "{html}");
    }
}
