//! The other end of a connection.

use std::net::SocketAddr;

/// Who has opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    Network(SocketAddr),
    /// A program on this machine, over a Unix socket that its owner and group alone can open: the operator's proxy.
    Socket,
}
