//! What every connection passes before its first byte of TLS or HTTP: it gets a place or is closed at once, says by the
//! PROXY protocol whose it is where the operator wants that, and is watched from then on.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{self, Response};
use axum_server::accept::Accept;
use hyper::body::Incoming;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio_util::either::Either;
use tower::Service;

use super::guarded::Guarded;
use super::proxy_protocol::{self, Source};
use super::socket::Stream;
use super::watch::{Measured, STANDSTILL, Watch};
use crate::server::cap::Cap;
use crate::server::config::{Proxies, ProxyProtocol};
use crate::server::peer::{NO_ADDRESS, Peer};
use crate::server::refusals::{Refusal, Refusals};

/// Bytes of an answer that the system holds for a reader (Linux takes twice as many, and asks for more when a third has
/// been read): small enough that whoever reads at the slowest allowed is seen to read within the time that is allowed.
pub(super) const HELD_BY_SYSTEM: usize = 64 * 1024;
/// For the header of the PROXY protocol.
const HEADER: Duration = Duration::from_secs(8);

/// Takes connections, and closes those that there is no place for.
#[derive(Clone, Debug)]
pub struct Gate {
    pub cap: Arc<Cap>,
    pub proxy_protocol: ProxyProtocol,
    pub proxies: Proxies,
    pub refusals: Refusals,
}

/// Why a connection was closed.
#[derive(Debug)]
pub struct Closed(pub Refusal);

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.word())
    }
}

impl std::error::Error for Closed {}

impl From<Closed> for io::Error {
    fn from(closed: Closed) -> Self {
        Self::other(closed)
    }
}

impl<S: Send + 'static> Accept<Stream, S> for Gate {
    type Stream = Guarded;
    type Service = Introduced<S>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Guarded, Introduced<S>)>> + Send>>;

    fn accept(&self, stream: Stream, service: S) -> Self::Future {
        let gate = self.clone();
        Box::pin(async move { gate.admit(stream, service).await })
    }
}

impl Gate {
    async fn admit<S>(self, mut stream: Stream, service: S) -> io::Result<(Guarded, Introduced<S>)> {
        let place = self.cap.place().map_err(Closed)?;
        let mut peer = peer(&stream)?;
        let mut ahead = Vec::new();
        if self.proxy_protocol == ProxyProtocol::Required {
            let (source, rest) = self.proxy_header(peer, &mut stream).await.ok_or(Closed(Refusal::ProxyHeader))?;
            ahead = rest;
            peer = match (source, peer) {
                (Source::Client(address), _) => Peer::Network(address),
                (Source::Proxy, Peer::Network(address)) => Peer::Proxy(address.ip()),
                (Source::Proxy, Peer::Socket | Peer::Proxy(_)) => Peer::Proxy(NO_ADDRESS),
            };
        }
        let network_place = self.cap.network_place(peer).map_err(Closed)?;
        if let Either::Left(stream) = &stream {
            prepare(stream)?;
        }
        let watch = Watch::begin();
        let guarded = Guarded::new(stream, ahead, watch.clone(), self.refusals, (place, network_place));
        Ok((guarded, Introduced { service, peer, watch }))
    }

    /// What a declared proxy says; nothing from anybody else, or when it takes too long.
    async fn proxy_header(&self, peer: Peer, stream: &mut Stream) -> Option<(Source, Vec<u8>)> {
        let is_proxy = match peer {
            Peer::Network(address) => self.proxies.contains(address.ip()),
            Peer::Socket | Peer::Proxy(_) => true,
        };
        if !is_proxy {
            return None;
        }
        tokio::time::timeout(HEADER, proxy_protocol::read(stream)).await.ok()?.ok()
    }
}

/// What the system does with a connection, also once we have closed it.
pub(super) fn prepare(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    // Answers go out as soon as they are written, not when a packet is full.
    socket.set_tcp_nodelay(true)?;
    socket.set_send_buffer_size(HELD_BY_SYSTEM)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(STANDSTILL))?;
    Ok(())
}

fn peer(stream: &Stream) -> io::Result<Peer> {
    match stream {
        Either::Left(stream) => stream.peer_addr().map(Peer::Network),
        Either::Right(_) => Ok(Peer::Socket),
    }
}

/// A connection's service, which tells each request who its peer is and watches its answer.
#[derive(Clone, Debug)]
pub struct Introduced<S> {
    service: S,
    peer: Peer,
    watch: Watch,
}

impl<S> Service<http::Request<Incoming>> for Introduced<S>
where
    S: Service<http::Request<Incoming>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Measured>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Measured>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        let ticket = self.watch.request();
        request.extensions_mut().insert(self.peer);
        let answer = self.service.call(request);
        Box::pin(async move { answer.await.map(|response| response.map(|body| Measured::new(body, ticket))) })
    }
}
