//! The people of the site: the list of all, and a page for each.

mod acts;
mod list;
mod person;

pub use list::list;
pub use person::show;

use leptos::prelude::*;

use crate::{
    accounts::model::{Role, Standing},
    moment::Moment,
    ui::{Badge, BadgeTone},
    words,
};

/// Members bear no badge: they are the rule.
#[component]
fn RoleBadge(role: Role) -> impl IntoView {
    (role != Role::Member).then(|| view! { <Badge tone=BadgeTone::Accent label=words::role(role) /> })
}

/// Nothing for somebody in good standing.
#[component]
fn StandingBadge(standing: Standing, now: Moment) -> impl IntoView {
    (standing.at(now) != Standing::Good).then(|| view! { <Badge tone=BadgeTone::Danger label="Suspended" /> })
}

/// `until 1 December 2026, 08:00 UTC`; nothing for somebody in good standing.
fn end_of_suspension(standing: Standing, now: Moment) -> Option<String> {
    match standing.at(now) {
        Standing::Good => None,
        Standing::Suspended { until: Some(end) } => Some(format!("until {}", words::day_and_time(end))),
        Standing::Suspended { until: None } => Some("until it is lifted".to_owned()),
    }
}
