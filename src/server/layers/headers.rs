//! The headers that every answer carries, whatever it is: pages, errors, redirects, files.
//!
//! The nonce is made here, once a request, and handed on in the request's extensions, so that the
//! header and the page agree. Answers that never reach a router, such as the 400 and 431 with which
//! the HTTP library ends a request that it cannot read, have no body and none of these headers.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::secret_paths;
use crate::{
    server::{app::App, site::reports},
    ui::PREVIEW_POLICY,
};

/// What marks our own scripts in one answer: 128 random bits.
#[derive(Clone, Debug)]
pub struct Nonce(String);

impl Nonce {
    fn fresh() -> Self {
        Self(STANDARD_NO_PAD.encode(rand::random::<[u8; 16]>()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Marks an answer whose page has islands. Only there may a script make the one policy of Trusted
/// Types that we have; everywhere else none can be made at all.
#[derive(Clone, Copy, Debug)]
pub struct HasIslands;

static ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), \
         encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), \
         idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), \
         payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), \
         screen-wake-lock=(), serial=(), storage-access=(), sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()",
    ),
];

/// Two years, as the preload lists ask for at least one.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

const REPORTING_ENDPOINTS: HeaderName = HeaderName::from_static("reporting-endpoints");

/// What the policy and `Reporting-Endpoints` call the place for reports.
const ENDPOINT: &str = "pages";

/// Makes the nonce before and sets the headers after. An answer that says itself how long it may be
/// kept is left alone; all others are not kept at all.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::fresh();
    let carries_secret = secret_paths::carries_secret(request.uri().path());
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let has_islands = response.extensions().get::<HasIslands>().is_some();
    let is_secure = app.config().site.address.is_secure();
    let headers = response.headers_mut();
    if carries_secret {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    for (name, value) in &ALWAYS {
        headers.entry(name.clone()).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    set_policy(headers, &nonce, has_islands, is_secure);
    response
}

/// Browsers take `report-to` from pages over TLS only, and those that know it leave `report-uri` alone.
fn set_policy(headers: &mut HeaderMap, nonce: &Nonce, has_islands: bool, is_secure: bool) {
    let policies = if has_islands { PREVIEW_POLICY } else { "'none'" };
    let report_to = if is_secure { format!("; report-to {ENDPOINT}") } else { String::new() };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types {policies}; report-uri {}{report_to}",
        nonce.as_str(),
        reports::PATH,
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    let endpoints = format!("{ENDPOINT}=\"{}\"", reports::PATH);
    if is_secure && let Ok(value) = HeaderValue::from_str(&endpoints) {
        headers.insert(REPORTING_ENDPOINTS, value);
    }
}
