//! Whose request a proxy passes on: `X-Forwarded-For`, or `Forwarded` of RFC 7239.
//!
//! **Promises.** Only what stands behind the last declared proxy is believed: entries are read from the right, and the
//! first that is no declared proxy is the client. Whatever stands to the left of that was written by the client and is
//! never looked at. One header is read, the one that the operator names; the other is a stranger's, as a proxy that does
//! not write it passes it on as it came, so there is no guessing between two. A last entry that is no address
//! (`unknown`, an obfuscated name, nonsense) is no answer, and then the request is the proxy's own. No text panics.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

/// The header in which the operator's proxies tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientHeader {
    XForwardedFor,
    Forwarded,
}

/// The name of somebody who passed a request on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Address(IpAddr),
    /// `unknown`, a name that hides its owner (RFC 7239, section 6.3), or something that cannot be read.
    Hidden,
}

impl ClientHeader {
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(format!("must be \"x-forwarded-for\" or \"forwarded\", not {text:?}.")),
        }
    }

    const fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Self::Forwarded => header::FORWARDED,
        }
    }

    /// Everybody whom the header names, from the first to the last.
    #[must_use]
    pub fn nodes(self, text: &str) -> Vec<Node> {
        match self {
            Self::XForwardedFor => text.split(',').map(node).collect(),
            Self::Forwarded => split_unquoted(text, ',').into_iter().map(element).collect(),
        }
    }
}

/// The client of a request that a declared proxy has passed on; none where the header does not tell.
#[must_use]
pub fn client(headers: &HeaderMap, which: ClientHeader, is_proxy: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    for value in headers.get_all(which.name()).iter().rev() {
        // What is no text is nobody's name; going on to the left of it would believe the client.
        let nodes = value.to_str().map_or_else(|_| vec![Node::Hidden], |text| which.nodes(text));
        for node in nodes.into_iter().rev() {
            match node {
                Node::Address(address) if is_proxy(address) => {}
                Node::Address(address) => return Some(address),
                Node::Hidden => return None,
            }
        }
    }
    None
}

/// One element of `Forwarded`: pairs of which `for` names the client. None, or two, name nobody.
fn element(text: &str) -> Node {
    let mut named = split_unquoted(text, ';').into_iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
    });
    match (named.next(), named.next()) {
        (Some(value), None) => unquoted(value).map_or(Node::Hidden, |text| node(&text)),
        _ => Node::Hidden,
    }
}

/// An address with or without a port; IPv6 with a port, and in `Forwarded` always, stands in brackets.
fn node(text: &str) -> Node {
    let text = text.trim();
    // A zone means something on its own machine only (RFC 4007, section 11.2).
    if text.contains('%') {
        return Node::Hidden;
    }
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip())),
    };
    address.map_or(Node::Hidden, |address: IpAddr| Node::Address(address.to_canonical()))
}

/// Splits where the sign does not stand in a quoted string (RFC 9110, section 5.6.4).
fn split_unquoted(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut begin, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (place, found) in text.char_indices() {
        match found {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if found == sign && !is_quoted => {
                parts.push(&text[begin..place]);
                begin = place + found.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// A token as it is, a quoted string without its quotes and escapes; nothing where the quotes do not close.
fn unquoted(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let (mut plain, mut signs) = (String::new(), rest.chars());
    while let Some(sign) = signs.next() {
        match sign {
            '"' => return signs.next().is_none().then_some(plain),
            '\\' => plain.push(signs.next()?),
            _ => plain.push(sign),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn found(which: ClientHeader, values: &[&str]) -> Option<IpAddr> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(which.name(), HeaderValue::from_str(value).unwrap());
        }
        client(&headers, which, |address| address.to_string().starts_with("10."))
    }

    #[test]
    fn the_right_most_that_is_no_proxy_is_the_client() {
        for (values, expected) in [
            (&["203.0.113.7"][..], Some("203.0.113.7")),
            (&["1.1.1.1, 203.0.113.7"], Some("203.0.113.7")),
            (&["203.0.113.7, 10.0.0.2 , 10.0.0.1"], Some("203.0.113.7")),
            (&["1.1.1.1", "203.0.113.7, 10.0.0.2"], Some("203.0.113.7")),
            (&["203.0.113.7:4711"], Some("203.0.113.7")),
            (&["2001:db8::7"], Some("2001:db8::7")),
            (&["[2001:db8::7]:443"], Some("2001:db8::7")),
            (&["::ffff:203.0.113.7"], Some("203.0.113.7")),
            (&["203.0.113.7, unknown"], None),
            (&["203.0.113.7, "], None),
            (&["10.0.0.1"], None),
            (&[], None),
        ] {
            assert_eq!(found(ClientHeader::XForwardedFor, values), expected.map(address), "{values:?}");
        }
    }

    #[test]
    fn the_standard_form_is_read_with_its_quotes_brackets_ports_and_hidden_names() {
        for (values, expected) in [
            (&["for=203.0.113.7"][..], Some("203.0.113.7")),
            (&["For=\"203.0.113.7:80\";proto=https;by=10.0.0.1"], Some("203.0.113.7")),
            (&["for=1.1.1.1, for=203.0.113.7;host=\"a,for=2.2.2.2\""], Some("203.0.113.7")),
            (&["for=\"[2001:db8::7]:4711\""], Some("2001:db8::7")),
            (&["for=\"[2001:db8::7]\", for=10.0.0.1"], Some("2001:db8::7")),
            (&["for=1.1.1.1, for=unknown"], None),
            (&["for=1.1.1.1, for=\"[2001:db8::7%1]:4711\""], None),
            (&["for=1.1.1.1, for=_hidden"], None),
            (&["for=1.1.1.1, proto=https"], None),
            (&["for=1.1.1.1;for=2.2.2.2"], None),
            (&["for=\"1.1.1.1"], None),
            (&["for=\"203.0.113.\\7\""], Some("203.0.113.7")),
        ] {
            assert_eq!(found(ClientHeader::Forwarded, values), expected.map(address), "{values:?}");
        }
    }

    #[test]
    fn the_header_that_the_operator_does_not_name_is_not_read() {
        let headers = HeaderMap::from_iter([(header::FORWARDED, HeaderValue::from_static("for=203.0.113.7"))]);
        assert_eq!(client(&headers, ClientHeader::XForwardedFor, |_| false), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".*", bits in "[a-zA-Z0-9=;,:\\\\\"\\[\\]. ]{0,60}") {
            for which in [ClientHeader::XForwardedFor, ClientHeader::Forwarded] {
                prop_assert!(!which.nodes(&text).is_empty());
                prop_assert!(!which.nodes(&bits).is_empty());
            }
        }

        #[test]
        fn what_a_client_writes_in_front_changes_nothing(forged in "[ -~]{0,60}", last in any::<[u8; 4]>()) {
            let last = IpAddr::from(last);
            let entry = last.to_string();
            prop_assume!(!entry.starts_with("10."));
            prop_assert_eq!(found(ClientHeader::XForwardedFor, &[&format!("{forged}, {entry}")]), Some(last));
            prop_assert_eq!(found(ClientHeader::XForwardedFor, &[&forged, &entry]), Some(last));
            prop_assert_eq!(found(ClientHeader::Forwarded, &[&forged, &format!("for={entry}")]), Some(last));
        }
    }
}
