//! Rules that need more than one setting to judge.

use super::acme::ChallengeKind;
use super::catalogue::{LISTEN_ADDRESS, LISTEN_PROXY_PROTOCOL, LISTEN_REDIRECT_ADDRESS, SITE_ADDRESS};
use super::listen::{Endpoint, Listen, ProxyProtocol};
use super::reader::Reader;
use super::site::Site;
use super::tls::Tls;

pub(super) fn check(reader: &mut Reader, site: &Site, listen: &Listen, tls: &Tls) {
    // A section that could not be read has defaults in it, and judging those would mislead.
    if reader.has_problem_in(&["listen", "tls"]) {
        return;
    }
    refuse_plain_http_in_public(reader, listen, tls);
    refuse_redirect_without_tls(reader, listen, tls);
    refuse_proxy_headers_of_nobody(reader, listen);
    if !reader.has_problem_in(&["site", "listen"]) {
        refuse_an_address_that_nobody_serves(reader, site, listen, tls);
    }
}

/// Passwords and cookies cross the network in the clear otherwise.
fn refuse_plain_http_in_public(reader: &mut Reader, listen: &Listen, tls: &Tls) {
    let Some(address) = listen.address.network() else { return };
    if *tls == Tls::Off && !listen.is_private() {
        let port = address.port();
        reader.complain(
            &LISTEN_ADDRESS,
            format!(
                "{address} can be reached from other machines, and without TLS everybody on the \
                 way could read the passwords. Choose one: (1) serve TLS, with tls.mode = \
                 \"acme\", \"files\" and your certificate, or \"self-signed\"; (2) declare \
                 the TLS proxy in front of Locutory with listen.behind_proxy; (3) stay on this \
                 machine with listen.address = \"127.0.0.1:{port}\"."
            ),
        );
    }
}

fn refuse_redirect_without_tls(reader: &mut Reader, listen: &Listen, tls: &Tls) {
    if *tls != Tls::Off {
        let has_port = listen.address.network().is_none_or(|address| address.port() != 0);
        let may_be_two = listen.address == Endpoint::Inherited;
        if listen.redirect_address.as_ref() == Some(&listen.address) && has_port && !may_be_two {
            reader
                .complain(&LISTEN_REDIRECT_ADDRESS, "must differ from listen.address: one port cannot speak both HTTP and TLS.");
        }
    } else if listen.redirect_address.is_some() {
        reader.complain(
            &LISTEN_REDIRECT_ADDRESS,
            "sends people from HTTP to TLS, but tls.mode is \"off\". Set tls.mode, or remove this.",
        );
    }
}

/// Every connection would be closed.
fn refuse_proxy_headers_of_nobody(reader: &mut Reader, listen: &Listen) {
    if listen.proxy_protocol == ProxyProtocol::Required && !listen.is_behind_proxy() {
        reader.complain(
            &LISTEN_PROXY_PROTOCOL,
            "is \"required\", but no proxy is declared that could send its header. Name the proxy's addresses in \
             listen.behind_proxy, or set this to \"off\".",
        );
    }
}

/// The scheme of the public address decides over `Secure` cookies and origin checks, so a wrong
/// one would lock everybody out with no hint why.
fn refuse_an_address_that_nobody_serves(reader: &mut Reader, site: &Site, listen: &Listen, tls: &Tls) {
    let address = &site.address;
    if *tls != Tls::Off && !address.is_secure() {
        reader.complain(&SITE_ADDRESS, "must begin with https://, because tls.mode is not \"off\".");
    }
    if *tls == Tls::Off && !listen.is_behind_proxy() {
        if address.is_secure() {
            reader.complain(
                &SITE_ADDRESS,
                "begins with https://, but nothing serves TLS: set tls.mode, or declare the TLS \
                 proxy in front of Locutory with listen.behind_proxy.",
            );
        } else if !address.is_loopback() {
            reader.complain(
                &SITE_ADDRESS,
                "is a plain HTTP address of another machine than this one. Use https:// and set \
                 tls.mode, or declare the proxy in front of Locutory with listen.behind_proxy.",
            );
        }
    }
}

/// An authority certifies names that the world can look up, and asks at ports that it knows.
pub(super) fn check_acme(reader: &mut Reader, site: &Site, listen: &Listen, tls: &Tls) {
    let Tls::Acme(acme) = tls else { return };
    if !reader.has_problem_in(&["site", "listen"]) && site.address.name().is_none() {
        reader.complain(
            &SITE_ADDRESS,
            "must have a public host name, such as https://talk.example.org, because tls.mode is \"acme\": no authority \
             certifies this machine's own names or bare IP addresses.",
        );
    }
    if acme.challenge == ChallengeKind::Http && listen.redirect_address.is_none() && !reader.has_problem_in(&["listen"]) {
        reader.complain(
            &LISTEN_REDIRECT_ADDRESS,
            "must be set, such as \"0.0.0.0:80\", because the authority asks there when tls.acme_challenge is \"http-01\". \
             Set it, or use the challenge \"tls-alpn-01\".",
        );
    }
}
