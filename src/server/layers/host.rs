//! Answers only who asks for this site by its name: whoever asks for another is told so (421, RFC 9110 section 15.5.20),
//! before anything else of the request is looked at. No page of ours can then be shown under a name of somebody else's,
//! which is how DNS rebinding reaches sites that are meant for one machine.
//!
//! A request names its host once: HTTP/1.1 without `Host`, two of them, or a target that says otherwise than `Host`, is
//! malformed (400, RFC 9112 section 3.2). Ports are not compared: proxies and containers change them, and nothing here
//! goes by them. `/healthz` and `/readyz` are answered under every name, as whoever watches the program asks by address;
//! they tell nothing.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, Version, header, uri::Authority},
    middleware::Next,
    response::Response,
};

use crate::server::{config::Config, health, refusals::Refusal};

/// The names under which the site answers, in lower case.
#[derive(Clone, Debug)]
pub struct Hosts(Arc<[String]>);

/// What a site for this machine alone may be called as well.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Hosts {
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let own = config.site.address.host().to_owned();
        let loopback = LOOPBACK.iter().filter(|_| config.site.address.is_loopback()).map(|name| (*name).to_owned());
        Self([own].into_iter().chain(config.listen.hosts.iter().cloned()).chain(loopback).collect())
    }

    fn contain(&self, name: &str) -> bool {
        self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// How a request names its host.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    /// Without its port.
    Once(String),
    /// Not at all, as HTTP/1.0 allows.
    Never,
    Malformed,
}

pub async fn layer(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let is_health = health::PATHS.contains(&request.uri().path());
    match named(request.version(), request.uri(), request.headers()) {
        Named::Malformed => Refusal::ForeignHost.answer(StatusCode::BAD_REQUEST, "A request names one host, in one way.\n"),
        Named::Once(name) if is_health || hosts.contain(&name) => next.run(request).await,
        Named::Never if is_health => next.run(request).await,
        Named::Once(_) | Named::Never => Refusal::ForeignHost
            .answer(StatusCode::MISDIRECTED_REQUEST, "There is no site of that name here. Please check the address.\n"),
    }
}

fn named(version: Version, target: &Uri, headers: &HeaderMap) -> Named {
    let target = target.authority();
    let mut values = headers.get_all(header::HOST).iter();
    let host = match (values.next(), values.next()) {
        (None, _) => None,
        (Some(value), None) => match value.to_str().ok().and_then(|text| text.parse::<Authority>().ok()) {
            Some(authority) => Some(authority),
            None => return Named::Malformed,
        },
        (Some(_), Some(_)) => return Named::Malformed,
    };
    match (target, host) {
        // HTTP/1.1 needs `Host` whatever its target is.
        (_, None) if version == Version::HTTP_11 => Named::Malformed,
        (None, None) => Named::Never,
        (Some(one), Some(other)) if !one.as_str().eq_ignore_ascii_case(other.as_str()) => Named::Malformed,
        (Some(authority), _) => once(authority),
        (None, Some(authority)) => once(&authority),
    }
}

fn once(authority: &Authority) -> Named {
    // Nobody's name stands in front of a host here.
    if authority.as_str().contains('@') { Named::Malformed } else { Named::Once(authority.host().to_owned()) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(version: Version, target: &str, hosts: &[&str]) -> Named {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_str(host).unwrap());
        }
        named(version, &target.parse().unwrap(), &headers)
    }

    #[test]
    fn a_host_is_named_once_and_without_its_port() {
        let once = |name: &str| Named::Once(name.to_owned());
        assert_eq!(asked(Version::HTTP_11, "/", &["talk.example"]), once("talk.example"));
        assert_eq!(asked(Version::HTTP_11, "/", &["talk.example:8080"]), once("talk.example"));
        assert_eq!(asked(Version::HTTP_11, "/", &["[::1]:8080"]), once("[::1]"));
        assert_eq!(asked(Version::HTTP_2, "https://talk.example/", &[]), once("talk.example"));
        assert_eq!(asked(Version::HTTP_11, "http://talk.example/", &["talk.example"]), once("talk.example"));
        assert_eq!(asked(Version::HTTP_10, "/", &[]), Named::Never);
    }

    #[test]
    fn what_names_no_host_or_two_is_malformed() {
        for (version, target, hosts) in [
            (Version::HTTP_11, "/", &[][..]),
            (Version::HTTP_11, "http://talk.example/", &[]),
            (Version::HTTP_11, "/", &["talk.example", "talk.example"]),
            (Version::HTTP_11, "/", &["talk.example, evil.example"]),
            (Version::HTTP_11, "/", &["evil@talk.example"]),
            (Version::HTTP_11, "/", &[""]),
            (Version::HTTP_11, "http://talk.example/", &["evil.example"]),
            (Version::HTTP_11, "http://evil.example/", &["talk.example"]),
            (Version::HTTP_2, "https://talk.example/", &["evil.example"]),
        ] {
            assert_eq!(asked(version, target, hosts), Named::Malformed, "{version:?} {target} {hosts:?}");
        }
    }
}
