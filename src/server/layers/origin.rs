//! Refuses changes that did not come from our own pages, before anything of the request is read.
//!
//! Browsers tell in `Sec-Fetch-Site` where a request began; older ones send `Origin`, which must
//! then equal the configured address. `Host` is never asked: the client writes it. (OWASP Cross-Site
//! Request Forgery Prevention Cheat Sheet, Fetch Metadata.) Headers that contradict each other or come
//! twice are nobody's word.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::server::{app::App, letters::unsubscribe, refusals::Refusal, site::reports};

pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_open = request.method() == Method::POST && is_open(request.uri().path());
    if request.method().is_safe() || is_open || is_from_here(request.headers(), app.config().site.address.origin()) {
        return next.run(request).await;
    }
    Refusal::ForeignOrigin.answer(
        StatusCode::FORBIDDEN,
        "This request did not come from a page of this site. Please open the page there and send it again.\n",
    )
}

/// What takes a POST from elsewhere than our pages, because neither is anybody's act: who is signed in
/// does not matter to it, and nothing that a cookie opens is touched.
fn is_open(path: &str) -> bool {
    is_one_click(path) || is_report(path)
}

/// Ending letters with one click comes from mail programs (RFC 8058). The signed link is all that it goes by.
fn is_one_click(path: &str) -> bool {
    path.strip_prefix(unsubscribe::PREFIX).is_some_and(|token| !token.is_empty() && !token.contains('/'))
}

/// Browsers themselves send reports, not the pages that they are about, and without the headers of a page
/// (Reporting API, section 3.5.1). Anybody can send one, and all it does is to be counted.
fn is_report(path: &str) -> bool {
    path == reports::PATH
}

fn is_from_here(headers: &HeaderMap, origin: &str) -> bool {
    match (sent(headers, "sec-fetch-site"), sent(headers, header::ORIGIN.as_str())) {
        (Sent::Once("same-origin"), Sent::Not) => true,
        // A page that sends no referrer says `null` of its origin (Fetch, section 3.2), and no other page of the
        // same origin does: one whose origin is really opaque is "cross-site".
        (Sent::Once("same-origin"), Sent::Once(named)) => named == origin || named == "null",
        (Sent::Not, Sent::Once(named)) => named == origin,
        _ => false,
    }
}

/// A header that may come once.
enum Sent<'a> {
    Not,
    Once(&'a str),
    Unreadable,
}

fn sent<'a>(headers: &'a HeaderMap, name: &str) -> Sent<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Sent::Not,
        (Some(value), None) => value.to_str().map_or(Sent::Unreadable, Sent::Once),
        (Some(_), Some(_)) => Sent::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_links_that_end_letters_and_reports_need_no_page_of_ours() {
        assert!(is_open("/unsubscribe/AAAA") && is_open("/reports"));
        for path in [
            "/unsubscribe",
            "/unsubscribe/",
            "/unsubscribe/a/b",
            "/x/unsubscribe/a",
            "/reports/",
            "/reports/1",
            "/admin/reports",
            "/api/site/clear_reports",
            "/api/accounts/sign_in",
        ] {
            assert!(!is_open(path), "{path}");
        }
    }

    #[test]
    fn only_our_own_pages_pass() {
        let ours = "https://talk.example";
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin")]), ours));
        assert!(is_from_here(&headers(&[("origin", "https://talk.example")]), ours));
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin"), ("origin", ours)]), ours));
        assert!(
            is_from_here(&headers(&[("sec-fetch-site", "same-origin"), ("origin", "null")]), ours),
            "a page without referrers"
        );
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-origin, cross-site")],
            &[("sec-fetch-site", "")],
            &[("origin", "https://talk.example"), ("origin", "https://talk.example")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://talk.example"), ("origin", "https://evil.example")],
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
