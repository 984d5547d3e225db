//! The files of a small made-up site, over the router.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderName, Method, Request, Response, StatusCode};
use tower::ServiceExt as _;

use super::routes_of;
use super::site::Site;

const LIST: &str = r#"{
    "locutory.css": {"path": "/assets/locutory-0123.css", "integrity": "sha384-style"},
    "robots.txt": {"path": "/robots.txt", "integrity": "sha384-robots"}
}"#;

const RELEASE: [(&str, &str); 7] = [
    ("manifest.json", LIST),
    ("assets/locutory-0123.css", "body{}"),
    ("assets/locutory-0123.css.br", "as brotli"),
    ("assets/locutory-0123.css.gz", "as gzip"),
    ("assets/locutory.wasm", "not in the list"),
    ("robots.txt", "User-agent: *"),
    (".well-known/security.txt", "Contact: nobody"),
];

static SITE: LazyLock<Site> = LazyLock::new(|| site(&RELEASE));

fn site(files: &'static [(&str, &str)]) -> Site {
    let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
    Site::load(&names, |wanted| {
        let (_, content) = files.iter().find(|(name, _)| *name == wanted)?;
        let mut digest = [0; 32];
        digest[0] = u8::try_from(content.len()).expect("short");
        Some((Cow::Borrowed(content.as_bytes()), digest))
    })
}

async fn request(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).expect("a well-formed request");
    let router: Router = routes_of(&SITE);
    router.oneshot(request).await.expect("the router always answers")
}

async fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
    request(Method::GET, path, headers).await
}

fn header(response: &Response<Body>, name: HeaderName) -> Option<&str> {
    response.headers().get(name).map(|value| value.to_str().expect("plain ASCII"))
}

async fn body(response: Response<Body>) -> Bytes {
    to_bytes(response.into_body(), 1024).await.expect("short")
}

#[test]
fn a_listed_name_leads_to_the_file_with_its_hash_and_integrity() {
    let asset = SITE.asset("locutory.css");
    assert_eq!(asset.path, "/assets/locutory-0123.css");
    assert_eq!(asset.integrity.as_deref(), Some("sha384-style"));
}

#[test]
fn without_a_list_names_are_those_of_cargo_leptos() {
    let site = site(&[]);
    assert_eq!(site.asset("locutory.js").path, "/assets/locutory.js");
    assert_eq!(site.asset("locutory_bg.wasm").path, "/assets/locutory.wasm");
    assert_eq!(site.asset("locutory.js").integrity, None);
}

#[tokio::test]
async fn a_file_with_a_hash_may_be_cached_for_ever() {
    let response = get("/assets/locutory-0123.css", &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header(&response, CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
    assert_eq!(header(&response, CONTENT_TYPE), Some("text/css; charset=utf-8"));
    assert_eq!(body(response).await, "body{}");
}

#[tokio::test]
async fn a_file_that_the_list_does_not_name_is_asked_for_again() {
    let response = get("/assets/locutory.wasm", &[]).await;
    assert_eq!(header(&response, CACHE_CONTROL), Some("no-cache"));
    assert_eq!(header(&response, CONTENT_TYPE), Some("application/wasm"));
}

#[tokio::test]
async fn the_most_wanted_encoding_is_sent_and_named() {
    for (accepted, encoding, content) in
        [("gzip, br", Some("br"), "as brotli"), ("gzip, br;q=0.1", Some("gzip"), "as gzip"), ("zstd", None, "body{}")]
    {
        let response = get("/assets/locutory-0123.css", &[(ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(header(&response, CONTENT_ENCODING), encoding, "{accepted}");
        assert_eq!(header(&response, VARY), Some("accept-encoding"), "{accepted}");
        assert_eq!(header(&response, CONTENT_TYPE), Some("text/css; charset=utf-8"), "{accepted}");
        assert_eq!(body(response).await, content, "{accepted}");
    }
}

#[tokio::test]
async fn a_file_without_compressed_twins_is_sent_plain() {
    let response = get("/robots.txt", &[(ACCEPT_ENCODING, "br, gzip")]).await;
    assert_eq!(header(&response, CONTENT_ENCODING), None);
    assert_eq!(body(response).await, "User-agent: *");
}

#[tokio::test]
async fn public_files_lie_at_their_own_paths_and_are_cached_for_a_short_time() {
    let response = get("/robots.txt", &[]).await;
    assert_eq!(header(&response, CACHE_CONTROL), Some("public, max-age=3600"));
    assert_eq!(get("/.well-known/security.txt", &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_has_the_file_gets_304_and_no_content() {
    let tag = header(&get("/robots.txt", &[]).await, ETAG).expect("tagged").to_owned();
    for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let response = get("/robots.txt", &[(IF_NONE_MATCH, &known)]).await;
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&response, ETAG), Some(tag.as_str()), "{known}");
        assert!(body(response).await.is_empty(), "{known}");
    }
}

#[tokio::test]
async fn the_tag_of_one_encoding_does_not_answer_for_another() {
    let path = "/assets/locutory-0123.css";
    let tag = header(&get(path, &[(ACCEPT_ENCODING, "br")]).await, ETAG).expect("tagged").to_owned();
    assert_eq!(get(path, &[(IF_NONE_MATCH, &tag)]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn head_answers_like_get_without_content() {
    let response = request(Method::HEAD, "/assets/locutory-0123.css", &[(ACCEPT_ENCODING, "br")]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header(&response, CONTENT_ENCODING), Some("br"));
    assert!(body(response).await.is_empty());
}

#[tokio::test]
async fn nothing_but_the_files_of_the_site_is_served() {
    for path in [
        "/assets/",
        "/assets/other.css",
        "/assets/locutory-0123.css.br",
        "/assets/..%2Fmanifest.json",
        "/assets/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/assets/..%5Cmanifest.json",
        "/assets/%00",
        "/manifest.json",
        "/robots.txt.gz",
    ] {
        assert_eq!(get(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn assets_are_only_read() {
    assert_eq!(request(Method::POST, "/assets/locutory-0123.css", &[]).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}
