//! Nothing that a stranger sends is an error of ours, and losing the database is survived.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{Method, Uri, header},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use super::support::{Answer, Browser, World};
use crate::server::router;

/// Far more than a test should send; enough to find what is not thought of.
const CASES: u32 = 150;

static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| router::pages().into_iter().map(|(path, _)| path.to_owned()).collect());
static FUNCTIONS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());

#[track_caller]
fn assert_ours_is_whole(what: &str, answer: &Answer) {
    assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.text());
}

/// Texts that have broken programs before, and any others.
fn nonsense() -> impl Strategy<Value = String> {
    let known = [
        "",
        "0",
        "-1",
        "1",
        "9223372036854775807",
        "9223372036854775808",
        "1e9",
        "0x1",
        "١",
        "NaN",
        "null",
        "true",
        "'",
        "\"",
        "%",
        "_",
        "\\",
        "' OR 1=1 --",
        "../../etc/passwd",
        "<script>",
        "\0",
        "\u{202e}",
        "\u{feff}",
        "🦀",
        "a\r\nSet-Cookie: a=b",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "[]",
        "[0]",
        "ZZZZ",
        "00000001",
        "0000000100000002",
        "-9223372036854775808-1",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), any::<String>(), "[a-z0-9/?&=%.;:-]{0,40}"]
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = [
        "after",
        "before",
        "from",
        "notice",
        "next",
        "text",
        "state",
        "role",
        "person",
        "deed",
        "author",
        "discussion",
        "comment",
        "comments[0]",
        "comments",
        "parent",
        "body",
        "title",
        "opening",
        "once",
        "user",
        "reason",
        "days",
        "name",
        "openness",
        "prominence",
        "theme",
        "registration",
        "comment_length",
        "edit_window",
        "username",
        "login",
        "email",
        "password",
        "token",
    ];
    let name = prop_oneof![4 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => nonsense()];
    prop::collection::vec((name, nonsense()), 0..8)
}

fn query(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A page's path with something in the place of its parameters.
fn address() -> impl Strategy<Value = String> {
    let filled = (prop::sample::select(PATHS.clone()), nonsense()).prop_map(|(path, text)| {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        match (path.find('{'), path.find('}')) {
            (Some(begin), Some(end)) => format!("{}{text}{}", &path[..begin], &path[end + 1..]),
            _ => path,
        }
    });
    let path = prop_oneof![4 => filled, 1 => "/[ -~]{0,60}"];
    (path, pairs()).prop_map(|(path, pairs)| format!("{path}?{}", query(&pairs)))
}

/// A site in which there is something to break, and an admin, to whom everything is open.
async fn site() -> (World, Browser) {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.admin("ada").await;
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Crust first.").await;
    ada.replies(discussion, comment, "Why?").await;
    (world, ada)
}

fn check<S: Strategy>(strategy: &S, test: impl Fn(S::Value)) {
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let result = runner.run(strategy, |value| {
        test(value);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn no_address_is_an_error_of_ours() {
    let runtime = Runtime::new().unwrap();
    let (world, ada) = runtime.block_on(site());
    check(&address(), |address| {
        // A server hands on only what is an address at all.
        let Ok(uri) = address.parse::<Uri>() else { return };
        for browser in [world.guest(), ada.clone()] {
            let answer = runtime.block_on(browser.clone().get(&uri.to_string()));
            assert_ours_is_whole(&address, &answer);
        }
    });
}

#[test]
fn no_form_is_an_error_of_ours() {
    let runtime = Runtime::new().unwrap();
    let (world, ada) = runtime.block_on(site());
    let functions = FUNCTIONS.iter().copied().filter(|path| !path.ends_with("sign_out")).collect::<Vec<_>>();
    check(&(prop::sample::select(functions), pairs(), any::<bool>()), |(function, pairs, is_plain)| {
        for mut browser in [world.guest(), ada.clone()] {
            let fields: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = if is_plain {
                runtime.block_on(browser.submit(function, &fields))
            } else {
                runtime.block_on(browser.call(function, &fields))
            };
            assert_ours_is_whole(&format!("{function} {pairs:?}"), &answer);
        }
    });
}

#[test]
fn no_body_is_an_error_of_ours() {
    let runtime = Runtime::new().unwrap();
    let (_world, ada) = runtime.block_on(site());
    let body = prop_oneof![prop::collection::vec(any::<u8>(), 0..200), "[a-z%&=\\[\\]0-9]{0,200}".prop_map(String::into_bytes)];
    check(&(prop::sample::select(FUNCTIONS.clone()), body), |(function, body)| {
        let answer = runtime.block_on(ada.clone().submit_body(function, body.clone()));
        assert_ours_is_whole(&format!("{function} {:?}", String::from_utf8_lossy(&body)), &answer);
    });
}

#[tokio::test]
async fn odd_methods_and_headers_are_no_error_of_ours() {
    let (_world, mut ada) = site().await;
    for method in ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW", "HEAD"] {
        let request = ada.request(Method::from_bytes(method.as_bytes()).unwrap(), "/").header("sec-fetch-site", "same-origin");
        assert_ours_is_whole(method, &ada.send(request.body(Body::empty()).unwrap()).await);
    }
    let long = "x".repeat(20_000);
    let cookies = ["=", ";;;", "theme=<script>", "locutory=", "locutory=a; locutory=b", long.as_str()];
    for (name, values) in [
        (header::COOKIE, &cookies[..]),
        (header::ACCEPT, &["", "text/html;q=x", "\u{7f}"[..0].as_ref(), "*/*"][..]),
        (header::ACCEPT_ENCODING, &["br;q=2", "gzip;q=-1", "*;q=0", ","][..]),
        (header::IF_NONE_MATCH, &["*", "\"", "W/"][..]),
        (header::HOST, &["", "evil.example", "a b"][..]),
        (header::USER_AGENT, &[long.as_str()][..]),
        (header::HeaderName::from_static("x-forwarded-for"), &["x", ",,,", "1.2.3.4, ::1"][..]),
    ] {
        for value in values {
            let mut stranger = ada.clone();
            stranger.cookies.clear();
            let request = stranger.request(Method::GET, "/").header(name.clone(), *value);
            let answer = stranger.send(request.body(Body::empty()).unwrap()).await;
            assert_ours_is_whole(&format!("{name}: {value}"), &answer);
        }
    }
}

#[tokio::test]
async fn a_function_that_does_not_exist_is_not_found() {
    let (_world, mut ada) = site().await;
    for path in ["/api/", "/api/nothing", "/api/accounts", "/api/accounts/register/more", "/api/%00"] {
        let answer = ada.submit(path, &[]).await;
        assert_ours_is_whole(path, &answer);
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.shows("server function") && !answer.shows("#[server]"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_an_error_page_that_tells_nothing_and_comes_back() {
    let (mut world, mut ada) = site().await;
    assert_eq!(ada.get("/d/1").await.status, 200);
    world.app.database().clone().close().await.unwrap();
    let mut guest = world.guest();
    let calls = [
        guest.get("/").await,
        guest.get("/d/1").await,
        ada.get("/d/1").await,
        ada.get("/admin").await,
        ada.submit("/api/discussions/start", &[("title", "Bread"), ("opening", "What do you think?")]).await,
        ada.call("/api/discussions/start", &[("title", "Bread"), ("opening", "What do you think?")]).await,
    ];
    for answer in &calls {
        assert!(answer.status.is_server_error(), "{}", answer.status);
        assert!(!answer.header("content-security-policy").is_empty());
        let said = answer.text().to_lowercase();
        for leak in ["sqlx", "select ", "pool", "connection", "sqlite", "postgres", "seaorm", "locutory.db", ".rs"] {
            assert!(!said.contains(leak), "{leak} in {said}");
        }
    }
    assert_eq!(guest.get("/healthz").await.status, 200, "the program itself lives");
    assert_eq!(guest.get("/readyz").await.status, 503);
    assert!(!ada.cookies.is_empty(), "nobody is signed out by it");

    world.restart_with(|_| {}).await;
    let mut back = world.guest().with_cookies(ada.cookies);
    assert_eq!(back.get("/d/1").await.status, 200);
    assert_eq!(back.get("/readyz").await.status, 200);
}
