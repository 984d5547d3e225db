//! The listener for figures: small, and closed to pages of a browser on the same machine.

use std::{net::IpAddr, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header, uri::Authority},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::task::JoinHandle;
use tower_http::timeout::TimeoutLayer;

use super::text;
use crate::server::{
    app::App,
    listen::{self, Bound},
};

/// How long figures may take.
const PATIENCE: Duration = Duration::from_secs(10);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves figures until the task is aborted.
#[must_use]
pub fn start(listener: Bound, app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let refusals = app.refusals().clone();
        if let Err(cause) = listen::serve_figures(listener, router(app), &refusals).await {
            tracing::error!(%cause, "figures are served no more");
        }
    })
}

pub fn router(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .with_state(app)
}

async fn metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    if !is_by_address(&headers) {
        return (StatusCode::MISDIRECTED_REQUEST, "Ask by address.\n").into_response();
    }
    match text(&app).await {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => {
            tracing::warn!(?error, "the figures could not be told");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// A page of a stranger's whose name was made to lead to this machine (DNS rebinding) asks by that name.
fn is_by_address(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST) else { return true };
    let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok()
    })
}
