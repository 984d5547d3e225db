//! Where figures for a monitoring program are served: never where the public is.

use std::net::IpAddr;

use super::{
    catalogue::METRICS_ADDRESS,
    listen::{Endpoint, Listen},
    reader::Reader,
};

pub(super) fn read(reader: &mut Reader, listen: &Listen) -> Option<Endpoint> {
    let address = reader.optional_text(&METRICS_ADDRESS, parse)?;
    let public = [Some(&listen.address), listen.redirect_address.as_ref()].into_iter().flatten();
    if let Some(own) = address.network()
        && own.port() != 0
        && public.filter_map(Endpoint::network).any(|public| public.port() == own.port())
    {
        reader.complain(&METRICS_ADDRESS, "must have a port of its own: the other serves the public.");
        return None;
    }
    Some(address)
}

fn parse(text: &str) -> Result<Endpoint, String> {
    match Endpoint::parse(text) {
        Ok(Endpoint::Network(address)) if !is_private(address.ip()) => Err(format!(
            "{address} can be reached from public networks, and whoever reads the figures learns who is under attack. Choose \
             loopback, an address of a private network (RFC 1918, RFC 4193), or a socket."
        )),
        Ok(Endpoint::Inherited) | Err(_) => {
            Err(format!("must be an address such as \"127.0.0.1:9464\" or \"unix:/run/locutory/metrics.sock\", not {text:?}."))
        }
        Ok(endpoint) => Ok(endpoint),
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
        for bad in
            ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "[2001:db8::1]:1", "9464", "unix:m.sock", "localhost:1", "systemd"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
