//! Requests in shapes that proxies and servers have read differently, heads that are too large, and more connections than
//! there may be.

use axum::body::Bytes;
use tokio::net::TcpSocket;

use super::*;

/// Says how many bytes of a body came, so that a second request inside a body would show.
fn counting() -> Router {
    Router::new().fallback(|body: Bytes| async move { format!("read {}\n", body.len()) })
}

/// How often the answers begin, and the first status.
async fn answers(address: SocketAddr, request: &str) -> (usize, String) {
    let text = exchange(address, request.as_bytes()).await;
    let status = text.split(' ').nth(1).unwrap_or_default().to_owned();
    (text.matches("HTTP/1.1 ").count(), status)
}

#[tokio::test]
async fn a_body_whose_end_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], counting());
    let hidden = "GET /hidden HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for head in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "content-length: 0x5\r\n",
        "content-length : 5\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding : chunked\r\n",
        "x: a\r\n folded: b\r\ncontent-length: 0\r\n",
    ] {
        let request = format!("POST / HTTP/1.1\r\nhost: localhost\r\n{head}\r\n0\r\n\r\n{hidden}");
        assert_eq!(answers(running.address, &request).await, (1, "400".to_owned()), "{head}");
    }
    running.end().await;
}

#[tokio::test]
async fn of_a_length_and_chunks_the_chunks_count_as_the_standard_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], counting());
    for head in ["content-length: 3\r\ntransfer-encoding: chunked\r\n", "transfer-encoding: chunked\r\ncontent-length: 3\r\n"] {
        let request = format!("POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{head}\r\n5\r\nabcde\r\n0\r\n\r\n");
        let answer = exchange(running.address, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") || answer.ends_with("read 5\n"), "{answer}");
    }
    running.end().await;
}

#[tokio::test]
async fn a_head_of_too_many_lines_or_bytes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[], counting());
    let many = "x: a\r\n".repeat(HEADER_LINES + 1);
    let large = format!("x: {}\r\n", "a".repeat(BUFFER_SIZE));
    for head in [many, large] {
        let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{head}\r\n");
        assert_eq!(answers(running.address, &request).await, (1, "431".to_owned()));
    }
    let request = format!("GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "a".repeat(BUFFER_SIZE + 1_024));
    let (_, status) = answers(running.address, &request).await;
    assert!(["414", "431"].contains(&status.as_str()), "{status}");
    running.end().await;
}

async fn connect_from(source: &str, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_are_bounded_in_all_and_one_that_ends_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[(&catalogue::LIMITS_CONNECTIONS, "2")], greeting());
    let mut held = Vec::new();
    for source in ["127.0.0.1", "127.0.0.2"] {
        let mut stream = connect_from(source, running.address).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut start_of_answer = [0; 12];
        within(stream.read_exact(&mut start_of_answer)).await.unwrap();
        held.push(stream);
    }
    assert!(remainder(&mut connect_from("127.0.0.3", running.address).await).await.is_empty());
    assert_eq!(running.count(Refusal::ServerFull), 1);
    held.pop();
    within(async {
        loop {
            let mut stream = connect_from("127.0.0.3", running.address).await;
            // It may be closed before it is written to.
            drop(stream.write_all(READ_ROOT).await);
            if remainder(&mut stream).await.starts_with(b"HTTP/1.1 200 ") {
                break;
            }
        }
    })
    .await;
    running.end().await;
}
