//! Requests that did not come from our pages, and addresses that somebody else made: neither changes
//! anything, says anything, or leads anywhere.

use axum::{body::Body, http::Method};
use proptest::prelude::*;
use url::Url;

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{accounts::model::Role, landing::LocalPath, server::router, valid::Value};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(browser: &mut Browser, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = browser.request(Method::POST, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn headers_that_contradict_each_other_or_come_twice_are_nobodys_word() {
    let world = World::in_public().await;
    let mut ada = world.member("ada").await;
    let ours = "https://talk.example";
    let doubtful: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
        &[("origin", ours), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-origin"), ("origin", ours), ("origin", ours)],
    ];
    for headers in doubtful {
        let headers = [headers, &[("content-type", FORM)]].concat();
        assert_eq!(post(&mut ada, "/api/comments/preview", &headers, "body=x").await.status, 403, "{headers:?}");
    }
    let agreeing = [("sec-fetch-site", "same-origin"), ("origin", ours), ("content-type", FORM)];
    assert_eq!(post(&mut ada, "/api/comments/preview", &agreeing, "body=x").await.status, 200);
}

#[tokio::test]
async fn whatever_a_header_says_of_the_host_does_not_make_an_origin_ours() {
    let world = World::in_public().await;
    let mut ada = world.member("ada").await;
    let request = ada.request(Method::POST, "/api/comments/preview").header("origin", "https://evil.example");
    let mut request = request.header("content-type", FORM).body(Body::from("body=x")).unwrap();
    for header in ["x-forwarded-host", "x-original-host", "x-host"] {
        request.headers_mut().insert(header, "evil.example".parse().unwrap());
    }
    assert_eq!(ada.send(request).await.status, 403);
}

#[tokio::test]
async fn every_server_function_takes_one_content_type() {
    let world = World::new().await;
    let mut eve = world.admin("eve").await;
    let others = [
        "",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded-too",
        "application/cbor",
    ];
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        for other in others {
            let headers = [("sec-fetch-site", "same-origin"), ("content-type", other)];
            let headers = if other.is_empty() { &headers[..1] } else { &headers[..] };
            assert_eq!(post(&mut eve, path, headers, "{}").await.status, 415, "{path} {other}");
        }
    }
}

/// Addresses that browsers take for somebody else's, or that another program on the way might.
const FOREIGN: [&str; 14] = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%2fevil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "//ada@evil.example/",
    "javascript:alert(1)",
    "/d/1\r\nLocation: https://evil.example",
    "http:evil.example",
];

#[tokio::test]
async fn whoever_signs_in_stays_here() {
    let world = World::in_public().await;
    world.account("ada", Role::Member).await;
    for next in FOREIGN {
        let mut browser = world.guest();
        let page = format!("/sign-in?{}", super::support::encoded(&[("next", next)]));
        assert_eq!(browser.get(&page).await.status, 200, "{next:?}");
        let answer = browser.submit("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/?notice=signed_in"), "{next:?}");
        let answer =
            browser.submit_body("/api/site/choose_theme", super::support::encoded(&[("theme", "dark"), ("from", next)])).await;
        assert_eq!(answer.status, 303, "{next:?}");
        assert_eq!(answer.location(), "/", "{next:?} led to {}", answer.location());
    }
}

/// The names under which programs of many kinds put what they say into addresses; `__err` is our framework's.
const SAYING: [&str; 12] =
    ["__err", "__path", "err", "error", "error_description", "message", "msg", "notice", "flash", "alert", "status", "reason"];

#[tokio::test]
async fn no_page_says_what_its_address_says() {
    let world = World::new().await;
    let mut eve = world.admin("eve").await;
    let mut guest = world.guest();
    let words = "Your account is locked call 555";
    let query = super::support::encoded(&SAYING.map(|name| (name, words)));
    for (path, _) in router::pages() {
        let path = path.replace("{name}", "eve").replace("{token}", "AAAA").split('{').next().unwrap_or_default().to_owned();
        for browser in [&mut guest, &mut eve] {
            let page = browser.open(&format!("{path}?{query}")).await;
            assert!(!page.shows(words), "{path} shows it: {}", page.text());
        }
    }
}

proptest! {
    #[test]
    fn every_path_that_can_be_landed_on_is_of_this_site(
        text in prop_oneof![
            any::<String>(),
            "/[/\\\\%@:.a-zA-Z0-9\t\r\n?#]{0,40}",
            prop::collection::vec(prop::sample::select(vec![
                "/", "//", "\\", "%2f", "%2F", "%5c", "%09", "\t", "\n", "\u{0}", "@", ":", ".", "..", "evil.example", "https:", "?", "#", "javascript:",
            ]), 0..10).prop_map(|parts| parts.concat()),
        ]
    ) {
        if let Ok(path) = LocalPath::parse(&text) {
            let site = Url::parse("https://talk.example/d/7?a=b").unwrap();
            let once_decoded = form_urlencoded::parse(format!("p={}", path.as_str().replace('+', "%2B").replace('&', "%26")).as_bytes())
                .next().map(|(_, value)| value.into_owned()).unwrap_or_default();
            prop_assert_eq!(site.join(path.as_str()).unwrap().origin(), site.origin(), "{}", path.as_str());
            prop_assert!(!once_decoded.starts_with("//") && !once_decoded.starts_with("/\\"), "{}", path.as_str());
            prop_assert!(path.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}

#[tokio::test]
async fn the_theme_is_kept_in_a_cookie_that_no_other_host_can_write() {
    let world = World::in_public().await;
    let mut guest = world.guest();
    let answer = guest.call("/api/site/choose_theme", &[("theme", "dark")]).await;
    let cookie = answer.cookies().into_iter().find(|cookie| cookie.contains("theme=")).expect("it is kept").to_owned();
    assert!(cookie.starts_with("__Host-theme=dark; Path=/;") && cookie.contains("; Secure"), "{cookie}");
    assert!(guest.get("/").await.shows("data-theme=\"dark\""));
    let mut tossed = world.guest();
    tossed.cookies.insert("theme".to_owned(), "dark".to_owned());
    assert!(!tossed.get("/").await.shows("data-theme=\"dark\""), "a neighbour's cookie is not ours");
    let local = World::new().await;
    let mut guest = local.guest();
    guest.call("/api/site/choose_theme", &[("theme", "dark")]).await.landing();
    assert!(guest.cookies.contains_key("theme") && guest.get("/").await.shows("data-theme=\"dark\""));
}
