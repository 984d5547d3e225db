//! At most so many of something at once, in all and per client network, so that one visitor cannot hold them all: open
//! connections, and forms on their way. An IPv4 address is a network; with IPv6 it is the /64, which is what one subscriber
//! gets.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::{IpNet, Ipv6Net};
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::config::Proxies;
use crate::server::peer::Peer;
use crate::server::refusals::Refusal;

const SUBSCRIBER_PREFIX: u8 = 64;

/// Counts what each network has open.
#[derive(Debug)]
pub struct Cap {
    in_all: Arc<Semaphore>,
    /// How many there are, for monitoring programs.
    figure: Gauge,
    most: usize,
    /// Proxies speak for many people, and are trusted to limit them.
    uncounted: Proxies,
    open: Mutex<HashMap<IpNet, usize>>,
}

/// A place among all, given back when dropped.
#[derive(Debug)]
pub struct Place {
    figure: Gauge,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.figure.dec();
    }
}

/// A place among those of a network, given back when dropped.
#[derive(Debug)]
pub struct NetworkPlace {
    cap: Arc<Cap>,
    /// `None` for a proxy, which takes no place.
    network: Option<IpNet>,
}

impl Cap {
    #[must_use]
    pub fn new(in_all: usize, most: usize, uncounted: Proxies, figure: Gauge) -> Arc<Self> {
        Arc::new(Self { in_all: Arc::new(Semaphore::new(in_all)), figure, most, uncounted, open: Mutex::default() })
    }

    /// A place, whoever it is for.
    ///
    /// # Errors
    /// All are taken.
    pub fn place(&self) -> Result<Place, Refusal> {
        let permit = Arc::clone(&self.in_all).try_acquire_owned().map_err(|_| Refusal::ServerFull)?;
        self.figure.inc();
        Ok(Place { figure: self.figure.clone(), _permit: permit })
    }

    /// A place for one that is from `peer`.
    ///
    /// # Errors
    /// Its network has all its places taken.
    pub fn network_place(self: &Arc<Self>, peer: Peer) -> Result<NetworkPlace, Refusal> {
        match peer {
            Peer::Network(address) => self.admit(address.ip()).ok_or(Refusal::NetworkFull),
            Peer::Socket | Peer::Proxy(_) => Ok(NetworkPlace { cap: Arc::clone(self), network: None }),
        }
    }

    fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<NetworkPlace> {
        let network = (!self.uncounted.contains(peer)).then(|| network_of(peer));
        if let Some(network) = network {
            let mut open = self.counts();
            let count = open.entry(network).or_default();
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(NetworkPlace { cap: Arc::clone(self), network })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpNet, usize>> {
        // Every change below is one step, so a panic elsewhere leaves the counts right.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for NetworkPlace {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_that_has_all_its_places_is_refused_and_others_are_not() {
        let cap = Cap::new(9, 2, Proxies::default(), Gauge::default());
        let _places = [cap.admit(address("192.0.2.1")).unwrap(), cap.admit(address("::ffff:192.0.2.1")).unwrap()];
        assert!(cap.admit(address("192.0.2.1")).is_none());
        assert!(cap.admit(address("192.0.2.2")).is_some());
    }

    #[test]
    fn the_figure_is_how_many_places_are_taken() {
        let figure = Gauge::default();
        let cap = Cap::new(2, 2, Proxies::default(), figure.clone());
        let places = [cap.place().unwrap(), cap.place().unwrap()];
        assert_eq!((cap.place().unwrap_err(), figure.get()), (Refusal::ServerFull, 2));
        drop(places);
        assert_eq!(figure.get(), 0);
    }

    #[test]
    fn ipv6_is_counted_by_subscriber() {
        let cap = Cap::new(9, 1, Proxies::default(), Gauge::default());
        let _place = cap.admit(address("2001:db8:0:1::1")).unwrap();
        assert!(cap.admit(address("2001:db8:0:1:ffff::9")).is_none());
        assert!(cap.admit(address("2001:db8:0:2::1")).is_some());
    }

    #[test]
    fn a_closed_connection_gives_its_place_back() {
        let cap = Cap::new(9, 1, Proxies::default(), Gauge::default());
        drop(cap.admit(address("192.0.2.1")).unwrap());
        assert!(cap.counts().is_empty(), "a network without connections is remembered");
        assert!(cap.admit(address("192.0.2.1")).is_some());
    }

    #[test]
    fn a_declared_proxy_is_not_counted() {
        let proxies = Proxies::parse("10.0.0.0/8").unwrap();
        let cap = Cap::new(9, 1, proxies, Gauge::default());
        let places: Vec<_> = (0..5).map(|_| cap.admit(address("10.0.0.1"))).collect();
        assert!(places.iter().all(Option::is_some));
    }
}
