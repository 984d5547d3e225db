//! The plain HTTP listener beside a TLS one: it sends readers on to the site's address, answers the
//! challenges of a certificate authority that we have asked, and nothing else. Where to comes from the configuration, never from the request's `Host`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::server::config::SiteAddress;
use crate::server::tls::Challenges;

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

/// Where an authority asks (RFC 8555, section 8.3).
const CHALLENGE: &str = "/.well-known/acme-challenge/{token}";

pub fn router(site: SiteAddress, challenges: Option<Arc<Challenges>>) -> Router {
    let sending = Router::new().fallback(send_on);
    let sending = match challenges {
        Some(challenges) => sending.route(CHALLENGE, get(answer_challenge).with_state(challenges).fallback(send_on)),
        None => sending,
    };
    sending.with_state(site)
}

async fn answer_challenge(State(challenges): State<Arc<Challenges>>, Path(token): Path<String>) -> Response {
    match challenges.text(&token) {
        Some(text) => (HEADERS, text).into_response(),
        None => (StatusCode::NOT_FOUND, HEADERS, "Nobody was asked this.\n").into_response(),
    }
}

async fn send_on(State(site): State<SiteAddress>, method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        // What a form holds has crossed the network in the clear already; sending it on would
        // hide that.
        let refusal = format!("Nothing can be sent to this address. Open {} instead.\n", site.origin());
        return (StatusCode::FORBIDDEN, HEADERS, refusal).into_response();
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let location = if path.starts_with('/') { site.link(path) } else { site.link("/") };
    (StatusCode::PERMANENT_REDIRECT, HEADERS, [(LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use axum::http::header::HOST;
    use tower::ServiceExt;

    use super::*;

    async fn answer(method: Method, target: &str) -> Response {
        let site = SiteAddress::parse("https://talk.example.org").unwrap();
        let request = Request::builder().method(method).uri(target).header(HOST, "evil.example").body(Body::empty()).unwrap();
        router(site, Some(Arc::default())).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn readers_are_sent_to_the_configured_site_whatever_host_they_name() {
        for (target, location) in [
            ("/d/1?page=2", "https://talk.example.org/d/1?page=2"),
            ("http://evil.example/d/1", "https://talk.example.org/d/1"),
            ("//evil.example/", "https://talk.example.org//evil.example/"),
            ("/", "https://talk.example.org/"),
        ] {
            for method in [Method::GET, Method::HEAD] {
                let answer = answer(method, target).await;
                assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
                assert_eq!(answer.headers()[LOCATION], location);
                assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
            }
        }
    }

    #[tokio::test]
    async fn anything_but_reading_is_forbidden() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            for target in ["/api/accounts/sign-in", "/.well-known/acme-challenge/token"] {
                let answer = answer(method.clone(), target).await;
                assert_eq!(answer.status(), StatusCode::FORBIDDEN);
                assert!(answer.headers().get(LOCATION).is_none());
            }
        }
    }

    #[tokio::test]
    async fn a_challenge_that_nobody_has_asked_for_is_not_found() {
        let answer = answer(Method::GET, "/.well-known/acme-challenge/token").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(answer.headers().get(LOCATION).is_none());
    }
}
