//! Where a request comes from: the peer's address, or, when the peer is a proxy the operator has declared, what that
//! says; see [`forwarded`]. Whoever can open our Unix socket is such a proxy.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, header},
    middleware::Next,
    response::Response,
};

use crate::server::{
    app::App,
    config::Listen,
    forwarded,
    peer::{NO_ADDRESS, Peer},
    visit::Client,
};

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
    let nobody = Peer::Network(SocketAddr::new(NO_ADDRESS, 0));
    extensions.get().copied().unwrap_or(nobody)
}

fn address(peer: Peer, headers: &HeaderMap, listen: &Listen) -> IpAddr {
    let own = match peer {
        Peer::Network(address) => address.ip().to_canonical(),
        Peer::Socket => NO_ADDRESS,
        Peer::Proxy(address) => return address.to_canonical(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::{Endpoint, Proxies, ProxyProtocol};
    use crate::server::forwarded::ClientHeader;

    #[test]
    fn a_proxy_that_asks_for_itself_names_nobody() {
        let listen = Listen {
            address: Endpoint::parse("127.0.0.1:80").unwrap(),
            redirect_address: None,
            behind_proxy: Proxies::parse("10.0.0.1").unwrap(),
            client_header: ClientHeader::XForwardedFor,
            proxy_protocol: ProxyProtocol::Required,
            hosts: Vec::new(),
        };
        let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), "203.0.113.7".parse().unwrap())]);
        let from = |peer| address(peer, &headers, &listen).to_string();
        assert_eq!(from(Peer::Proxy("10.0.0.1".parse().unwrap())), "10.0.0.1");
        assert_eq!(from(Peer::Proxy(NO_ADDRESS)), "0.0.0.0");
        assert_eq!(from(Peer::Network("10.0.0.1:1".parse().unwrap())), "203.0.113.7");
        assert_eq!(from(Peer::Socket), "203.0.113.7");
    }
}
