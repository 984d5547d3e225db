//! Clients that hold a connection without using it. Time stands still but for what everybody waits for.

use axum::body::Bytes;
use axum::routing::post;

use super::*;
use crate::server::router::{BODY_PATIENCE, body_patience};

/// Longer than any limit here; it passes at once.
const LONG: Duration = Duration::from_mins(10);

/// More than the system buffers for one connection.
const LARGE: usize = 24 * 1_024 * 1_024;

fn large() -> Router {
    Router::new().route("/", get(|| async { vec![b'x'; LARGE] }))
}

async fn closed(stream: &mut TcpStream) -> Duration {
    let begun = tokio::time::Instant::now();
    tokio::time::timeout(LONG, remainder(stream)).await.expect("the connection is held for ever");
    begun.elapsed()
}

#[tokio::test(start_paused = true)]
async fn who_sends_nothing_or_half_a_head_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    for bytes in [&b""[..], b"G", b"GET / HTTP/1.1\r\nhost: localhost\r\nx: ", b"PRI * HTTP/2.0\r\n"] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let time = closed(&mut stream).await;
        assert!(time <= FIRST_REQUEST + Duration::from_secs(1), "{bytes:?}: {time:?}");
    }
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_keeps_a_connection_for_later_is_let_go_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], greeting());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut start_of_answer = [0; 12];
    stream.read_exact(&mut start_of_answer).await.unwrap();
    let time = closed(&mut stream).await;
    assert!(time <= HEADERS + Duration::from_secs(1), "{time:?}");
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn half_a_handshake_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [(&catalogue::TLS_MODE, "self-signed"), (&catalogue::SITE_ADDRESS, "https://talk.example.org")];
    let running = start(folder.path(), &settings, greeting());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
    let time = closed(&mut stream).await;
    assert!(time <= FIRST_REQUEST + Duration::from_secs(1), "{time:?}");
    assert_eq!(running.count(Refusal::Handshake), 1);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_an_answer_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], large());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(READ_ROOT).await.unwrap();
    running.refused(Refusal::TooSlow).await;
    let mut received = Vec::new();
    let end = within(stream.read_to_end(&mut received)).await;
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset, "the system still holds what was not read");
    assert!(received.len() < LARGE);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_reads_an_answer_byte_by_byte_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], large());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(READ_ROOT).await.unwrap();
    let begun = tokio::time::Instant::now();
    while running.count(Refusal::TooSlow) == 0 {
        // What the system has buffered may still be read after the end.
        stream.read_u8().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(begun.elapsed() < 10 * LONG, "it is held for ever");
    }
    assert!(remainder(&mut stream).await.len() < LARGE);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_reads_steadily_gets_all_of_a_long_answer() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], large());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(READ_ROOT).await.unwrap();
    let (mut received, mut piece) = (0, vec![0; 128 * 1_024]);
    loop {
        let length = stream.read(&mut piece).await.unwrap();
        if length == 0 {
            break;
        }
        received += length;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(received > LARGE);
    running.end().await;
}

fn taking_bodies() -> Router {
    Router::new().route("/", post(|body: Bytes| async move { body.len().to_string() })).layer(body_patience())
}

const HEAD_OF_100: &[u8] = b"POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 100\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn who_falls_silent_within_a_body_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], taking_bodies());
    for part in [&b""[..], &[b'x'; 99]] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&[HEAD_OF_100, part].concat()).await.unwrap();
        let time = closed(&mut stream).await;
        assert!(time <= BODY_PATIENCE + Duration::from_secs(1), "{time:?}");
    }
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_in_parts_has_its_time_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], taking_bodies());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(HEAD_OF_100).await.unwrap();
    for _ in 0..4 {
        tokio::time::sleep(BODY_PATIENCE / 2).await;
        stream.write_all(&[b'x'; 25]).await.unwrap();
    }
    assert!(String::from_utf8(remainder(&mut stream).await).unwrap().ends_with("100"));
    running.end().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_system_is_told_to_hold_little_of_an_answer_and_not_for_long() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    gate::prepare(&stream).unwrap();
    let socket = socket2::SockRef::from(&stream);
    // Linux doubles what is asked for (socket(7)).
    assert_eq!(socket.send_buffer_size().unwrap(), 2 * gate::HELD_BY_SYSTEM);
    assert_eq!(socket.tcp_user_timeout().unwrap(), Some(watch::STANDSTILL));
    assert!(socket.tcp_nodelay().unwrap());
}
