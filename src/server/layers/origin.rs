//! Refuses changes that did not come from our own pages, before anything of the request is read.
//!
//! Browsers tell in `Sec-Fetch-Site` where a request began; older ones send `Origin`, which must
//! then equal the configured address. `Host` is never asked: the client writes it. (OWASP Cross-Site
//! Request Forgery Prevention Cheat Sheet, Fetch Metadata.)

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::server::{app::App, letters::unsubscribe, refusals::Refusal};

pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_one_click = request.method() == Method::POST && is_one_click(request.uri().path());
    if request.method().is_safe() || is_one_click || is_from_here(request.headers(), app.config().site.address.origin()) {
        return next.run(request).await;
    }
    Refusal::ForeignOrigin.answer(StatusCode::FORBIDDEN, "This request did not come from a page of this site.\n")
}

/// Ending letters with one click comes from mail programs, not from our pages (RFC 8058). The signed link
/// is all that it goes by: who is signed in does not matter to it.
fn is_one_click(path: &str) -> bool {
    path.strip_prefix(unsubscribe::PREFIX).is_some_and(|token| !token.is_empty() && !token.contains('/'))
}

fn is_from_here(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(header::ORIGIN.as_str()) == Some(origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_the_links_that_end_letters_need_no_page_of_ours() {
        assert!(is_one_click("/unsubscribe/AAAA"));
        for path in ["/unsubscribe", "/unsubscribe/", "/unsubscribe/a/b", "/api/accounts/sign_in", "/x/unsubscribe/a"] {
            assert!(!is_one_click(path), "{path}");
        }
    }

    #[test]
    fn only_our_own_pages_pass() {
        let ours = "https://talk.example";
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin")]), ours));
        assert!(is_from_here(&headers(&[("origin", "https://talk.example")]), ours));
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://talk.example")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://talk.example.evil.example")],
            &[("origin", "null")],
            &[("origin", "http://talk.example")],
            &[("host", "talk.example")],
        ] {
            assert!(!is_from_here(&headers(foreign), ours), "{foreign:?}");
        }
    }
}
