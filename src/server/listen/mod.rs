//! The listeners: where connections come in, how long they may take, how many there may be, and
//! how serving ends.
//!
//! **Promises.** Every connection is bounded in time before its first request and between
//! requests; one client network has a bounded number of connections; what was accepted is
//! answered before the process ends.

mod cap;
mod redirect;
mod shutdown;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Handle, Server};

use self::cap::{CappedAcceptor, ConnectionCap};
use self::shutdown::stop_when_asked;
pub use self::shutdown::{Stop, StopSignals};
use super::config::{Config, Listen, catalogue};
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
/// Bytes that one HTTP/1 connection may hold in memory.
const BUFFER_SIZE: usize = 64 * 1024;

/// Listeners that have their ports already but take no connection yet.
#[derive(Debug)]
pub struct Listeners {
    main: TcpListener,
    redirect: Option<TcpListener>,
    address: SocketAddr,
}

impl Listeners {
    /// # Errors
    /// [`StartError::Listener`], naming the setting, when a port cannot be had.
    pub fn bind(listen: &Listen) -> Result<Self, StartError> {
        let (main, address) = bind(catalogue::LISTEN_ADDRESS.key, listen.address)?;
        let redirect = listen
            .redirect_address
            .map(|address| bind(catalogue::LISTEN_REDIRECT_ADDRESS.key, address))
            .transpose()?
            .map(|(redirect, _)| redirect);
        Ok(Self { main, redirect, address })
    }

    /// Where the main listener really is, also when the configuration said port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` asks for the end, and returns when the last request is answered or its
    /// time is up.
    ///
    /// # Errors
    /// [`StartError::Serving`] when a listener breaks.
    pub async fn serve(self, config: &Config, router: Router, tls: Option<Prepared>, stop: impl Stop) -> Result<(), StartError> {
        let cap = ConnectionCap::new(config.limits.connections_per_network, config.listen.behind_proxy.clone());
        let handle = Handle::new();
        let redirect_handle = Handle::new();
        let handles = vec![handle.clone(), redirect_handle.clone()];
        let mut background = tokio::task::JoinSet::new();
        background.spawn(stop_when_asked(stop, handles));
        let challenges = tls.as_ref().and_then(|tls| tls.challenges.clone());
        let redirect = redirect::router(config.site.address.clone(), challenges);
        let redirecting = async {
            match self.redirect {
                Some(listener) => serve_plain(listener, redirect, redirect_handle, Arc::clone(&cap)).await,
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
                    let acceptor =
                        RustlsAcceptor::new(config).handshake_timeout(FIRST_REQUEST).acceptor(CappedAcceptor(Arc::clone(&cap)));
                    limited(self.main, handle)?
                        .acceptor(acceptor)
                        .serve(router.into_make_service_with_connect_info::<SocketAddr>())
                        .await
                }
                None => serve_plain(self.main, router, handle, Arc::clone(&cap)).await,
            }
        };
        let served = tokio::try_join!(main, redirecting);
        background.shutdown().await;
        served.map(drop).map_err(StartError::Serving)
    }
}

fn bind(setting: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    TcpListener::bind(address)
        .and_then(|listener| {
            let bound = listener.local_addr()?;
            Ok((listener, bound))
        })
        .map_err(|cause| StartError::Listener { setting, address, cause })
}

async fn serve_plain(
    listener: TcpListener,
    router: Router,
    handle: Handle<SocketAddr>,
    cap: Arc<ConnectionCap>,
) -> io::Result<()> {
    limited(listener, handle)?
        .acceptor(CappedAcceptor(cap))
        .serve(router.into_make_service_with_connect_info::<SocketAddr>())
        .await
}

fn limited(listener: TcpListener, handle: Handle<SocketAddr>) -> io::Result<Server<SocketAddr>> {
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle)
        .first_request_timeout(FIRST_REQUEST)
        .accept_error_handler(log_refused_connection);
    server.http_builder().http1().header_read_timeout(HEADERS).max_buf_size(BUFFER_SIZE);
    server
        .http_builder()
        .http2()
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .max_header_list_size(HEADER_SIZE);
    Ok(server)
}

fn log_refused_connection(peer: Option<&SocketAddr>, cause: &io::Error) {
    if let Some(peer) = peer {
        tracing::debug!(%peer, %cause, "a connection was refused");
    } else {
        // The system has no more to give, most often file descriptors.
        tracing::error!(%cause, "no connection can be accepted");
    }
}
