//! The listeners: where connections come in, how long they may take, how many there may be, and
//! how serving ends.
//!
//! **Promises.** Every connection is bounded in time before its first request, between requests and
//! while it is answered; there is a bounded number of connections, and of those of one client network;
//! what was accepted is answered before the process ends.

mod descriptors;
mod gate;
mod guarded;
mod inherited;
mod proxy_protocol;
mod redirect;
mod shutdown;
mod socket;
#[cfg(test)]
mod tests;
mod watch;

use std::io;
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Handle, Server};
use prometheus_client::metrics::gauge::Gauge;

use self::gate::{Closed, Gate};
use self::inherited::{Inherited, Purpose};
use self::shutdown::stop_when_asked;
pub use self::shutdown::{Stop, StopSignals};
pub use self::socket::Bound;
use self::socket::SocketFile;
use super::cap::Cap;
use super::config::{Config, Endpoint, Listen, Proxies, ProxyProtocol, Tls, catalogue};
use super::peer::Peer;
use super::refusals::{Refusal, Refusals};
use super::start_error::StartError;
use super::tls::Prepared;

/// From accepting a connection to the TLS handshake's end, and from there to the first request.
const FIRST_REQUEST: Duration = Duration::from_secs(8);
/// To read one request's headers, also of later requests on the connection.
const HEADERS: Duration = Duration::from_secs(8);
/// An HTTP/2 client must answer a ping after this much silence, and within as much again.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Bytes of headers in one request.
const HEADER_SIZE: u32 = 32 * 1024;
/// Header lines in one request; more are answered with 431. HTTP/2 is held to it by `layers/measure.rs`.
pub const HEADER_LINES: usize = 100;
/// Bytes that one HTTP/1 connection may hold in memory.
const BUFFER_SIZE: usize = 64 * 1024;
/// Requests at the same time over one HTTP/2 connection.
const STREAMS: u32 = 64;
/// Requests that an HTTP/2 client may take back before we have looked at them; one more ends the connection
/// (CVE-2023-44487, "rapid reset").
const TAKEN_BACK: usize = 20;
/// Requests that we may have to refuse as broken before the connection ends (CVE-2025-8671, "made you reset").
const BROKEN: usize = 64;
/// Bytes that an HTTP/2 client may send ahead for one request, and for all of a connection.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// Bytes of answers that wait in one HTTP/2 connection.
const SEND_BUFFER: usize = 64 * 1024;

/// Listeners that have their ports already but take no connection yet.
#[derive(Debug)]
pub struct Listeners {
    main: Bound,
    redirect: Option<Bound>,
    address: Endpoint,
}

impl Listeners {
    /// # Errors
    /// [`StartError::Listener`], naming the setting, when a port or socket cannot be had, and [`StartError::Setting`] when
    /// the service manager hands over a port on which passwords would cross a network in the clear.
    pub fn bind(config: &Config) -> Result<Self, StartError> {
        let mut inherited = Inherited::of_this_process();
        let mut open = |setting, endpoint: &Endpoint, purpose| {
            let bound = match endpoint {
                Endpoint::Inherited => inherited.take(purpose),
                other => Bound::open(other),
            };
            bound.map_err(|cause| StartError::Listener { setting, address: endpoint.clone(), cause })
        };
        let listen = &config.listen;
        let main = open(catalogue::LISTEN_ADDRESS.key, &listen.address, Purpose::Pages)?;
        let redirect = listen.redirect_address.as_ref();
        let redirect =
            redirect.map(|endpoint| open(catalogue::LISTEN_REDIRECT_ADDRESS.key, endpoint, Purpose::Redirect)).transpose()?;
        let address = main.endpoint().map_err(StartError::Serving)?;
        let as_served = Listen { address, ..config.listen.clone() };
        refuse_plain_http_in_public(&as_served, &config.tls)?;
        refuse_proxy_headers_of_nobody(&as_served)?;
        let Listen { address, .. } = as_served;
        Ok(Self { main, redirect, address })
    }

    /// Where the main listener really is, also when the configuration said port 0.
    #[must_use]
    pub fn address(&self) -> Endpoint {
        self.address.clone()
    }

    /// Serves until `stop` asks for the end, and returns when the last request is answered or its
    /// time is up. `connections` tells meanwhile how many are open.
    ///
    /// # Errors
    /// [`StartError::Serving`] when a listener breaks.
    pub async fn serve(
        self,
        config: &Config,
        router: Router,
        tls: Option<Prepared>,
        refusals: &Refusals,
        connections: Gauge,
        stop: impl Stop,
    ) -> Result<(), StartError> {
        let gate = gate(config, refusals, connections);
        let handle = Handle::new();
        let redirect_handle = Handle::new();
        let handles = vec![handle.clone(), redirect_handle.clone()];
        let mut background = tokio::task::JoinSet::new();
        background.spawn(stop_when_asked(stop, handles));
        let challenges = tls.as_ref().and_then(|tls| tls.challenges.clone());
        let redirect = redirect::router(config.site.address.clone(), challenges);
        let redirecting = async {
            match self.redirect {
                Some(listener) => serve_plain(listener, redirect, redirect_handle, gate.clone()).await,
                None => Ok(()),
            }
        };
        let main = async {
            match tls {
                Some(Prepared { config, keeper, .. }) => {
                    background.spawn(async {
                        if let Err(cause) = keeper.run().await {
                            tracing::error!(%cause, "the TLS certificate is not kept fresh");
                        }
                    });
                    let acceptor = RustlsAcceptor::new(config).handshake_timeout(FIRST_REQUEST).acceptor(gate.clone());
                    let (server, _file) = limited(self.main, handle, refusals)?;
                    server.acceptor(acceptor).serve(router.into_make_service()).await
                }
                None => serve_plain(self.main, router, handle, gate.clone()).await,
            }
        };
        let served = tokio::try_join!(main, redirecting);
        background.shutdown().await;
        served.map(drop).map_err(StartError::Serving)
    }
}

fn gate(config: &Config, refusals: &Refusals, connections: Gauge) -> Gate {
    let Listen { behind_proxy, proxy_protocol, .. } = &config.listen;
    let in_all = descriptors::make_room(config.limits.connections);
    Gate {
        cap: Cap::new(in_all, config.limits.connections_per_network, behind_proxy.clone(), connections),
        proxy_protocol: *proxy_protocol,
        proxies: behind_proxy.clone(),
        refusals: refusals.clone(),
    }
}

/// The settings could not tell what the service manager would hand over.
fn refuse_plain_http_in_public(listen: &Listen, tls: &Tls) -> Result<(), StartError> {
    if *tls != Tls::Off || listen.is_private() {
        return Ok(());
    }
    let address = &listen.address;
    Err(StartError::Setting {
        setting: catalogue::LISTEN_ADDRESS.key,
        complaint: format!(
            "the service manager hands over {address}, which other machines reach, and without TLS everybody on the way could \
             read the passwords. Set tls.mode, declare the TLS proxy in front of Locutory with listen.behind_proxy, or have \
             the socket unit listen on a Unix socket or on 127.0.0.1."
        ),
    })
}

/// As above: over an inherited port, only a declared proxy could send the header.
fn refuse_proxy_headers_of_nobody(listen: &Listen) -> Result<(), StartError> {
    if listen.proxy_protocol == ProxyProtocol::Off || listen.is_behind_proxy() {
        return Ok(());
    }
    let address = &listen.address;
    Err(StartError::Setting {
        setting: catalogue::LISTEN_PROXY_PROTOCOL.key,
        complaint: format!(
            "is \"required\", but the service manager hands over {address}, and no proxy is declared that could send its \
             header. Name the proxy's addresses in listen.behind_proxy, or set this to \"off\"."
        ),
    })
}

/// Connections that ask for figures: a monitoring program needs few.
const FIGURES_AT_ONCE: usize = 16;

/// Serves figures, with the time limits of all other listeners.
///
/// # Errors
/// The listener breaks.
pub async fn serve_figures(listener: Bound, router: Router, refusals: &Refusals) -> io::Result<()> {
    let gate = Gate {
        cap: Cap::new(FIGURES_AT_ONCE, FIGURES_AT_ONCE, Proxies::default(), Gauge::default()),
        proxy_protocol: ProxyProtocol::Off,
        proxies: Proxies::default(),
        refusals: refusals.clone(),
    };
    serve_plain(listener, router, Handle::new(), gate).await
}

async fn serve_plain(listener: Bound, router: Router, handle: Handle<Peer>, gate: Gate) -> io::Result<()> {
    let (server, _file) = limited(listener, handle, &gate.refusals)?;
    server.acceptor(gate).serve(router.into_make_service()).await
}

fn limited(listener: Bound, handle: Handle<Peer>, refusals: &Refusals) -> io::Result<(Server<Peer>, Option<SocketFile>)> {
    let (listener, file) = listener.listen()?;
    let refusals = refusals.clone();
    let mut server = Server::from_listener(listener)
        .handle(handle)
        .first_request_timeout(FIRST_REQUEST)
        .accept_error_handler(move |peer, cause| count_refused_connection(&refusals, peer, cause));
    let mut builder = server.http_builder().http1();
    builder.header_read_timeout(HEADERS).max_buf_size(BUFFER_SIZE).max_headers(HEADER_LINES);
    builder
        .http2()
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .max_header_list_size(HEADER_SIZE)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(TAKEN_BACK)
        .max_local_error_reset_streams(BROKEN)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER);
    Ok((server, file))
}

fn count_refused_connection(refusals: &Refusals, peer: Option<&Peer>, cause: &io::Error) {
    let Some(peer) = peer else {
        // The system has no more to give, most often file descriptors.
        tracing::error!(%cause, "no connection can be accepted");
        return;
    };
    let closed = cause.get_ref().and_then(|inner| inner.downcast_ref::<Closed>());
    let refusal = closed.map_or(Refusal::Handshake, |closed| closed.0);
    refusals.count(refusal);
    tracing::debug!(?peer, %cause, reason = refusal.word(), "a connection was refused");
}
