//! Where a request comes from, by what proxies and strangers write into headers.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use locutory::server::{
    config::Proxies,
    forwarded::{self, ClientHeader},
};

/// Each line is one header's value; one that begins with `!` goes into `Forwarded`.
///
/// # Panics
/// A proxy was told to be the client of somebody else, or an address came from nowhere.
pub fn examine(data: &[u8]) {
    let Ok(proxies) = Proxies::parse("10.0.0.0/8") else { return };
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(64) {
        let (name, value) = match line.strip_prefix(b"!") {
            Some(rest) => ("forwarded", rest),
            None => ("x-forwarded-for", line),
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    for (which, name) in [(ClientHeader::XForwardedFor, "x-forwarded-for"), (ClientHeader::Forwarded, "forwarded")] {
        let Some(found) = forwarded::client(&headers, which, |address| proxies.contains(address)) else { continue };
        assert_eq!(found, found.to_canonical(), "an address has two forms");
        assert!(!proxies.contains(found), "a proxy is taken for a client: {found}");
        assert!(stands_in(&headers, name, found), "{found} stands in no header that was asked");
    }
}

fn stands_in(headers: &HeaderMap, name: &str, address: IpAddr) -> bool {
    let texts = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    // A quoted string may have any of its characters escaped (RFC 9110, section 5.6.4).
    let texts = texts.map(|text| text.replace('\\', ""));
    texts.into_iter().any(|text| {
        let mut words = text.split([',', ';', '=', ' ', '\t', '"', '[', ']']);
        words.any(|word| read(word).is_some_and(|word| word.to_canonical() == address))
    })
}

fn read(word: &str) -> Option<IpAddr> {
    let with_port = || word.parse::<SocketAddr>().map(|socket| socket.ip()).ok();
    let before_port = || word.rsplit_once(':').and_then(|(address, _)| address.parse().ok());
    word.parse().ok().or_else(with_port).or_else(before_port)
}
