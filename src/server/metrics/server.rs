//! The listener for figures: small, and closed to pages of a browser on the same machine.

use std::{
    fs, io,
    net::IpAddr,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::Path,
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header, uri::Authority},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{
    net::{TcpListener, UnixListener},
    task::JoinHandle,
};
use tower_http::timeout::TimeoutLayer;

use super::text;
use crate::server::{
    app::App,
    config::{MetricsAddress, catalogue::METRICS_ADDRESS},
    start_error::StartError,
};

/// How long figures may take.
const PATIENCE: Duration = Duration::from_secs(10);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A listener that has its place already.
#[derive(Debug)]
pub enum Listener {
    Port(TcpListener),
    Socket(UnixListener),
}

impl Listener {
    /// # Errors
    /// The place cannot be had.
    pub async fn bind(address: &MetricsAddress) -> Result<Self, StartError> {
        let bound = match address {
            MetricsAddress::Port(address) => TcpListener::bind(address).await.map(Self::Port),
            MetricsAddress::Socket(path) => bind_socket(path).map(Self::Socket),
        };
        bound.map_err(|cause| StartError::Setting {
            setting: METRICS_ADDRESS.key,
            complaint: format!("cannot listen on {address}: {cause}. Choose another place, or stop what has it."),
        })
    }

    /// Serves until the task is aborted.
    #[must_use]
    pub fn serve(self, app: App) -> JoinHandle<()> {
        let router = router(app);
        tokio::spawn(async move {
            let served = match self {
                Self::Port(listener) => axum::serve(listener, router).await,
                Self::Socket(listener) => axum::serve(listener, router).await,
            };
            if let Err(cause) = served {
                tracing::error!(%cause, "figures are served no more");
            }
        })
    }
}

/// A socket that a former process has left is taken over; another file is not.
fn bind_socket(path: &Path) -> io::Result<UnixListener> {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    let refuses = |cause: io::Error| cause.kind() == io::ErrorKind::ConnectionRefused;
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err_and(refuses) {
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o660))?;
    Ok(listener)
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
