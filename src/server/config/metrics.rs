//! Where figures for a monitoring program are served: never where the public is.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use super::{
    catalogue::METRICS_ADDRESS,
    listen::{Endpoint, Listen},
    reader::Reader,
};

/// A place that only this machine, or a private network of the operator's choice, can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricsAddress {
    Port(SocketAddr),
    /// A socket in the file system.
    Socket(PathBuf),
}

impl fmt::Display for MetricsAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(address) => write!(formatter, "{address}"),
            Self::Socket(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

pub(super) fn read(reader: &mut Reader, listen: &Listen) -> Option<MetricsAddress> {
    let address = reader.optional_text(&METRICS_ADDRESS, parse)?;
    let public = [Some(&listen.address), listen.redirect_address.as_ref()].into_iter().flatten();
    if let MetricsAddress::Port(port) = address
        && port.port() != 0
        && public.filter_map(Endpoint::network).any(|public| public.port() == port.port())
    {
        reader.complain(&METRICS_ADDRESS, "must have a port of its own: the other serves the public.");
        return None;
    }
    Some(address)
}

fn parse(text: &str) -> Result<MetricsAddress, String> {
    if let Some(path) = text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
        return Ok(MetricsAddress::Socket(PathBuf::from(path)));
    }
    let wrong = || format!("must be an address such as \"127.0.0.1:9464\" or \"unix:/run/locutory/metrics.sock\", not {text:?}.");
    let address: SocketAddr = text.parse().map_err(|_| wrong())?;
    if is_private(address.ip()) {
        Ok(MetricsAddress::Port(address))
    } else {
        Err(format!(
            "{address} can be reached from public networks, and whoever reads the figures learns who is under attack. Choose \
             loopback, an address of a private network (RFC 1918, RFC 4193), or a socket."
        ))
    }
}

fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_served_where_the_public_is_not() {
        for good in ["127.0.0.1:9464", "[::1]:9464", "10.0.0.7:9464", "192.168.1.2:1", "[fd00::1]:9464", "unix:/run/m.sock"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "[2001:db8::1]:1", "9464", "unix:m.sock", "localhost:1"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
