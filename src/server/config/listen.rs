//! Where the server listens, and which proxies it believes.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::catalogue::{LISTEN_ADDRESS, LISTEN_BEHIND_PROXY, LISTEN_REDIRECT_ADDRESS};
use super::reader::Reader;

#[derive(Clone, Debug)]
pub struct Listen {
    pub address: SocketAddr,
    /// A plain HTTP listener that only sends people on to the site's address.
    pub redirect_address: Option<SocketAddr>,
    pub behind_proxy: Proxies,
}

/// The networks of the reverse proxies that the operator has declared. Only a request whose peer
/// is among them may say in a header where it came from.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// One address or network.
    ///
    /// # Errors
    /// A sentence for the operator, when `text` is neither or means everybody.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse_network(text).map(|network| Self(vec![network]))
    }

    #[must_use]
    pub fn is_declared(&self) -> bool {
        !self.0.is_empty()
    }

    /// IPv4 addresses in IPv6 clothes (`::ffff:192.0.2.1`) count as what they are.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl Listen {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            address: reader.text(&LISTEN_ADDRESS, parse_address),
            redirect_address: reader.optional_text(&LISTEN_REDIRECT_ADDRESS, parse_address),
            behind_proxy: Proxies(reader.list(&LISTEN_BEHIND_PROXY, parse_network)),
        }
    }
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "must be an IP address with a port, such as 127.0.0.1:8080, 0.0.0.0:443 or \
             [::]:443, not {text:?}."
        )
    })
}

fn parse_network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
        format!(
            "must hold the proxy's IP addresses or networks, such as 10.0.0.5 or \
                 10.0.0.0/24, not {text:?}."
        )
    })?;
    if network.prefix_len() == 0 {
        return Err(format!(
            "{text} would believe every machine in the world what it says about its own address. \
             Name the proxy's own network."
        ));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_known_by_address_and_by_network() {
        let proxies = Proxies(vec![parse_network("10.0.0.0/24").unwrap(), parse_network("::1").unwrap()]);
        for known in ["10.0.0.77", "::ffff:10.0.0.77", "::1"] {
            assert!(proxies.contains(known.parse().unwrap()), "{known}");
        }
        for stranger in ["10.0.1.1", "::2"] {
            assert!(!proxies.contains(stranger.parse().unwrap()), "{stranger}");
        }
    }

    #[test]
    fn a_proxy_of_every_address_is_refused() {
        assert!(parse_network("0.0.0.0/0").is_err());
        assert!(parse_network("::/0").is_err());
    }

    #[test]
    fn an_address_needs_a_port_and_no_name() {
        for wrong in ["8080", "localhost:8080", "127.0.0.1", "127.0.0.1:99999"] {
            assert!(parse_address(wrong).is_err(), "{wrong} was taken");
        }
    }
}
