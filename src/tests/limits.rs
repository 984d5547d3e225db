//! What is refused before anybody thinks about it: by the name it asks for, by its measures, and because there is too much.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Method, header},
};
use hyper::body::Frame;

use super::support::{Answer, Browser, World};
use crate::server::{config::catalogue, layers::trouble, refusals::Refusal};

const FORM: &str = "application/x-www-form-urlencoded";

fn count(world: &World, refusal: Refusal) -> u64 {
    world.app.refusals().counts().find(|(kind, _)| *kind == refusal).unwrap().1
}

async fn ask_for(browser: &mut Browser, host: &str, path: &str) -> Answer {
    let mut request = browser.request(Method::GET, path).body(Body::empty()).unwrap();
    request.headers_mut().insert(header::HOST, HeaderValue::from_str(host).unwrap());
    browser.send(request).await
}

async fn send_with(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = browser.request(Method::GET, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn only_who_asks_for_this_site_is_answered() {
    let world = World::with(&[
        (&catalogue::SITE_ADDRESS, "https://talk.example"),
        (&catalogue::LISTEN_BEHIND_PROXY, "127.0.0.1"),
        (&catalogue::LISTEN_HOSTS, "old.example"),
    ])
    .await;
    let mut guest = world.guest();
    for host in ["talk.example", "TALK.example:443", "old.example"] {
        assert_eq!(ask_for(&mut guest, host, "/").await.status, 200, "{host}");
    }
    for host in ["evil.example", "talk.example.evil.example", "192.0.2.7", "localhost", "127.0.0.1"] {
        let answer = ask_for(&mut guest, host, "/").await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.shows(host) && !answer.header("content-security-policy").is_empty());
        assert_eq!(ask_for(&mut guest, host, "/healthz").await.status, 200, "whoever watches asks by address");
    }
    assert_eq!(count(&world, Refusal::ForeignHost), 5);
    let doubled = send_with(&mut guest, "/", &[("host", "talk.example")]).await;
    assert_eq!(doubled.status, 400);
}

#[tokio::test]
async fn a_site_for_this_machine_is_not_reached_by_a_name_of_somebody_elses() {
    let world = World::new().await;
    let mut guest = world.guest();
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(ask_for(&mut guest, host, "/").await.status, 200, "{host}");
    }
    assert_eq!(ask_for(&mut guest, "rebound.evil.example", "/").await.status, 421);
}

#[tokio::test]
async fn addresses_heads_and_packed_bodies_are_refused_by_their_measures() {
    let world = World::new().await;
    let mut guest = world.guest();
    let long = |length: usize| format!("/?text={}", "a".repeat(length));
    assert_eq!(guest.get(&long(8_000)).await.status, 200);
    assert_eq!(guest.get(&long(9_000)).await.status, 414);
    let names: Vec<String> = (0..101).map(|number| format!("x-{number}")).collect();
    let headers: Vec<_> = names.iter().map(|name| (name.as_str(), "a")).collect();
    assert_eq!(send_with(&mut guest, "/", &headers).await.status, 431);
    assert_eq!(send_with(&mut guest, "/", &[("content-encoding", "identity")]).await.status, 200);
    for encoding in ["gzip", "br", "identity, gzip"] {
        assert_eq!(send_with(&mut guest, "/", &[("content-encoding", encoding)]).await.status, 415, "{encoding}");
    }
    assert_eq!((count(&world, Refusal::TooLarge), count(&world, Refusal::MediaType)), (2, 3));
}

#[tokio::test]
async fn a_form_of_too_many_fields_or_too_deep_is_refused_before_it_is_decoded() {
    let world = World::new().await;
    let mut guest = world.guest();
    let many = vec!["login=a"; 129].join("&");
    for (times, body) in (1..).zip([many.as_str(), "login[a][b][c][d]=1", "login%5Ba%5D%5Bb%5D%5Bc%5D%5Bd%5D=1"]) {
        let answer = guest.submit_body("/api/accounts/sign_in", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.shows("That did not work"), "it has a page");
        assert_eq!(count(&world, Refusal::TooComplex), times);
    }
}

#[tokio::test]
async fn a_body_beyond_its_limit_is_refused_on_every_path_with_and_without_its_length() {
    let world = World::new().await;
    let size = world.app.config().limits.body + 1;
    for path in ["/", "/nothing", "/d/1", "/api/nothing", "/api/accounts/sign_in", "/healthz", "/unsubscribe/AAAA"] {
        let mut guest = world.guest();
        assert_eq!(guest.submit_body(path, vec![b'a'; size]).await.status, 413, "{path}");
        let origin = guest.origin().to_owned();
        let request = guest.request(Method::POST, path).header(header::CONTENT_TYPE, FORM).header(header::ORIGIN, origin);
        let answer = guest.send(request.body(Body::new(Endless { pieces: 1_024 })).unwrap()).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        if path == "/api/accounts/sign_in" {
            assert_eq!(answer.status, 413);
        }
    }
}

/// Pieces of a KiB, and then nothing that comes, ever.
struct Endless {
    pieces: usize,
}

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.pieces.checked_sub(1) {
            Some(left) => {
                self.pieces = left;
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'a'; 1_024])))))
            }
            None => Poll::Pending,
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let world = World::with(&[(&catalogue::LIMITS_REQUEST_SECONDS, "1")]).await;
    let answer = dribble(world.guest()).await.unwrap();
    assert_eq!(answer.status, 408);
    assert!(!answer.header("content-security-policy").is_empty());
    assert_eq!(count(&world, Refusal::TooSlow), 1);
}

async fn sign_in(mut browser: Browser, name: &str) -> Answer {
    browser.call("/api/accounts/sign_in", &[("login", name), ("password", "not hers at all")]).await
}

/// A form that is on its way for as long as its task lives.
fn dribble(mut browser: Browser) -> tokio::task::JoinHandle<Answer> {
    let origin = browser.origin().to_owned();
    let request = browser.request(Method::POST, "/api/accounts/sign_in");
    let request = request.header(header::CONTENT_TYPE, FORM).header(header::ORIGIN, origin);
    let request = request.body(Body::new(Endless { pieces: 0 })).unwrap();
    tokio::spawn(async move { browser.send(request).await })
}

#[tokio::test]
async fn when_there_is_too_much_guests_come_back_later_and_members_and_watchers_are_served() {
    let world = World::with(&[(&catalogue::LIMITS_REQUESTS_AT_ONCE, "4")]).await;
    let mut ada = world.member("ada").await;
    let gate = world.app.passwords().gate().clone();
    let shut = gate.shut().await;
    let occupied = ["grace", "mary", "joan"].map(|name| tokio::spawn(sign_in(world.guest(), name)));
    gate.has_waiting(3).await;
    let mut guest = world.guest();
    let begun = std::time::Instant::now();
    let refused = guest.get("/").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "5"));
    assert!(refused.shows("Very busy"));
    assert!(begun.elapsed() >= Duration::from_millis(900), "it has waited for a moment");
    assert_eq!(guest.call("/api/accounts/sign_in", &[]).await.status, 503);
    let refused = guest.submit("/api/discussions/start", &[("title", "Bread"), ("opening", "A long thought.")]).await;
    assert!(refused.status == 503 && refused.shows("A long thought."), "what was written is kept: {}", refused.text());
    assert!(!refused.shows("Sign in"), "nobody has looked who it is");
    assert_eq!(count(&world, Refusal::Overload), 3);
    assert_eq!(ada.get("/").await.status, 200);
    assert_eq!(guest.get("/healthz").await.status, 200);
    let mut liar = world.guest();
    liar.cookies.insert("locutory".to_owned(), "made-up".to_owned());
    assert_eq!(liar.get("/").await.status, 503, "a cookie that we did not make is none");
    world.app.database().clone().close().await.unwrap();
    assert_eq!(guest.get("/").await.status, 503, "the page needs no database");
    drop(shut);
    for task in occupied {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn who_sends_forms_slowly_holds_back_no_readers_and_no_other_networks() {
    let world = World::with(&[(&catalogue::LIMITS_REQUESTS_AT_ONCE, "4")]).await;
    let mut ada = world.member("ada").await;
    let senders = [world.guest(), world.guest(), ada.clone(), ada.clone()].map(dribble);
    tokio::task::yield_now().await;
    let mut guest = world.guest();
    for reader in [&mut guest, &mut ada] {
        assert_eq!(reader.get("/").await.status, 200);
        assert_eq!(reader.submit("/api/site/choose_theme", &[("theme", "dark")]).await.status, 503, "two are on their way");
    }
    let mut elsewhere = world.guest().at("192.0.2.9");
    assert_eq!(elsewhere.submit("/api/site/choose_theme", &[("theme", "dark")]).await.status, 303);
    for sender in senders {
        sender.abort();
        assert!(sender.await.unwrap_err().is_cancelled());
    }
    assert_eq!(guest.submit("/api/site/choose_theme", &[("theme", "dark")]).await.status, 303, "their places are given back");
}

#[tokio::test]
async fn a_panic_is_an_answer_with_a_number() {
    let answer = Answer::read(trouble::panicked(Box::new("for the test"))).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.shows("for the test"));
}
