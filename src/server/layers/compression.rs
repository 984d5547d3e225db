//! Compresses the pages that everybody reads, and no other.
//!
//! The length of a compressed answer tells something about its content. Where a page holds a secret
//! beside something of the asker's choosing, it can be guessed letter by letter (BREACH, 2013). So a page
//! must say that it is [`ReadByAll`], and what staff is shown, accounts and refused forms never are.
//!
//! Guessing takes thousands of requests that somebody's browser is made to send from a page elsewhere. Browsers say so in
//! `Sec-Fetch-Site` (W3C Fetch Metadata), which no page can change: only where it says that the request began on our own
//! pages, or with the person, is anything compressed at all.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header::VARY},
    middleware::Next,
    response::Response,
};
use tower_http::{CompressionLevel, compression::CompressionLayer, compression::predicate::Predicate};

/// Marks an answer as the same for everybody, but for the name of who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct ReadByAll;

/// Whether an answer is marked.
#[derive(Clone, Copy, Debug)]
pub struct Marked;

impl Predicate for Marked {
    fn should_compress<Body>(&self, response: &axum::http::Response<Body>) -> bool
    where
        Body: axum::body::HttpBody,
    {
        response.extensions().get::<ReadByAll>().is_some()
    }
}

/// The layer: brotli where the browser takes it, else gzip.
#[must_use]
pub fn layer() -> CompressionLayer<Marked> {
    CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(Marked)
}

/// Beneath the layer above: takes the mark from what a page elsewhere had somebody's browser ask for.
pub async fn only_for_our_own(request: Request, next: Next) -> Response {
    let began_with_us = began_with_us(request.headers());
    let mut response = next.run(request).await;
    if response.extensions().get::<ReadByAll>().is_some() {
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding, sec-fetch-site"));
        if !began_with_us {
            response.extensions_mut().remove::<ReadByAll>();
        }
    }
    response
}

/// On a page of ours, or with the person: an address typed in, a bookmark. Not where nothing is said.
fn began_with_us(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin" || site == "none")
}
