//! Where a request comes from: the peer's address, or, when the peer is a proxy the operator has
//! declared, the right-most address in `X-Forwarded-For` that is no declared proxy. Whatever stands
//! to the left of that was written by the client and is worth nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, header},
    middleware::Next,
    response::Response,
};

use crate::server::{app::App, config::Proxies, visit::Client};

const LONGEST_AGENT: usize = 200;

/// Puts the [`Client`] into the request's extensions.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = peer(request.extensions());
    let client =
        Client { address: address(peer, request.headers(), &app.config().listen.behind_proxy), agent: agent(request.headers()) };
    request.extensions_mut().insert(client);
    next.run(request).await
}

fn peer(extensions: &Extensions) -> IpAddr {
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    extensions.get::<ConnectInfo<SocketAddr>>().map_or(unknown, |connection| connection.0.ip().to_canonical())
}

/// Where a request comes from, by its peer and its headers.
#[must_use]
pub fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    if !proxies.contains(peer) {
        return peer;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for entry in forwarded.into_iter().rev() {
        match entry.trim().parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if proxies.contains(address) => {}
            Ok(address) => return address,
            Err(_) => return peer,
        }
    }
    peer
}

fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(LONGEST_AGENT).collect()
}
