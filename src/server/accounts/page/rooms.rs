//! The pages of one's own account, and the way between them.

use leptos::prelude::*;

/// Every page with its name, in the order in which they are offered.
const ROOMS: &[(&str, &str)] =
    &[("/account", "Account"), ("/account/email", "E-mail"), ("/account/sessions", "Sessions"), ("/account/data", "Your data")];

/// Links to the pages of one's own account.
#[component]
pub fn AccountRooms(current: &'static str) -> impl IntoView {
    let links = ROOMS
        .iter()
        .map(|(path, name)| {
            let is_current = (*path == current).then_some("page");
            view! {
                <li>
                    <a href=*path aria-current=is_current>{*name}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="side-nav account-rooms" aria-label="Your account">
            <ul>{links}</ul>
        </nav>
    }
}
