//! The headers of every kind of answer, and who may send a change at all.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{accounts::model::Role, server::accounts::administration};

const FIXED: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
];

#[track_caller]
fn assert_guarded(what: &str, answer: &Answer) {
    for (name, value) in FIXED {
        assert_eq!(answer.header(name), *value, "{name} of {what}");
    }
    let policy = answer.header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "'strict-dynamic'",
        "'wasm-unsafe-eval'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(directive), "{directive} is missing in {what}: {policy}");
    }
    assert!(!policy.contains("'unsafe-"), "{what}: {policy}");
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what} does not say how long it may be kept");
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
}

fn nonce_of(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\''));
    nonce.map(|(nonce, _)| nonce.to_owned()).expect("the policy has a nonce")
}

async fn post(browser: &mut Browser, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = browser.request(Method::POST, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn every_kind_of_answer_carries_the_headers() {
    let world = World::in_public().await;
    let mut member = world.member("ada").await;
    let discussion = member.starts("Bread").await;
    let comment = member.says(discussion, "Crust first.").await;
    let large = format!("body={}", "x".repeat(200_000));
    let json = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let answers = [
        ("a page", 200, member.get("/").await),
        ("a page with an island", 200, member.get(&format!("/d/{discussion}")).await),
        ("a redirect", 303, member.get(&format!("/c/{comment}")).await),
        ("the page of a form", 200, member.get("/new").await),
        ("a form that led on", 303, member.submit("/api/site/choose_theme", &[("theme", "dark")]).await),
        ("an answer to an island", 200, member.call("/api/comments/preview", &[("body", "x")]).await),
        ("a refusal to an island", 422, member.call("/api/comments/preview", &[("body", "")]).await),
        ("a refused form", 422, member.submit("/api/discussions/start", &[("title", ""), ("opening", "")]).await),
        ("a page for members only", 401, world.guest().get("/new").await),
        ("nothing", 404, member.get("/nothing/here").await),
        ("the dashboard of others", 404, member.get("/admin").await),
        ("a form to a page", 405, member.submit("/", &[]).await),
        ("a form that is too large", 413, member.submit_body("/api/comments/preview", large).await),
        ("another content type", 415, post(&mut member, "/api/comments/preview", &json, "{}").await),
        ("a form of another site", 403, post(&mut member, "/api/comments/preview", &[], "body=x").await),
        ("a sign of life", 200, member.get("/healthz").await),
        ("a sign of readiness", 200, member.get("/readyz").await),
        ("a file that is not there", 404, member.get("/assets/nothing.js").await),
    ];
    for (what, status, answer) in &answers {
        assert_eq!(answer.status.as_u16(), *status, "{what}: {}", answer.text());
        assert_guarded(what, answer);
    }
}

#[tokio::test]
async fn a_file_says_how_long_it_may_be_kept_and_is_guarded_too() {
    let world = World::in_public().await;
    let path = crate::server::assets::path("icons.svg");
    let answer = world.guest().get(&path).await;
    assert_guarded("a file", &answer);
    // Without a built site there is no file, and then the answer is a refusal that is not kept.
    let expected =
        if answer.status == StatusCode::OK { answer.header("cache-control") != "no-store" } else { answer.status == 404 };
    assert!(expected, "{} {}", answer.status, answer.header("cache-control"));
}

#[tokio::test]
async fn a_page_is_kept_nowhere_and_its_nonce_is_used_once() {
    let world = World::new().await;
    let mut member = world.member("ada").await;
    let page = format!("/d/{}", member.starts("Bread").await);
    let (one, other) = (member.get(&page).await, member.get(&page).await);
    assert_ne!(nonce_of(&one), nonce_of(&other));
    for answer in [one, other] {
        assert_eq!(answer.header("cache-control"), "no-store");
        let nonce = format!("nonce=\"{}\"", nonce_of(&answer));
        assert_eq!(answer.text().matches("<script").count(), answer.text().matches(&nonce).count(), "{}", answer.text());
        assert!(answer.shows(&nonce));
    }
}

#[tokio::test]
async fn a_refused_form_has_the_nonce_of_its_own_answer() {
    let world = World::new().await;
    let mut member = world.member("ada").await;
    member.get("/new").await;
    let answer = member.submit("/api/discussions/start", &[("title", ""), ("opening", "x")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.shows(&format!("nonce=\"{}\"", nonce_of(&answer))), "{}", answer.text());
}

#[tokio::test]
async fn plain_http_on_loopback_promises_no_https() {
    let world = World::new().await;
    assert_eq!(world.guest().get("/").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn a_change_that_did_not_begin_on_our_pages_is_refused_before_anything_is_read() {
    let world = World::in_public().await;
    world.account("ada", Role::Member).await;
    let form = "login=ada&password=lantern+copper+meadow+thistle";
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://talk.example")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    for headers in foreign {
        let headers = [headers, &[("content-type", "application/x-www-form-urlencoded")]].concat();
        let answer = post(&mut world.guest(), "/api/accounts/sign_in", &headers, form).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.cookies().is_empty());
        // The limit of the body and the content type are looked at later, if at all.
        let large = post(&mut world.guest(), "/api/accounts/sign_in", &headers[..headers.len() - 1], "x".repeat(200_000)).await;
        assert_eq!(large.status, 403, "{headers:?}");
    }
    let ours = [("origin", "https://talk.example"), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(post(&mut world.guest(), "/api/accounts/sign_in", &ours, form).await.status, 200);
}

#[tokio::test]
async fn no_server_function_can_be_called_by_following_a_link() {
    let world = World::new().await;
    let mut admin = world.admin("ada").await;
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() > 20, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path}");
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
            let request = admin.request(method.clone(), path).header("sec-fetch-site", "same-origin");
            let answer = admin.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header(header::ALLOW.as_str()), "POST", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_address_of_a_client_is_believed_from_a_declared_proxy_only() {
    let world = World::in_public().await;
    let ada = world.account("ada", Role::Member).await;
    let fields = format!("login=ada&password={}", PASSWORD.replace(' ', "+"));
    for (peer, seen) in [("127.0.0.1", "198.51.100.7"), ("192.0.2.9", "192.0.2.9")] {
        let mut browser = world.guest().at(peer);
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-forwarded-for", "203.0.113.1, 198.51.100.7"),
        ];
        assert_eq!(post(&mut browser, "/api/accounts/sign_in", &headers, fields.clone()).await.status, 200);
        let (_, sessions) = administration::account(&world.operator(), ada).await.unwrap();
        let addresses: Vec<_> = sessions.into_iter().map(|session| session.address).collect();
        assert!(addresses.contains(&seen.to_owned()), "{addresses:?}");
    }
}

async fn get_compressed(browser: &mut Browser, path: &str) -> Answer {
    let request = browser.request(Method::GET, path).header("accept", "text/html").header("accept-encoding", "gzip, br");
    browser.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn only_what_everybody_reads_is_compressed() {
    let world = World::new().await;
    let (mut guest, mut ada, mut mia) = (world.guest(), world.member("ada").await, world.moderator("mia").await);
    let discussion = ada.starts("Bread").await;
    for path in ["/".to_owned(), format!("/d/{discussion}"), "/u/ada".to_owned()] {
        for reader in [&mut guest, &mut ada] {
            let answer = get_compressed(reader, &path).await;
            assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("br", "accept-encoding"), "{path}");
        }
        assert_eq!(get_compressed(&mut mia, &path).await.header("content-encoding"), "", "moderators see more: {path}");
    }
    for path in ["/register", "/sign-in", "/nowhere"] {
        assert_eq!(get_compressed(&mut guest, path).await.header("content-encoding"), "", "{path}");
    }
    for path in ["/account", "/new"] {
        assert_eq!(get_compressed(&mut ada, path).await.header("content-encoding"), "", "{path}");
    }
}
