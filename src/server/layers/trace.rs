//! Gives each request a number, a span and one line in the log. Paths are logged without their
//! queries, and never a header or a body, so that no token can stand in a log.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::secret_paths;
use crate::server::refusals::{Refusal, Refusals};

/// The number of a request: in every log line it causes and in its answer.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

pub async fn layer(State(refusals): State<Refusals>, mut request: Request, next: Next) -> Response {
    let id = RequestId(format!("{:016x}", rand::random::<u64>()));
    let began = Instant::now();
    let span = tracing::info_span!("request", id = %id.0, method = %request.method(), path = secret_paths::loggable(request.uri().path()));
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let refusal = response.extensions().get::<Refusal>().copied();
    span.in_scope(|| {
        if let Some(refusal) = refusal {
            refusals.count(refusal);
            tracing::warn!(reason = refusal.word(), "refused");
        }
        if status.is_server_error() {
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
