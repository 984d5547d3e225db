//! Gives every error a page of its own: those that pages answer with, and those of the framework
//! itself (no such page, wrong method, too large, too slow). Server functions answer for themselves.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::AppError,
    server::{
        app::App,
        events::{self, SecurityEvent},
        refusals::Refusal,
        returned::Returned,
        shell,
        web::Trouble,
    },
};

pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    if !is_bare_error(&response) {
        return response;
    }
    let status = response.status();
    let error = response.extensions().get::<Trouble>().map_or_else(|| error_of(status), |trouble| trouble.0.clone());
    if let Some(returned) = response.extensions().get::<Arc<Returned>>() {
        asked.extensions.insert(Arc::clone(returned));
    }
    let mut page = shell::trouble_page(&app, asked, status, &error).await;
    if let Some(seconds) = error.retry_after() {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(refusal) = response.extensions().get::<Refusal>() {
        page.extensions_mut().insert(*refusal);
    }
    for (name, value) in response.headers() {
        if matches!(*name, header::ALLOW | header::SET_COOKIE) {
            page.headers_mut().append(name.clone(), value.clone());
        }
    }
    page
}

#[must_use]
pub fn is_bare_error(response: &Response) -> bool {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_finished = content_type.starts_with("text/html") || content_type.starts_with("application/json");
    is_error && !is_finished
}

/// The error behind a status that a library has answered with.
#[must_use]
pub fn error_of(status: StatusCode) -> AppError {
    match status {
        StatusCode::UNAUTHORIZED => AppError::Unauthenticated,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => AppError::NotFound,
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            AppError::Busy { retry_after: 10 }
        }
        status if status.is_client_error() => AppError::BadRequest,
        _ => AppError::Internal { incident: crate::error::Incident(0) },
    }
}

/// A panic in one request is an answer with a number; nothing else is touched.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let cause =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    let error = crate::server::error::incident("a request panicked", &cause);
    events::tell(SecurityEvent::Crash, "panic");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    (status, crate::words::error(&error)).into_response()
}
