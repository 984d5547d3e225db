//! `/.well-known/security.txt` (RFC 9116): where to tell of a hole. Only where the operator names a contact,
//! since a file that leads nowhere is worse than none.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    moment::{Day, Moment},
    server::{app::App, config::Site},
};

const PATH: &str = "/.well-known/security.txt";

/// The file holds for less than a year (RFC 9116, section 2.5.5), counted anew with each day: as long as the site
/// runs, what is read holds for months.
const HOLDS_FOR: Duration = Duration::from_hours(180 * 24);

pub fn routes(app: App) -> Router {
    Router::new().route(PATH, get(show)).with_state(app)
}

async fn show(State(app): State<App>) -> Response {
    match text(&app.config().site, app.clock().now()) {
        Some(text) => ([(header::CACHE_CONTROL, "public, max-age=3600")], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn text(site: &Site, now: Moment) -> Option<String> {
    let contact = site.security_contact.as_ref()?;
    let expires = Day::of(now.after(HOLDS_FOR)).start().to_rfc3339();
    let canonical = site.address.link(PATH);
    let policy = site.security_policy.as_ref().map(|policy| format!("Policy: {policy}\n")).unwrap_or_default();
    Some(format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n{policy}"))
}
