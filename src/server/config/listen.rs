//! Where the server listens, and which proxies it believes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use url::Host;

use super::catalogue::{
    LISTEN_ADDRESS, LISTEN_BEHIND_PROXY, LISTEN_CLIENT_HEADER, LISTEN_HOSTS, LISTEN_PROXY_PROTOCOL, LISTEN_REDIRECT_ADDRESS,
};
use super::reader::Reader;
use crate::server::forwarded::ClientHeader;

#[derive(Clone, Debug)]
pub struct Listen {
    pub address: Endpoint,
    /// A plain HTTP listener that only sends people on to the site's address.
    pub redirect_address: Option<Endpoint>,
    pub behind_proxy: Proxies,
    /// In which header a declared proxy tells whose request it passes on.
    pub client_header: ClientHeader,
    pub proxy_protocol: ProxyProtocol,
    /// Names beside that of the site's address under which it is asked for, in lower case.
    pub hosts: Vec<String>,
}

/// Where a listener gets its connections from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Network(SocketAddr),
    /// A Unix socket, made by us at this path. Only a proxy on this machine can reach it.
    Socket(PathBuf),
    /// A socket that the service manager has opened (systemd.socket(5)).
    Inherited,
}

/// Whether connections begin with a header of the PROXY protocol (`HAProxy`, versions 1 and 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyProtocol {
    Off,
    /// Every connection comes from a declared proxy and begins with the header, or it is closed.
    Required,
}

impl Endpoint {
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "systemd" {
            return Ok(Self::Inherited);
        }
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            if !path.is_absolute() {
                return Err(format!(
                    "must name a Unix socket by its whole path, such as unix:/run/locutory/http.sock, not {text:?}."
                ));
            }
            return Ok(Self::Socket(path));
        }
        text.parse().map(Self::Network).map_err(|_| {
            format!(
                "must be an IP address with a port, such as 127.0.0.1:8080, 0.0.0.0:443 or \
                 [::]:443, a Unix socket (unix:/run/locutory/http.sock), or systemd, not {text:?}."
            )
        })
    }

    /// The address, where it is one of a network.
    #[must_use]
    pub fn network(&self) -> Option<SocketAddr> {
        match self {
            Self::Network(address) => Some(*address),
            Self::Socket(_) | Self::Inherited => None,
        }
    }

    fn is_loopback(&self) -> bool {
        self.network().is_some_and(|address| address.ip().to_canonical().is_loopback())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(address) => write!(formatter, "{address}"),
            Self::Socket(path) => write!(formatter, "unix:{}", path.display()),
            Self::Inherited => formatter.write_str("systemd"),
        }
    }
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
            address: reader.text(&LISTEN_ADDRESS, Endpoint::parse),
            redirect_address: reader.optional_text(&LISTEN_REDIRECT_ADDRESS, Endpoint::parse),
            behind_proxy: Proxies(reader.list(&LISTEN_BEHIND_PROXY, parse_network)),
            client_header: reader.text(&LISTEN_CLIENT_HEADER, ClientHeader::parse),
            proxy_protocol: reader.text(&LISTEN_PROXY_PROTOCOL, parse_proxy_protocol),
            hosts: reader.list(&LISTEN_HOSTS, parse_host),
        }
    }

    /// Whether all connections come through a proxy of the operator's, as far as the settings tell: what a service
    /// manager hands over shows only when it is there, and [`Listeners::bind`](crate::server::listen::Listeners::bind)
    /// judges it.
    #[must_use]
    pub fn is_behind_proxy(&self) -> bool {
        self.behind_proxy.is_declared() || self.address.network().is_none()
    }

    /// Whether nobody beyond this machine can listen in on what comes in here.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.address.is_loopback() || self.is_behind_proxy()
    }

    /// Whether only this machine's own programs reach the site, without a proxy between.
    #[must_use]
    pub fn is_for_this_machine(&self) -> bool {
        self.address.is_loopback() && !self.is_behind_proxy()
    }
}

fn parse_proxy_protocol(text: &str) -> Result<ProxyProtocol, String> {
    match text {
        "off" => Ok(ProxyProtocol::Off),
        "required" => Ok(ProxyProtocol::Required),
        _ => Err(format!("must be \"off\" or \"required\", not {text:?}.")),
    }
}

fn parse_host(text: &str) -> Result<String, String> {
    let host = Host::parse(text).ok().filter(|_| !text.contains('*'));
    host.map(|host| host.to_string())
        .ok_or_else(|| format!("must hold names of hosts without scheme and port, such as talk.example.org, not {text:?}."))
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
    fn an_address_is_shown_as_it_is_written() {
        for text in ["127.0.0.1:8080", "[::]:443", "unix:/run/locutory/http.sock", "systemd"] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_host_is_a_name_and_nothing_else() {
        assert_eq!(parse_host("Talk.Example.ORG").unwrap(), "talk.example.org");
        for wrong in ["https://talk.example.org", "talk.example.org:443", "talk.example.org/", "*.example.org", ""] {
            assert!(parse_host(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn a_proxy_of_every_address_is_refused() {
        assert!(parse_network("0.0.0.0/0").is_err());
        assert!(parse_network("::/0").is_err());
    }

    #[test]
    fn an_address_needs_a_port_and_no_name() {
        for wrong in ["8080", "localhost:8080", "127.0.0.1", "127.0.0.1:99999", "unix:", "unix:http.sock", "unix"] {
            assert!(Endpoint::parse(wrong).is_err(), "{wrong} was taken");
        }
    }
}
