//! The other end of a connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Of whoever comes over a socket, which has none.
pub const NO_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Who has opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    Network(SocketAddr),
    /// A program on this machine, over a Unix socket that its owner and group alone can open: the operator's proxy.
    Socket,
    /// A declared proxy, with its address, that says by the PROXY protocol that it asks for itself or knows of no client:
    /// what its headers tell may be a client's own words.
    Proxy(IpAddr),
}
