//! For whoever watches the program: `/healthz` says that it runs, `/readyz` that it can serve.

use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::server::app::App;

/// Where it is asked for.
pub const PATHS: [&str; 2] = ["/healthz", "/readyz"];

pub fn routes(app: App) -> Router {
    let [healthz, readyz] = PATHS;
    Router::new().route(healthz, get(alive)).route(readyz, get(ready)).with_state(app)
}

async fn alive() -> &'static str {
    "alive\n"
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.database().ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(cause) => {
            tracing::warn!(%cause, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
