//! A site with certificates from a real authority, as its readers see it: on real sockets.

mod issuing;
mod keeping;
mod pebble;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use self::pebble::{Door, Looks, Pebble, free_port};
use super::super::state::{Phase, State};
use super::super::{prepare_at, status};
use super::Pace;
use crate::server::clock::Clock;
use crate::server::config::catalogue::{
    DATA_FOLDER, LISTEN_ADDRESS, LISTEN_REDIRECT_ADDRESS, SITE_ADDRESS, Setting, TLS_ACME_CA_FILE, TLS_ACME_DIRECTORY,
    TLS_ACME_TERMS_AGREED, TLS_MODE,
};
use crate::server::config::{Config, Flag, Sources};
use crate::server::listen::{Listeners, Stop};
use crate::server::refusals::Refusals;
use crate::server::start_error::StartError;

/// Far longer than anything here takes; a test that hangs fails by it.
const PATIENCE: Duration = Duration::from_mins(1);
const SITE: &str = "talk.example.org";

/// A place for a site: its data, its ports and the authority that looks at them.
struct Place {
    folder: TempDir,
    looks: Looks,
    authority: Pebble,
    clock: Clock,
}

/// A site that is being served.
struct Site {
    address: SocketAddr,
    config: Config,
    state: watch::Receiver<State>,
    stop: mpsc::Sender<()>,
    served: JoinHandle<Result<(), StartError>>,
}

struct Told(mpsc::Receiver<()>);

impl Stop for Told {
    async fn asked(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

impl Place {
    fn new(door: Door) -> Self {
        let looks = Looks { tls: free_port(), plain: free_port() };
        Self::looked_at(looks, door)
    }

    fn looked_at(looks: Looks, door: Door) -> Self {
        let clock = Clock::fixed(OffsetDateTime::now_utc().into());
        Self { folder: tempfile::tempdir().unwrap(), looks, authority: Pebble::start(looks, door), clock }
    }

    fn config(&self, settings: &[(&'static Setting, &str)]) -> Config {
        let flag = |(setting, value): (&'static Setting, &str)| Flag { setting, name: "--test", value: value.to_owned() };
        let data = self.folder.path().display().to_string();
        let (listen, redirect) = (format!("127.0.0.1:{}", self.looks.tls), format!("127.0.0.1:{}", self.looks.plain));
        let (directory, roots) = (self.authority.directory(), self.authority.ca_file().display().to_string());
        let site = format!("https://{SITE}");
        let usual = [
            (&DATA_FOLDER, data.as_str()),
            (&LISTEN_ADDRESS, &listen),
            (&LISTEN_REDIRECT_ADDRESS, &redirect),
            (&SITE_ADDRESS, &site),
            (&TLS_MODE, "acme"),
            (&TLS_ACME_TERMS_AGREED, "true"),
            (&TLS_ACME_DIRECTORY, &directory),
            (&TLS_ACME_CA_FILE, &roots),
        ];
        let flags = usual.into_iter().chain(settings.iter().copied()).map(flag).collect();
        Config::load(Sources::of_flags(flags)).unwrap()
    }

    fn open(&self, settings: &[(&'static Setting, &str)]) -> Site {
        let config = self.config(settings);
        let listeners = Listeners::bind(&config).unwrap();
        let address = listeners.address().network().unwrap();
        let pace = Pace { clock: self.clock.clone(), looks_every: Duration::from_millis(20) };
        let tls = prepare_at(&config, pace).unwrap().unwrap();
        let (state, own) = (tls.state.clone(), config.clone());
        let (stop, told) = mpsc::channel(2);
        let router = Router::new().route("/", get(|| async { "hello" }));
        let served = tokio::spawn(async move {
            listeners
                .serve(
                    &own,
                    router,
                    Some(tls),
                    &Refusals::default(),
                    prometheus_client::metrics::gauge::Gauge::default(),
                    Told(told),
                )
                .await
        });
        Site { address, config, state, stop, served }
    }

    fn cache(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("tls/acme").join(name)
    }
}

impl Site {
    async fn close(self) {
        self.stop.send(()).await.unwrap();
        within(self.served).await.unwrap().unwrap();
    }

    /// Waits until the state is so.
    async fn comes_to(&mut self, wanted: impl Fn(&State) -> bool) -> State {
        let seen = tokio::time::timeout(PATIENCE, self.state.wait_for(wanted)).await.map(|state| state.unwrap().clone());
        seen.unwrap_or_else(|_| panic!("it stays so: {:?}", self.state.borrow()))
    }

    async fn is_certified(&mut self) -> State {
        self.comes_to(|state| matches!(state.phase, Phase::Serving { .. }) && state.failure.is_none()).await
    }

    async fn has_failed(&mut self, times: u32) -> State {
        let failed = |state: &State| state.failure.as_ref().is_some_and(|failure| failure.in_a_row == times);
        self.comes_to(|state| failed(state) && matches!(state.phase, Phase::Waiting { .. })).await
    }

    /// The page and the certificate, as a reader sees them who trusts `root`.
    async fn read(&self, name: &str, root: &CertificateDer<'static>) -> std::io::Result<(String, CertificateDer<'static>)> {
        let (address, name, root) = (self.address, name.to_owned(), root.clone());
        within(tokio::task::spawn_blocking(move || read(address, &name, root))).await.unwrap()
    }

    fn status(&self, clock: &Clock) -> status::Report {
        status::report(&self.config, clock.now())
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("this takes far too long")
}

fn client(root: CertificateDer<'static>, protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Arc::new(client)
}

fn read(address: SocketAddr, name: &str, root: CertificateDer<'static>) -> std::io::Result<(String, CertificateDer<'static>)> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(client(root, &[b"http/1.1"]), name).unwrap();
    let mut stream = StreamOwned::new(connection, std::net::TcpStream::connect(address)?);
    stream.write_all(b"GET / HTTP/1.1\r\nhost: talk.example.org\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let certificate = stream.conn.peer_certificates().unwrap()[0].clone().into_owned();
    Ok((answer, certificate))
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    path.metadata().unwrap_or_else(|cause| panic!("{}: {cause}", path.display())).mode() & 0o777
}
