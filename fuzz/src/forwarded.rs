//! Where a request comes from, by what proxies and strangers write into headers.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use locutory::server::{config::Proxies, layers::client};

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Each line is one header's value; one that begins with `!` goes into `Forwarded`.
///
/// # Panics
/// A stranger was believed, or a proxy was told to be the client of somebody else, or an address came from nowhere.
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
    assert_eq!(client::address(STRANGER, &headers, &proxies), STRANGER, "a stranger was believed");
    let found = client::address(PROXY, &headers, &proxies);
    assert_eq!(found, found.to_canonical(), "an address has two forms");
    assert!(found == PROXY || !proxies.contains(found), "a proxy is taken for a client: {found}");
    assert!(found == PROXY || stands_in(&headers, found), "{found} stands in no header");
}

fn stands_in(headers: &HeaderMap, address: IpAddr) -> bool {
    let texts = headers.values().filter_map(|value| value.to_str().ok());
    let mut words = texts.flat_map(|text| text.split([',', ';', '=', ' ', '\t', '"', '[', ']']));
    words.any(|word| word.parse::<IpAddr>().is_ok_and(|word| word.to_canonical() == address))
}
