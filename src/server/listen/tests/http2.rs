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

#[tokio::test]
async fn who_takes_back_request_after_request_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let endless = Router::new().route("/", get(std::future::pending::<&str>));
    let running = start(folder.path(), &[], endless);
    let (mut client, connection) = connect(running.address, 65_535).await;
    let hasty = tokio::spawn(async move {
        loop {
            client = client.ready().await?;
            let (_, mut stream) = client.send_request(ask("/"), true)?;
            stream.send_reset(h2::Reason::CANCEL);
        }
        #[expect(unreachable_code, reason = "it tells the kind of error")]
        Ok::<(), h2::Error>(())
    });
    let ended = within(connection).await.unwrap();
    let told = within(hasty).await.unwrap().unwrap_err();
    assert!(ended.is_err() || told.is_go_away() || told.is_io(), "{ended:?} {told:?}");
    running.stop.send(()).await.unwrap();
    running.stop.send(()).await.unwrap();
    within(running.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    const FRAME: usize = 16_384;
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let frame = |kind: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, 0, 0, 0, 0, if kind == 4 { 0 } else { 1 }], payload].concat()
    };
    let mut sent =
        stream.write_all(&[&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(4, &[]), &frame(1, &[0x82])].concat()).await;
    // A literal field that is not indexed, with an empty name, over and over: CONTINUATION frames that never end the head.
    let field = [&[0, 1, b'x', 0x7e][..], &[b'a'; 126]].concat();
    let payload: Vec<u8> = field.iter().copied().cycle().take(field.len() * (FRAME / field.len())).collect();
    let continuation = frame(9, &payload);
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
