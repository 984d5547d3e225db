//! The site's files: script, wasm, style sheet, icons, and what lies in `public/`. A release carries them inside; a debug
//! build reads `target/site` once, at the first use. Where there is no site, pages still work, without script and style.
//!
//! Promises: a file with a hash in its name may be cached for ever, every other one is asked for again and answered with
//! 304 while it is the same; the smallest form the client accepts is sent; only files that the build listed are served.

mod encoding;
mod site;

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use encoding::Encoding;
use site::{File, Freshness, Site};

static SITE: LazyLock<Site> = LazyLock::new(Site::of_this_program);

/// Where a browser finds a file that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path of the URL, from the root of the site.
    pub path: String,
    /// Value of an `integrity` attribute (W3C Subresource Integrity); none in a build that did not compute it.
    pub integrity: Option<String>,
}

/// Looks up a file by the name it has in the sources, such as `locutory.css`.
#[must_use]
pub fn asset(name: &str) -> Asset {
    SITE.asset(name)
}

/// The path of the URL of a file, by the name it has in the sources.
#[must_use]
pub fn path(name: &str) -> String {
    asset(name).path
}

/// Serves `/assets/{file}` and every file of `public/` at its own path.
pub fn routes<State>() -> Router<State>
where
    State: Clone + Send + Sync + 'static,
{
    routes_of(&SITE)
}

fn routes_of<State>(site: &'static Site) -> Router<State>
where
    State: Clone + Send + Sync + 'static,
{
    let answer_asset = move |Path(name): Path<String>, headers: HeaderMap| async move {
        answer(site.file(&format!("/assets/{name}")), &headers)
    };
    let mut router = Router::new().route("/assets/{file}", get(answer_asset));
    for path in site.public_paths() {
        let answer_public = move |headers: HeaderMap| async move { answer(site.file(path), &headers) };
        router = router.route(path, get(answer_public));
    }
    router
}

fn answer(file: Option<&File>, request: &HeaderMap) -> Response {
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (encoding, content) = file.content_for(&Encoding::by_preference(request.get_all(ACCEPT_ENCODING)));
    let tag = file.tag(encoding);
    let mut response = if already_has(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(content));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
        if let Some(name) = encoding.name() {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control(file.freshness())));
    response
}

fn cache_control(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::ForEver => "public, max-age=31536000, immutable",
        Freshness::Hour => "public, max-age=3600",
        Freshness::AskAgain => "no-cache",
    }
}

/// Weak comparison, as RFC 9110 section 13.1.2 wants it for `If-None-Match`.
fn already_has(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|list| list.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == "*" || known.as_bytes() == tag.as_bytes())
}

#[cfg(test)]
mod tests;
