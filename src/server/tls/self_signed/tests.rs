//! What a browser sees that was given the authority once.

use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{Error, RootCertStore};

use super::super::pair::Fingerprint;
use super::*;
use crate::server::config::catalogue::{DATA_FOLDER, SITE_ADDRESS, TLS_MODE};
use crate::server::config::{Flag, Sources};

fn own(folder: &Path, site: &str) -> SelfSigned {
    let flag = |setting, value: String| Flag { setting, name: "--test", value };
    let flags = vec![
        flag(&DATA_FOLDER, folder.display().to_string()),
        flag(&TLS_MODE, "self-signed".to_owned()),
        flag(&SITE_ADDRESS, site.to_owned()),
    ];
    SelfSigned::of(&Config::load(Sources::of_flags(flags)).unwrap())
}

fn made(folder: &Path, site: &str) -> SelfSigned {
    let own = own(folder, site);
    own.ensure(OffsetDateTime::now_utc()).unwrap();
    own
}

fn fingerprint(own: &SelfSigned) -> Fingerprint {
    own.files.read().unwrap().fingerprint()
}

fn authority(own: &SelfSigned) -> String {
    fs::read_to_string(own.authority_file()).unwrap()
}

/// Whether a browser that was given `authority` believes that this chain is `name`'s.
fn verify(authority: &str, chain: &[CertificateDer<'static>], name: &str, now: OffsetDateTime) -> Result<(), Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now.unix_timestamp().try_into().unwrap()));
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).map(drop)
}

#[test]
fn whoever_trusts_the_authority_trusts_the_site_and_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let own = made(folder.path(), "https://talk.example.org");
    let chain = own.files.read().unwrap().chain().unwrap();
    for name in ["talk.example.org", "localhost", "127.0.0.1", "::1"] {
        verify(&authority(&own), &chain, name, OffsetDateTime::now_utc()).unwrap();
    }
    verify(&authority(&own), &chain, "other.example.org", OffsetDateTime::now_utc()).unwrap_err();
}

#[test]
fn the_authority_can_vouch_for_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let own = made(folder.path(), "https://talk.example.org");
    let now = OffsetDateTime::now_utc();
    let thief = own.known_authority(now).unwrap();
    for name in ["bank.example", "10.0.0.1"] {
        let key = KeyPair::generate().unwrap();
        let mut wishes = own.wishes(now).unwrap();
        wishes.subject_alt_names = CertificateParams::new([name.to_owned()]).unwrap().subject_alt_names;
        let forged = wishes.signed_by(&key, &thief.issuer).unwrap();
        let refusal = verify(&authority(&own), &[forged.der().clone()], name, now).unwrap_err();
        assert!(format!("{refusal:?}").contains("NameConstraint"), "{refusal:?}");
    }
}

#[test]
fn the_keys_are_closed_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let own = made(folder.path(), "https://talk.example.org");
    for key in [&own.files.key, &own.authority.key] {
        assert_eq!(key.metadata().unwrap().mode() & 0o777, 0o600);
    }
    assert_eq!(own.folder.metadata().unwrap().mode() & 0o777, 0o700);
}

#[test]
fn a_good_certificate_is_used_again_and_an_ending_one_renewed_under_the_same_authority() {
    let folder = tempfile::tempdir().unwrap();
    let own = made(folder.path(), "https://talk.example.org");
    let now = OffsetDateTime::now_utc();
    let (first, trusted) = (fingerprint(&own), authority(&own));
    own.ensure(now + Duration::days(333)).unwrap();
    assert_eq!(fingerprint(&own), first, "it was made anew too early");
    let later = now + Duration::days(335);
    own.ensure(later).unwrap();
    assert_ne!(fingerprint(&own), first, "it was not renewed");
    assert_eq!(authority(&own), trusted, "people would have to trust another authority");
    let after_the_first = now + Duration::days(400);
    verify(&trusted, &own.files.read().unwrap().chain().unwrap(), "talk.example.org", after_the_first).unwrap();
}

#[test]
fn no_certificate_lives_longer_than_a_year_its_backdating_counted() {
    let folder = tempfile::tempdir().unwrap();
    let chain = made(folder.path(), "https://talk.example.org").files.read().unwrap().chain().unwrap();
    let (_, leaf) = parse_x509_certificate(&chain[0]).unwrap();
    let (begins, ends) = (leaf.validity().not_before.to_datetime(), leaf.validity().not_after.to_datetime());
    assert!(begins < OffsetDateTime::now_utc(), "clocks that are behind refuse it");
    assert_eq!(ends - begins, Duration::days(365));
}

#[test]
fn an_authority_that_would_end_before_what_it_signs_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let own = made(folder.path(), "https://talk.example.org");
    let trusted = authority(&own);
    let late = OffsetDateTime::now_utc() + VALIDITY_OF_AUTHORITY - Duration::days(300);
    own.ensure(late).unwrap();
    assert_ne!(authority(&own), trusted);
    verify(&authority(&own), &own.files.read().unwrap().chain().unwrap(), "localhost", late).unwrap();
}

#[test]
fn another_site_address_gets_another_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let one = made(folder.path(), "https://talk.example.org");
    let first = fingerprint(&one);
    let other = made(folder.path(), "https://new.example.org");
    assert_ne!(fingerprint(&one), first);
    let chain = other.files.read().unwrap().chain().unwrap();
    verify(&authority(&other), &chain, "new.example.org", OffsetDateTime::now_utc()).unwrap();
}

#[test]
fn what_is_damaged_is_replaced() {
    for damaged in ["self-signed.key.pem", "self-signed.pem", "authority.pem", "authority.key.pem"] {
        let folder = tempfile::tempdir().unwrap();
        let own = made(folder.path(), "https://talk.example.org");
        fs::write(own.folder.join(damaged), "half a k").unwrap();
        own.ensure(OffsetDateTime::now_utc()).unwrap();
        let pair = own.files.read().unwrap();
        pair.server_config().unwrap();
        verify(&authority(&own), &pair.chain().unwrap(), "localhost", OffsetDateTime::now_utc()).unwrap();
    }
}

#[test]
fn the_lone_certificate_of_a_former_version_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let own = own(folder.path(), "https://talk.example.org");
    fs::create_dir(&own.folder).unwrap();
    let former = rcgen::generate_simple_self_signed(own.names.iter().cloned().collect::<Vec<_>>()).unwrap();
    fs::write(&own.files.certificate, former.cert.pem()).unwrap();
    fs::write(&own.files.key, former.signing_key.serialize_pem()).unwrap();
    own.ensure(OffsetDateTime::now_utc()).unwrap();
    let chain = own.files.read().unwrap().chain().unwrap();
    verify(&authority(&own), &chain, "talk.example.org", OffsetDateTime::now_utc()).unwrap();
}
