//! The pages of one's own account, and the way between them.

use leptos::prelude::*;

use crate::server::accounts::providers::Providers;

/// Every page with its name, in the order in which they are offered.
const ROOMS: &[(&str, &str)] = &[
    ("/account", "Account"),
    ("/account/email", "E-mail"),
    ("/account/security", "Security"),
    ("/account/sessions", "Sessions"),
    ("/account/data", "Your data"),
];

/// Offered where the operator names providers.
const ELSEWHERE: &[(&str, &str)] = &[("/account/providers", "Accounts elsewhere")];

fn rooms_elsewhere() -> &'static [(&'static str, &'static str)] {
    let has_providers = use_context::<Providers>().is_some_and(|providers| !providers.is_empty());
    if has_providers { ELSEWHERE } else { &[] }
}

/// Links to the pages of one's own account.
#[component]
pub fn AccountRooms(current: &'static str) -> impl IntoView {
    let links = ROOMS
        .iter()
        .chain(rooms_elsewhere())
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
