//! The address that browsers send their reports to. It stands outside sessions and cookies, and answers with
//! nothing but a status.

use axum::{
    Extension, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::post,
};

use http_body_util::{BodyExt, Limited};

use super::{
    PATH,
    gate::Gate,
    keep,
    reading::{self, Form},
};
use crate::server::{
    app::App,
    layers::{self, answer},
    refusals::Refusal,
    visit::Client,
};

/// Bytes of one request: browsers send a few reports of about one KiB each.
const LARGEST: usize = 16 * 1024;

/// The route, with a count of its own.
pub fn routes(app: App) -> Router {
    let client = from_fn_with_state(app.clone(), layers::client::layer);
    Router::new().route(PATH, post(take)).layer(client).with_state((app, Gate::default()))
}

fn unread(cause: &axum::Error) -> Response {
    match answer::status_of(cause) {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::TooLarge.answer(StatusCode::PAYLOAD_TOO_LARGE, "A report is smaller than that.\n")
        }
        status => status.into_response(),
    }
}

async fn take(
    State((app, gate)): State<(App, Gate)>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(form) = Form::of_content_type(content_type) else {
        return Refusal::MediaType.answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "This address takes reports of browsers only.\n");
    };
    if !gate.admits(client.address, app.clock().now()) {
        return Refusal::Overload.answer(StatusCode::TOO_MANY_REQUESTS, "Too many reports.\n");
    }
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(cause) => return unread(&axum::Error::new(cause)),
    };
    let Ok(breaches) = reading::read(form, &body, app.config().site.address.origin()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if breaches.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    match keep(&app, breaches).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(cause) => {
            tracing::warn!(?cause, "a report of a browser could not be kept");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
