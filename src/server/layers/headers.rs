//! The headers that every answer carries, whatever it is: pages, errors, redirects, files.
//!
//! The nonce is made here, once a request, and handed on in the request's extensions, so that the
//! header and the page agree.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::server::app::App;

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

static ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
         geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), \
         payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), \
         screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
    ),
];

/// Two years, as the preload lists ask for at least one.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Makes the nonce before and sets the headers after. An answer that says itself how long it may be
/// kept is left alone; all others are not kept at all.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::fresh();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in &ALWAYS {
        headers.entry(name.clone()).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.config().site.address.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    set_policy(headers, &nonce);
    response
}

fn set_policy(headers: &mut HeaderMap, nonce: &Nonce) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'",
        nonce.as_str()
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
}
