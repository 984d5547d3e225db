//! Where a request comes from: the peer's address, or, when the peer is a proxy the operator has declared, what that
//! says; see [`forwarded`]. Whoever can open our Unix socket is such a proxy.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, header},
    middleware::Next,
    response::Response,
};

use crate::server::{app::App, config::Listen, forwarded, peer::Peer, visit::Client};

const LONGEST_AGENT: usize = 200;

/// Puts the [`Client`] into the request's extensions.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let client = Client { address: address_of(&request, &app.config().listen), agent: agent(request.headers()) };
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Where a request comes from.
#[must_use]
pub fn address_of(request: &Request, listen: &Listen) -> IpAddr {
    address(peer(request.extensions()), request.headers(), listen)
}

fn peer(extensions: &Extensions) -> Peer {
    let network = |connection: &ConnectInfo<SocketAddr>| Peer::Network(connection.0);
    let nobody = Peer::Network(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
    extensions.get::<Peer>().copied().or_else(|| extensions.get().map(network)).unwrap_or(nobody)
}

fn address(peer: Peer, headers: &HeaderMap, listen: &Listen) -> IpAddr {
    let own = match peer {
        Peer::Network(address) => address.ip().to_canonical(),
        Peer::Socket => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    let is_proxy = |address| listen.behind_proxy.contains(address);
    if peer != Peer::Socket && !is_proxy(own) {
        return own;
    }
    forwarded::client(headers, listen.client_header, is_proxy).unwrap_or(own)
}

fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(LONGEST_AGENT).collect()
}
