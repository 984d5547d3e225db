//! Figures for a monitoring program.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};
use tower::ServiceExt;

use super::support::{Answer, World};
use crate::server::{App, config::Endpoint, events::SecurityEvent, listen::Bound, metrics, refusals::Refusal};

async fn asked(app: &App, host: &str) -> Answer {
    let request = Request::builder().uri("/metrics").header(header::HOST, host).body(Body::empty()).unwrap();
    Answer::read(metrics::router(app.clone()).oneshot(request).await.unwrap()).await
}

async fn figures(world: &World) -> String {
    let answer = asked(&world.app, "127.0.0.1:9464").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text()
}

#[tokio::test]
async fn requests_refusals_and_sign_ins_are_counted() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    ada.get("/u/ada").await;
    ada.get("/u/nobody-of-that-name").await;
    ada.get("/no/such/page").await;
    world.guest().call("/api/accounts/sign_in", &[("login", "ada"), ("password", "not hers at all, sorry")]).await;
    let foreign = ada.request(axum::http::Method::POST, "/api/accounts/sign_out").body(Body::empty()).unwrap();
    assert_eq!(ada.send(foreign).await.status, StatusCode::FORBIDDEN);
    let text = figures(&world).await;
    for line in [
        "locutory_request_seconds_count{route=\"/u/{name}\",status=\"2xx\"} 1",
        "locutory_request_seconds_count{route=\"/u/{name}\",status=\"4xx\"} 1",
        "locutory_request_seconds_count{route=\"none\",status=\"4xx\"} 1",
        "locutory_refused_total{kind=\"foreign-origin\"} 1",
        "locutory_security_events_total{kind=\"authn_login_success\"} 1",
        "locutory_security_events_total{kind=\"authn_login_fail\"} 1",
        "locutory_security_events_total{kind=\"malicious_cors\"} 1",
        "locutory_letters_waiting 0",
        "locutory_password_hashes_waiting 0",
        "locutory_build{version=",
        "locutory_connections_open 0",
        "locutory_database_connections_open ",
        "process_open_fds ",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
    assert!(!text.contains("ada"), "a figure is about a person:\n{text}");
}

#[tokio::test]
async fn nothing_that_a_client_sends_makes_a_label() {
    let world = World::new().await;
    let before = figures(&world).await.lines().count();
    let mut guest = world.guest();
    guest.get("/0").await;
    let once = figures(&world).await.lines().count();
    for number in 1..50 {
        guest.get(&format!("/{number}")).await;
        guest.get(&format!("/{number}/../{number}?a={number}")).await;
    }
    assert_eq!(figures(&world).await.lines().count(), once);
    assert!(once > before);
    let kinds = figures(&world).await.matches("_total{kind=").count();
    assert_eq!(kinds, Refusal::ALL.len() + SecurityEvent::ALL.len());
}

#[tokio::test]
async fn the_public_has_no_such_page_and_neither_has_a_page_that_asks_by_another_name() {
    let world = World::new().await;
    assert_eq!(world.guest().get("/metrics").await.status, StatusCode::NOT_FOUND);
    for host in ["rebound.example:9464", "localhost.example", "talk.example"] {
        assert_eq!(asked(&world.app, host).await.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    for host in ["localhost:9464", "[::1]:9464", "10.0.0.7"] {
        assert_eq!(asked(&world.app, host).await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn figures_come_through_a_socket_that_goes_with_its_listener() {
    let world = Arc::new(World::new().await);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.sock");
    for _ in 0..2 {
        let listener = Bound::open(&Endpoint::Socket(path.clone())).unwrap();
        let task = metrics::start(listener, world.app.clone());
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200") && text.contains("locutory_refused_total"), "{text}");
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    assert!(!path.exists(), "the socket stays behind");
}
