//! Security events, as they come out of the whole program.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, header},
};
use serde_json::Value;

use super::support::{Browser, World};
use crate::server::{
    config::{Log, LogFormat},
    events::TARGET,
    log::{self, Colour},
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the thread of a test logs while it is held, although the filter wants nothing.
struct Watch(Lines, #[expect(dead_code, reason = "it logs as long as it is held")] tracing::subscriber::DefaultGuard);

impl Watch {
    fn begin() -> Self {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { format: LogFormat::Json, filter: "off".to_owned() };
        let subscriber = log::subscriber(&log, Colour::Never, move || writer.clone());
        Self(lines, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.0.lock().unwrap().clone()).unwrap()
    }

    fn events(&self) -> Vec<Value> {
        let lines: Vec<Value> = self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().all(|line| line["target"] == TARGET), "{lines:#?}");
        lines
    }

    /// The one event of that name and reason.
    #[track_caller]
    fn one(&self, event: &str, reason: &str) -> Value {
        let events = self.events();
        let found: Vec<_> = events.iter().filter(|line| line["event"] == event && line["reason"] == reason).collect();
        assert_eq!(found.len(), 1, "{event}, {reason} in {events:#?}");
        found[0].clone()
    }
}

async fn posts(browser: &mut Browser, path: &str, origin: &'static str) -> StatusCode {
    let mut request = browser.request(Method::POST, path).body(Body::empty()).unwrap();
    request.headers_mut().insert(header::ORIGIN, HeaderValue::from_static(origin));
    browser.send(request).await.status
}

#[tokio::test]
async fn an_event_tells_who_from_where_and_in_which_request_and_nothing_that_was_typed() {
    let world = World::new().await;
    let ada = world.account("ada", crate::accounts::model::Role::Member).await;
    let watch = Watch::begin();
    let wrong = [("login", "somebody-unheard-of"), ("password", "marmalade under the bridge")];
    let failed = world.guest().at("198.51.100.7").call("/api/accounts/sign_in", &wrong).await;
    assert_eq!(failed.status, StatusCode::FORBIDDEN);
    let event = watch.one("authn_login_fail", "sign_in_failed");
    assert_eq!(event["request"], failed.header("x-request-id"));
    assert_eq!(event["address"], "198.51.100.7");
    assert_eq!(event["level"], "WARN");
    assert!(event["timestamp"].as_str().unwrap().ends_with('Z'), "{event}");
    let mut browser = world.signed_in("ada").await;
    assert_eq!(watch.one("authn_login_success", "signed_in")["number"], ada.0);
    browser.call("/api/accounts/sign_out", &[]).await.landing();
    assert_eq!(watch.one("authn_token_revoked", "signed_out")["person"], ada.0);
    for typed in ["somebody-unheard-of", "marmalade", "ada@mail.example", "lantern copper"] {
        assert!(!watch.text().contains(typed), "{typed}");
    }
}

#[tokio::test]
async fn attacks_on_the_form_of_requests_are_told() {
    let world = World::new().await;
    let watch = Watch::begin();
    let mut guest = world.guest();
    assert_eq!(posts(&mut guest, "/api/accounts/sign_in", "https://evil.example").await, StatusCode::FORBIDDEN);
    watch.one("malicious_cors", "foreign-origin");
    guest.get("/assets/..%2f..%2fetc/passwd").await;
    watch.one("malicious_direct_reference", "path-traversal");
    guest.cookies.insert("locutory".to_owned(), "forged".to_owned());
    guest.get("/").await;
    watch.one("input_validation_fail", "tampered-cookie");
    guest.cookies.clear();
    guest.get("/verify/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    guest.get("/verify").await;
    watch.one("input_validation_fail", "link-over");
    assert!(!watch.text().contains("evil.example") && !watch.text().contains("forged"), "{}", watch.text());
}

#[tokio::test]
async fn refusals_of_the_policy_limits_and_changes_by_staff_are_told() {
    let world = World::new().await;
    let mut keeper = world.admin("keeper").await;
    let ada = world.account("ada", crate::accounts::model::Role::Member).await;
    let mut member = world.signed_in("ada").await;
    let watch = Watch::begin();
    let id = ada.0.to_string();
    keeper.call("/api/accounts/change_role", &[("user", &id), ("role", "moderator")]).await.landing();
    let changed = watch.one("authz_change", "role_changed");
    assert_eq!((changed["number"].as_i64(), changed["subject"].as_str()), (Some(ada.0), Some("user")));
    assert!(changed["person"].is_i64() && changed["person"] != changed["number"], "{changed}");
    for _ in 0..8 {
        world.guest().call("/api/accounts/sign_in", &[("login", "nobody"), ("password", "wrong and long enough")]).await;
    }
    assert!(watch.text().contains("\"excess_rate_limit_exceeded\""), "{}", watch.text());
    let opened = member.call("/api/discussions/start", &[("title", "A"), ("text", "B")]).await;
    drop(opened);
    world.suspend(ada).await;
    assert!(watch.text().contains("\"suspended\""), "{}", watch.text());
}
