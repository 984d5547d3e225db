//! Compresses the pages that everybody reads, and no other.
//!
//! The length of a compressed answer tells something about its content. Where a page holds a secret
//! beside something of the asker's choosing, it can be guessed letter by letter (BREACH, 2013). So a page
//! must say that it is [`ReadByAll`], and what staff is shown, accounts and refused forms never are.

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
