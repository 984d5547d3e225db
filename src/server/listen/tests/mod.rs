//! The listeners on real ports of the system's choice.

mod http2;
mod proxies;
mod shapes;
mod slowness;
mod sockets;

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use axum::Extension;
use axum::routing::get;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use super::*;
use crate::server::config::catalogue::Setting;
use crate::server::config::{Flag, Sources};
use crate::server::tls;

/// Far longer than anything here takes; a test that hangs fails by it.
const PATIENCE: Duration = Duration::from_mins(1);

const READ_ROOT: &[u8] = b"GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";

/// Asks for the end when told to through the channel.
struct Told(mpsc::Receiver<()>);

impl Stop for Told {
    async fn asked(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

struct Running {
    address: SocketAddr,
    refusals: Refusals,
    redirect: Option<SocketAddr>,
    stop: mpsc::Sender<()>,
    served: JoinHandle<Result<(), StartError>>,
}

fn start(folder: &Path, settings: &[(&'static Setting, &str)], router: Router) -> Running {
    let flag = |(setting, value): (&'static Setting, &str)| Flag { setting, name: "--test", value: value.to_owned() };
    let data = folder.display().to_string();
    let usual = [(&catalogue::DATA_FOLDER, data.as_str()), (&catalogue::LISTEN_ADDRESS, "127.0.0.1:0")];
    let flags = usual.into_iter().chain(settings.iter().copied()).map(flag).collect();
    let mut config = Config::load(Sources::of_flags(flags)).unwrap();
    let listeners = Listeners::bind(&config).unwrap();
    let address = listeners.address().network().unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
    let refusals = Refusals::default();
    let redirect = listeners.redirect.as_ref().map(|it| it.endpoint().unwrap().network().unwrap());
    config.follow_listener(listeners.address());
    let tls = tls::prepare(&config).unwrap();
    let (stop, told) = mpsc::channel(2);
    let counted = refusals.clone();
    let served = tokio::spawn(async move { listeners.serve(&config, router, tls, &counted, Gauge::default(), Told(told)).await });
    Running { address, refusals, redirect, stop, served }
}

impl Running {
    fn count(&self, refusal: Refusal) -> u64 {
        self.refusals.counts().find(|(kind, _)| *kind == refusal).unwrap().1
    }

    /// Waits until somebody was turned away for this; time passes by itself here.
    async fn refused(&self, refusal: Refusal) {
        let counted = async {
            while self.count(refusal) == 0 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(PATIENCE * 10, counted).await.expect("nobody is turned away");
    }

    async fn end(self) {
        self.stop.send(()).await.unwrap();
        within(self.served).await.unwrap().unwrap();
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("this takes far too long")
}

/// Everything that still comes, whether the end is in order or not.
async fn remainder(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut received = Vec::new();
    drop(within(stream.read_to_end(&mut received)).await);
    received
}

async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

fn greeting() -> Router {
    let hello = |Extension(peer): Extension<Peer>| async move {
        match peer {
            Peer::Network(address) => format!("hello {}", address.ip()),
            Peer::Proxy(address) => format!("hello proxy {address}"),
            Peer::Socket => "hello socket".to_owned(),
        }
    };
    Router::new().route("/", get(hello))
}

#[tokio::test]
async fn a_request_in_flight_is_answered_while_new_connections_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (arrived, released) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (signal, waits) = (Arc::clone(&arrived), Arc::clone(&released));
    let slow = get(move || async move {
        signal.notify_one();
        waits.notified().await;
        "finished"
    });
    let running = start(folder.path(), &[], Router::new().route("/", slow));
    let in_flight = tokio::spawn(exchange(running.address, READ_ROOT));
    within(arrived.notified()).await;
    running.stop.send(()).await.unwrap();
    within(async {
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    released.notify_one();
    assert!(in_flight.await.unwrap().ends_with("finished"));
    within(running.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn asking_twice_ends_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let arrived = Arc::new(Notify::new());
    let signal = Arc::clone(&arrived);
    let endless = get(move || async move {
        signal.notify_one();
        std::future::pending::<&str>().await
    });
    let running = start(folder.path(), &[], Router::new().route("/", endless));
    let in_flight = tokio::spawn(exchange(running.address, READ_ROOT));
    within(arrived.notified()).await;
    running.stop.send(()).await.unwrap();
    running.stop.send(()).await.unwrap();
    let half_the_grace = shutdown::GRACE / 2;
    tokio::time::timeout(half_the_grace, running.served).await.expect("it waited").unwrap().unwrap();
    in_flight.abort();
}

#[tokio::test]
async fn one_connection_too_many_of_a_network_is_closed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), &[(&catalogue::LIMITS_CONNECTIONS_PER_NETWORK, "1")], greeting());
    let mut first = TcpStream::connect(running.address).await.unwrap();
    first.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut start_of_answer = [0; 12];
    within(first.read_exact(&mut start_of_answer)).await.unwrap();
    assert_eq!(&start_of_answer, b"HTTP/1.1 200");

    let mut second = TcpStream::connect(running.address).await.unwrap();
    let mut nothing = Vec::new();
    within(second.read_to_end(&mut nothing)).await.unwrap();
    assert!(nothing.is_empty());
    drop(first);
    running.end().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let flag = Flag { setting: &catalogue::LISTEN_ADDRESS, name: "--test", value: address.to_string() };
    let config = Config::load(Sources::of_flags(vec![flag])).unwrap();
    let refusal = Listeners::bind(&config).unwrap_err().to_string();
    assert!(refusal.starts_with("listen.address:"), "{refusal}");
    assert!(refusal.contains(&format!("port {} already", address.port())), "{refusal}");
}

#[tokio::test]
async fn pages_come_over_tls_and_plain_http_only_sends_on() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        (&catalogue::TLS_MODE, "self-signed"),
        (&catalogue::LISTEN_REDIRECT_ADDRESS, "127.0.0.1:0"),
        (&catalogue::SITE_ADDRESS, "https://talk.example.org"),
    ];
    let running = start(folder.path(), &settings, greeting());
    let certificate = folder.path().join("tls/authority.pem");
    let address = running.address;
    let answer = tokio::task::spawn_blocking(move || over_tls(address, &certificate, &[]));
    assert!(within(answer).await.unwrap().ends_with("hello 127.0.0.1"));

    let sent_on = exchange(running.redirect.unwrap(), READ_ROOT).await;
    assert!(sent_on.starts_with("HTTP/1.1 308 "), "{sent_on}");
    assert!(sent_on.contains("location: https://talk.example.org/\r\n"), "{sent_on}");
    running.end().await;
}

fn over_tls(address: SocketAddr, certificate: &Path, ahead: &[u8]) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("talk.example.org").unwrap();
    let connection = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    socket.write_all(ahead).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    stream.write_all(READ_ROOT).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
