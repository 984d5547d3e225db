//! What an operator hears of settings of ACME.

use super::super::{Config, FileChoice, Sources, Tls};
use super::*;

fn sources(text: &str, variables: &[(&str, &str)]) -> Sources {
    let text: &'static str = String::leak(text.to_owned());
    let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Sources { file: FileChoice::Text(text), environment, ..Sources::default() }
}

fn complaints(text: &str) -> Vec<String> {
    let refused = Config::load(sources(text, &[])).err();
    refused.iter().flatten().map(ToString::to_string).collect()
}

/// A whole configuration, with these lines of `[tls]` and these of `[listen]`.
fn with(tls: &str, listen: &str) -> String {
    format!(
        "[site]\naddress = 'https://talk.example.org'\n[listen]\naddress = '0.0.0.0:443'\n{listen}\n\
         [tls]\nmode = 'acme'\n{tls}"
    )
}

const AGREED: &str = "acme_terms_agreed = true\n";

#[test]
fn a_directory_is_named_or_an_address_over_tls() {
    assert_eq!(Directory::parse("letsencrypt").unwrap().as_str(), LETS_ENCRYPT);
    assert_eq!(Directory::parse("letsencrypt-staging").unwrap().as_str(), LETS_ENCRYPT_STAGING);
    assert!(Directory::parse("https://ca.example.org/acme/directory").is_ok());
    for wrong in ["http://ca.example.org/directory", "staging", "https://", "file:///etc"] {
        assert!(Directory::parse(wrong).is_err(), "{wrong} was taken");
    }
}

#[test]
fn names_are_whole_and_in_ascii() {
    assert_eq!(parse_name("Bücher.example.org").unwrap(), "xn--bcher-kva.example.org");
    for wrong in ["*.example.org", "10.0.0.1", "[::1]", "localhost", "a b"] {
        assert!(parse_name(wrong).is_err(), "{wrong} was taken");
    }
}

#[test]
fn the_public_authority_is_asked_where_no_other_is_named() {
    let config = Config::load(sources(&with(AGREED, ""), &[])).unwrap();
    let Tls::Acme(acme) = &config.tls else { panic!("{:?}", config.tls) };
    assert_eq!((acme.directory.as_str(), acme.challenge), (LETS_ENCRYPT, ChallengeKind::TlsAlpn));
}

#[test]
fn terms_must_be_agreed_to_and_it_is_said_where_they_stand() {
    for not_agreed in ["", "acme_terms_agreed = false"] {
        let said = complaints(&with(not_agreed, ""));
        assert!(said[0].starts_with("tls.acme_terms_agreed") && said[0].contains(LETS_ENCRYPT_TERMS), "{said:?}");
    }
    let other = complaints(&with("acme_directory = 'https://ca.example.org/directory'", ""));
    assert!(other[0].contains("https://ca.example.org/directory") && other[0].contains("termsOfService"), "{other:?}");
    let text = complaints(&with("acme_terms_agreed = 'true'", ""));
    assert!(text[0].contains("must be true or false"), "{text:?}");
    Config::load(sources(&with("", ""), &[("LOCUTORY_TLS__ACME_TERMS_AGREED", "true")])).unwrap();
}

#[test]
fn the_challenge_of_the_plain_port_needs_a_plain_port() {
    let http = format!("{AGREED}acme_challenge = 'http-01'");
    let said = complaints(&with(&http, ""));
    assert!(said[0].starts_with("listen.redirect_address") && said[0].contains("tls-alpn-01"), "{said:?}");
    assert_eq!(complaints(&with(&http, "redirect_address = '0.0.0.0:80'")), Vec::<String>::new());
}

#[test]
fn only_names_that_the_world_can_look_up_are_certified() {
    for site in ["https://localhost", "https://10.0.0.1", "https://[2001:db8::1]"] {
        let said = complaints(&with(AGREED, "").replace("https://talk.example.org", site));
        assert!(said[0].starts_with("site.address") && said[0].contains("public host name"), "{site}: {said:?}");
    }
}

#[test]
fn the_key_of_a_binding_never_stands_in_the_configuration_file() {
    let said = complaints(&with(&format!("{AGREED}acme_eab_key_id = 'kid'\nacme_eab_hmac_key = 'hunter2'"), ""));
    assert!(said[0].contains("LOCUTORY_TLS__ACME_EAB_HMAC_KEY") && !said.concat().contains("hunter2"), "{said:?}");
    let half = complaints(&with(&format!("{AGREED}acme_eab_key_id = 'kid'"), ""));
    assert!(half[0].starts_with("tls.acme_eab_hmac_key_file"), "{half:?}");
    let other_half = complaints(&with(&format!("{AGREED}acme_eab_hmac_key_file = '/k'"), ""));
    assert!(other_half[0].starts_with("tls.acme_eab_key_id"), "{other_half:?}");
}

#[test]
fn what_would_do_nothing_is_refused() {
    for useless in [AGREED, "acme_names = ['www.example.org']", "acme_challenge = 'http-01'", "acme_ca_file = '/r'"] {
        let said = complaints(&format!("[tls]\n{useless}"));
        assert!(said.len() == 1 && said[0].contains("is of no use"), "{said:?}");
    }
}
