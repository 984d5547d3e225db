//! HTTP/2 as no browser speaks it.

use axum::body::Bytes;
use axum::http::Request;
use h2::client::{self, SendRequest};
use tower_http::catch_panic::CatchPanicLayer;

use super::*;
use crate::server::layers::trouble;

/// A client whose connection's end can be waited for.
async fn connect(address: SocketAddr, window: u32) -> (SendRequest<Bytes>, JoinHandle<Result<(), h2::Error>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (client, connection) = client::Builder::new().initial_window_size(window).handshake(stream).await.unwrap();
    (client, tokio::spawn(connection))
}

fn ask(path: &str) -> Request<()> {
    Request::get(format!("http://localhost{path}")).body(()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_an_answer_is_let_go_although_it_answers_pings() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], Router::new().route("/", get(|| async { vec![b'x'; 200_000] })));
    let (mut client, connection) = connect(running.address, 10).await;
    let (answer, _) = client.send_request(ask("/"), true).unwrap();
    let _unread = within(answer).await.unwrap();
    running.refused(Refusal::TooSlow).await;
    drop(within(connection).await.unwrap());
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_only_answers_pings_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    let (client, connection) = connect(running.address, 65_535).await;
    let mut client = client.ready().await.unwrap();
    let (answer, _) = client.send_request(ask("/"), true).unwrap();
    let body = within(answer).await.unwrap().into_body();
    drop(body);
    let begun = tokio::time::Instant::now();
    let ended = tokio::time::timeout(Duration::from_mins(10), connection).await;
    assert!(ended.is_ok(), "it is held for ever");
    assert!(begun.elapsed() > KEEP_ALIVE * 2, "it must have answered pings: {:?}", begun.elapsed());
    running.end().await;
}

#[tokio::test]
async fn requests_at_the_same_time_are_bounded_and_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    let (mut client, _connection) = connect(running.address, 65_535).await;
    let (answer, _) = client.send_request(ask("/"), true).unwrap();
    within(answer).await.unwrap();
    assert_eq!(client.current_max_send_streams(), STREAMS as usize);
    drop(client);
    running.end().await;
}

/// A frame of a stream; settings belong to none.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

const HEADERS_FRAME: u8 = 1;
const RESET_FRAME: u8 = 3;
const SETTINGS_FRAME: u8 = 4;
const CONTINUATION_FRAME: u8 = 9;

fn preface() -> Vec<u8> {
    [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS_FRAME, 0, 0, &[])].concat()
}

const CANCEL: [u8; 4] = [0, 0, 0, 8];
const ENHANCE_YOUR_CALM: [u8; 4] = [0, 0, 0, 11];

#[tokio::test]
async fn who_takes_back_request_after_request_is_let_go() {
    // GET http://localhost/ (RFC 7541).
    let head = [&[0x82, 0x86, 0x84, 0x41, 9][..], b"localhost"].concat();
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let mut bytes = preface();
    for number in 0..60 {
        bytes.extend(frame(HEADERS_FRAME, 5, number * 2 + 1, &head));
        bytes.extend(frame(RESET_FRAME, 0, number * 2 + 1, &CANCEL));
    }
    stream.write_all(&bytes).await.unwrap();
    let told = remainder(&mut stream).await;
    assert!(told.windows(4).any(|four| four == ENHANCE_YOUR_CALM), "{told:?}");
    running.end().await;
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    const FRAME: usize = 16_384;
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let mut sent = stream.write_all(&[preface(), frame(HEADERS_FRAME, 0, 1, &[0x82])].concat()).await;
    // A field that is not indexed, with a name of one sign, over and over: frames that never end the head.
    let field = [&[0, 1, b'x', 0x7e][..], &[b'a'; 126]].concat();
    let payload: Vec<u8> = field.iter().copied().cycle().take(field.len() * (FRAME / field.len())).collect();
    let continuation = frame(CONTINUATION_FRAME, 0, 1, &payload);
    let mut frames = 0;
    while sent.is_ok() && frames < 4_096 {
        sent = within(stream.write_all(&continuation)).await;
        frames += 1;
    }
    assert!(sent.is_err(), "{} MiB of head were taken", frames * FRAME / 1_048_576);
    running.end().await;
}

#[tokio::test]
async fn a_panic_is_one_answer_or_one_broken_answer_and_others_over_the_same_connection_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (arrived, released) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (signal, waits) = (Arc::clone(&arrived), Arc::clone(&released));
    let slow = get(move || async move {
        signal.notify_one();
        waits.notified().await;
        "finished"
    });
    let router = Router::new()
        .route("/slow", slow)
        .route("/panic", get(|| async { panic!("for the test") as &str }))
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .route("/broken", get(|| async { axum::body::Body::new(Broken) }));
    let running = start(folder.path(), &[], router);
    let (mut client, _connection) = connect(running.address, 65_535).await;
    let (slow, _) = client.send_request(ask("/slow"), true).unwrap();
    within(arrived.notified()).await;
    let (panicked, _) = client.send_request(ask("/panic"), true).unwrap();
    assert_eq!(within(panicked).await.unwrap().status(), 500);
    let (broken, _) = client.send_request(ask("/broken"), true).unwrap();
    let came = async {
        match broken.await {
            Ok(answer) => answer.into_body().data().await.transpose().map(drop),
            Err(error) => Err(error),
        }
    };
    assert!(within(came).await.is_err());
    released.notify_one();
    let mut body = within(slow).await.unwrap().into_body();
    assert_eq!(within(body.data()).await.unwrap().unwrap(), "finished");
    let answer = exchange(running.address, b"GET /panic HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    drop(client);
    running.end().await;
}

/// Breaks while it is read.
struct Broken;

impl axum::body::HttpBody for Broken {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        panic!("for the test")
    }
}
