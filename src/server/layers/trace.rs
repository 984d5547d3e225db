//! Gives each request a number, a span and one line in the log, and counts it. Paths are logged without
//! their queries, and never a header or a body, so that no token can stand in a log. What turned somebody
//! away, and paths that no browser sends, are told as security events here.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::{client, secret_paths};
use crate::server::{
    app::App,
    events::{self, Asked, SecurityEvent},
    refusals::Refusal,
};

/// The number of a request: in every log line it causes and in its answer.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = RequestId(format!("{:016x}", rand::random::<u64>()));
    let began = Instant::now();
    let span = tracing::info_span!("request", id = %id.0, method = %request.method(), path = secret_paths::loggable(request.uri().path()));
    request.extensions_mut().insert(id.clone());
    let asked = Asked::new(id.0.clone(), client::address_of(&request, &app.config().listen), app.events().clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let climbs = events::is_traversal(request.uri().path());
    let answering = async {
        if climbs {
            events::tell(SecurityEvent::MaliciousPath, "path-traversal");
        }
        let response = next.run(request).await;
        if let Some(refusal) = response.extensions().get::<Refusal>() {
            app.refusals().count(*refusal);
            events::tell_turned_away(*refusal);
        }
        response
    };
    let mut response = events::within(asked, answering.instrument(span.clone())).await;
    let status = response.status();
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.figures().note(route.as_ref().map(MatchedPath::as_str), status, began.elapsed());
    span.in_scope(|| {
        // Sent away before it was tried: that is counted, and told as a security event, and no failure.
        let is_turned_away = response.extensions().get::<Refusal>().is_some();
        if status.is_server_error() && !is_turned_away {
            tracing::error!(status = status.as_u16(), milliseconds, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), milliseconds, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
