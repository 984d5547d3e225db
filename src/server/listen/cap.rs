//! At most so many open connections per client network, so that one visitor cannot hold them all.
//! An IPv4 address is a network; with IPv6 it is the /64, which is what one subscriber gets.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::{Ready, ready};
use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use ipnet::{IpNet, Ipv6Net};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::server::config::Proxies;

const SUBSCRIBER_PREFIX: u8 = 64;

/// Counts the open connections of each network.
#[derive(Debug)]
pub struct ConnectionCap {
    most: usize,
    /// Proxies speak for many people, and are trusted to limit them.
    uncounted: Proxies,
    open: Mutex<HashMap<IpNet, usize>>,
}

/// A place in the count, given back when dropped.
#[derive(Debug)]
pub struct Place {
    cap: Arc<ConnectionCap>,
    /// `None` for a proxy, which takes no place.
    network: Option<IpNet>,
}

impl ConnectionCap {
    #[must_use]
    pub fn new(most: usize, uncounted: Proxies) -> Arc<Self> {
        Arc::new(Self { most, uncounted, open: Mutex::default() })
    }

    /// `None` when the network of `peer` has all its places taken.
    #[must_use]
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let network = (!self.uncounted.contains(peer)).then(|| network_of(peer));
        if let Some(network) = network {
            let mut open = self.counts();
            let count = open.entry(network).or_default();
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(Place { cap: Arc::clone(self), network })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpNet, usize>> {
        // Every change below is one step, so a panic elsewhere leaves the counts right.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(network) = self.network else { return };
        if let Entry::Occupied(mut count) = self.cap.counts().entry(network) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

fn network_of(peer: IpAddr) -> IpNet {
    match peer.to_canonical() {
        IpAddr::V4(address) => IpNet::from(IpAddr::V4(address)),
        IpAddr::V6(address) => Ipv6Net::new(address, SUBSCRIBER_PREFIX)
            .map_or_else(|_| IpNet::from(IpAddr::V6(address)), |network| network.trunc().into()),
    }
}

/// Takes connections while their network has places, and closes the others at once.
#[derive(Clone, Debug)]
pub struct CappedAcceptor(pub Arc<ConnectionCap>);

impl<S> Accept<TcpStream, S> for CappedAcceptor {
    type Stream = Counted;
    type Service = S;
    type Future = Ready<io::Result<(Counted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.count(stream).map(|stream| (stream, service)))
    }
}

impl CappedAcceptor {
    fn count(&self, stream: TcpStream) -> io::Result<Counted> {
        let peer = stream.peer_addr()?;
        let place =
            self.0.admit(peer.ip()).ok_or_else(|| io::Error::other("this client network has too many open connections"))?;
        // Answers go out as soon as they are written, not when a packet is full.
        stream.set_nodelay(true)?;
        Ok(Counted { stream, _place: place })
    }
}

/// A connection that has its place in the count for as long as it lives.
#[derive(Debug)]
pub struct Counted {
    stream: TcpStream,
    _place: Place,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_that_has_all_its_places_is_refused_and_others_are_not() {
        let cap = ConnectionCap::new(2, Proxies::default());
        let _places = [cap.admit(address("192.0.2.1")).unwrap(), cap.admit(address("::ffff:192.0.2.1")).unwrap()];
        assert!(cap.admit(address("192.0.2.1")).is_none());
        assert!(cap.admit(address("192.0.2.2")).is_some());
    }

    #[test]
    fn ipv6_is_counted_by_subscriber() {
        let cap = ConnectionCap::new(1, Proxies::default());
        let _place = cap.admit(address("2001:db8:0:1::1")).unwrap();
        assert!(cap.admit(address("2001:db8:0:1:ffff::9")).is_none());
        assert!(cap.admit(address("2001:db8:0:2::1")).is_some());
    }

    #[test]
    fn a_closed_connection_gives_its_place_back() {
        let cap = ConnectionCap::new(1, Proxies::default());
        drop(cap.admit(address("192.0.2.1")).unwrap());
        assert!(cap.counts().is_empty(), "a network without connections is remembered");
        assert!(cap.admit(address("192.0.2.1")).is_some());
    }

    #[test]
    fn a_declared_proxy_is_not_counted() {
        let proxies = Proxies::parse("10.0.0.0/8").unwrap();
        let cap = ConnectionCap::new(1, proxies);
        let places: Vec<_> = (0..5).map(|_| cap.admit(address("10.0.0.1"))).collect();
        assert!(places.iter().all(Option::is_some));
    }
}
