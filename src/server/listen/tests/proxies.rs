//! The PROXY protocol in front of everything else.

use super::*;

const HEADER: &[u8] = b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n";
const SETTINGS: [(&Setting, &str); 3] = [
    (&catalogue::LISTEN_PROXY_PROTOCOL, "required"),
    (&catalogue::LISTEN_BEHIND_PROXY, "127.0.0.1"),
    (&catalogue::SITE_ADDRESS, "https://talk.example.org"),
];

#[tokio::test]
async fn a_declared_proxy_says_whose_connection_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &SETTINGS, greeting());
    assert!(exchange(running.address, &[HEADER, READ_ROOT].concat()).await.ends_with("hello 203.0.113.7"));
    let itself = exchange(running.address, &[b"PROXY UNKNOWN\r\n", READ_ROOT].concat()).await;
    assert!(itself.ends_with("hello proxy 127.0.0.1"), "{itself}");
    running.end().await;
}

#[tokio::test]
async fn a_connection_without_the_header_or_from_a_stranger_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &SETTINGS, greeting());
    assert_eq!(exchange_broken(running.address, READ_ROOT).await, b"");
    assert_eq!(running.count(Refusal::ProxyHeader), 1);
    running.end().await;

    let folder = tempfile::tempdir().unwrap();
    let [protocol, _, address] = SETTINGS;
    let strangers = [protocol, (&catalogue::LISTEN_BEHIND_PROXY, "10.0.0.1"), address];
    let running = start(folder.path(), &strangers, greeting());
    assert_eq!(exchange_broken(running.address, &[HEADER, READ_ROOT].concat()).await, b"");
    assert_eq!(running.count(Refusal::ProxyHeader), 1);
    running.end().await;
}

async fn exchange_broken(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // It may be closed before all is written.
    drop(stream.write_all(request).await);
    remainder(&mut stream).await
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_says_nothing_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &SETTINGS, greeting());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(&HEADER[..20]).await.unwrap();
    running.refused(Refusal::ProxyHeader).await;
    assert!(remainder(&mut stream).await.is_empty());
    running.end().await;
}

#[tokio::test]
async fn connections_are_counted_by_the_client_that_the_proxy_names() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [&SETTINGS[..], &[(&catalogue::LIMITS_CONNECTIONS_PER_NETWORK, "1")]].concat();
    let running = start(folder.path(), &settings, greeting());
    let mut first = TcpStream::connect(running.address).await.unwrap();
    first.write_all(&[HEADER, b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"].concat()).await.unwrap();
    let mut start_of_answer = [0; 12];
    within(first.read_exact(&mut start_of_answer)).await.unwrap();
    assert_eq!(exchange_broken(running.address, &[HEADER, READ_ROOT].concat()).await, b"");
    let other = [b"PROXY TCP4 203.0.113.8 10.0.0.1 1 2\r\n", READ_ROOT].concat();
    assert!(exchange(running.address, &other).await.ends_with("hello 203.0.113.8"));
    drop(first);
    running.end().await;
}

#[tokio::test]
async fn the_header_comes_before_the_handshake() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [&SETTINGS[..], &[(&catalogue::TLS_MODE, "self-signed")]].concat();
    let running = start(folder.path(), &settings, greeting());
    let certificate = folder.path().join("tls/authority.pem");
    let address = running.address;
    let answer = tokio::task::spawn_blocking(move || over_tls(address, &certificate, HEADER));
    assert!(within(answer).await.unwrap().ends_with("hello 203.0.113.7"));
    running.end().await;
}
