//! What a client sees, without a network: both ends of a handshake in memory.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion,
};

use super::reload::Look;
use super::*;

struct Made {
    certificate: String,
    key: String,
    der: CertificateDer<'static>,
}

fn make() -> Made {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    Made { certificate: made.cert.pem(), key: made.signing_key.serialize_pem(), der: made.cert.der().clone() }
}

fn files_in(folder: &Path) -> PairFiles {
    PairFiles { certificate: folder.join("chain.pem"), key: folder.join("key.pem") }
}

fn write(folder: &Path, certificate: &str, key: &str) {
    let files = files_in(folder);
    fs::write(files.certificate, certificate).unwrap();
    fs::write(&files.key, key).unwrap();
    fs::set_permissions(files.key, fs::Permissions::from_mode(0o600)).unwrap();
}

fn start(folder: &Path) -> Result<(RustlsConfig, Reloader), StartError> {
    Reloader::start(Source::Files(files_in(folder)), OffsetDateTime::now_utc())
}

/// What the client has learned when the handshake is over.
#[derive(Debug, PartialEq, Eq)]
struct Met {
    version: ProtocolVersion,
    protocol: Vec<u8>,
    certificate: CertificateDer<'static>,
}

fn meet(
    server: Arc<ServerConfig>,
    trusted: &CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
    protocols: &[&[u8]],
) -> Met {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let client = shake_hands(client, server);
    Met {
        version: client.protocol_version().unwrap(),
        protocol: client.alpn_protocol().unwrap_or_default().to_vec(),
        certificate: client.peer_certificates().unwrap()[0].clone().into_owned(),
    }
}

fn shake_hands(client: ClientConfig, server: Arc<ServerConfig>) -> ClientConnection {
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets().unwrap();
    }
    client
}

fn served(config: &RustlsConfig, trusted: &CertificateDer<'static>) -> CertificateDer<'static> {
    meet(config.get_inner(), trusted, &TLS13, &[b"h2"]).certificate
}

#[test]
fn both_versions_and_both_protocols_are_spoken() {
    let folder = tempfile::tempdir().unwrap();
    let made = make();
    write(folder.path(), &made.certificate, &made.key);
    let (config, _) = start(folder.path()).unwrap();
    for (version, name) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        for (offered, taken) in
            [(vec![b"http/1.1".as_slice(), b"h2"], b"h2".as_slice()), (vec![b"http/1.1".as_slice()], b"http/1.1")]
        {
            let met = meet(config.get_inner(), &made.der, version, &offered);
            let expected = Met { version: name, protocol: taken.to_vec(), certificate: made.der.clone() };
            assert_eq!(met, expected);
        }
    }
}

#[test]
fn a_key_that_does_not_fit_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &make().certificate, &make().key);
    let refusal = start(folder.path()).unwrap_err().to_string();
    assert!(refusal.starts_with("tls.key:"), "{refusal}");
    assert!(refusal.contains("not the key of the certificate"), "{refusal}");
}

#[test]
fn a_key_that_every_user_of_the_machine_can_read_is_refused_with_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let made = make();
    write(folder.path(), &made.certificate, &made.key);
    let key = files_in(folder.path()).key;
    for (mode, is_refused) in [(0o644, true), (0o604, true), (0o660, true), (0o640, false), (0o400, false)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let started = start(folder.path());
        assert_eq!(started.is_err(), is_refused, "{mode:o}");
        if let Err(refusal) = started {
            let refusal = refusal.to_string();
            assert!(refusal.starts_with("tls.key:") && refusal.contains("chmod 600"), "{refusal}");
            assert_eq!(files_in(folder.path()).problems().len(), 1, "a check says it too");
        }
    }
}

#[test]
fn files_that_are_missing_or_something_else_stop_the_start_and_are_named() {
    let made = make();
    for (certificate, key, setting) in [
        ("", made.key.as_str(), "tls.certificate:"),
        (made.key.as_str(), made.key.as_str(), "tls.certificate:"),
        (made.certificate.as_str(), "", "tls.key:"),
        (made.certificate.as_str(), made.certificate.as_str(), "tls.key:"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), certificate, key);
        let refusal = start(folder.path()).unwrap_err().to_string();
        assert!(refusal.starts_with(setting), "{refusal}");
    }
    let empty = tempfile::tempdir().unwrap();
    let refusal = start(empty.path()).unwrap_err().to_string();
    assert!(refusal.contains("chain.pem cannot be read"), "{refusal}");
}

#[test]
fn changed_files_are_served_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (make(), make());
    write(folder.path(), &old.certificate, &old.key);
    let (config, mut reloader) = start(folder.path()).unwrap();
    assert!(matches!(reloader.look(OffsetDateTime::now_utc()), Look::Unchanged));
    assert_eq!(served(&config, &old.der), old.der);
    write(folder.path(), &new.certificate, &new.key);
    assert!(matches!(reloader.look(OffsetDateTime::now_utc()), Look::Exchanged));
    assert_eq!(served(&config, &new.der), new.der);
}

#[test]
fn while_the_files_do_not_fit_the_old_pair_goes_on_serving() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (make(), make());
    write(folder.path(), &old.certificate, &old.key);
    let (config, mut reloader) = start(folder.path()).unwrap();
    let mut look = || reloader.look(OffsetDateTime::now_utc());

    write(folder.path(), &new.certificate, &old.key);
    assert!(matches!(look(), Look::Refused(_)));
    assert!(matches!(look(), Look::Unchanged), "the same refusal is told twice");
    fs::remove_file(folder.path().join("key.pem")).unwrap();
    assert!(matches!(look(), Look::Refused(_)));
    assert!(matches!(look(), Look::Unchanged), "the same refusal is told twice");
    assert_eq!(served(&config, &old.der), old.der);

    write(folder.path(), &new.certificate, &new.key);
    assert!(matches!(look(), Look::Exchanged));
    assert_eq!(served(&config, &new.der), new.der);
}

#[test]
fn a_check_tells_of_both_files_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = files_in(folder.path());
    assert_eq!(files.problems().len(), 2);
    write(folder.path(), &make().certificate, &make().key);
    assert_eq!(files.problems().len(), 1, "a key that does not fit went unnoticed");
    let made = make();
    write(folder.path(), &made.certificate, &made.key);
    assert!(files.problems().is_empty());
}

#[test]
fn only_the_cipher_suites_of_mozillas_intermediate_profile_are_spoken_and_no_early_data() {
    let folder = tempfile::tempdir().unwrap();
    let made = make();
    write(folder.path(), &made.certificate, &made.key);
    let config = start(folder.path()).unwrap().0.get_inner();
    let spoken: std::collections::BTreeSet<String> =
        config.crypto_provider().cipher_suites.iter().map(|suite| format!("{:?}", suite.suite())).collect();
    // https://wiki.mozilla.org/Security/Server_Side_TLS, without its finite-field Diffie-Hellman.
    let profile = [
        "TLS13_AES_128_GCM_SHA256",
        "TLS13_AES_256_GCM_SHA384",
        "TLS13_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ];
    assert_eq!(spoken, profile.map(str::to_owned).into());
    assert_eq!(config.max_early_data_size, 0);
}

#[test]
fn of_the_cipher_suites_that_a_client_speaks_ours_is_the_choice() {
    let folder = tempfile::tempdir().unwrap();
    let made = make();
    write(folder.path(), &made.certificate, &made.key);
    let config = start(folder.path()).unwrap().0.get_inner();
    for version in [&TLS12, &TLS13] {
        let mut roots = RootCertStore::empty();
        roots.add(made.der.clone()).unwrap();
        let mut provider = rustls::crypto::ring::default_provider();
        provider.cipher_suites.reverse();
        let client = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let taken = shake_hands(client, Arc::clone(&config)).negotiated_cipher_suite().unwrap().suite();
        let fits =
            |suite: &&rustls::SupportedCipherSuite| suite.version() == version && !format!("{:?}", suite.suite()).contains("RSA");
        let ours = config.crypto_provider().cipher_suites.iter().find(fits).unwrap().suite();
        assert_eq!(taken, ours, "the client wants its own order");
    }
}

#[test]
fn tickets_are_sealed_by_keys_that_change_and_end_with_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (make(), make());
    write(folder.path(), &old.certificate, &old.key);
    let (config, mut reloader) = start(folder.path()).unwrap();
    let tickets = config.get_inner();
    assert!(tickets.ticketer.enabled(), "sessions are kept in memory instead");
    // RFC 8446, section 4.6.1, allows a week; the keys of ours live for two spans of six hours.
    assert_eq!(tickets.ticketer.lifetime(), 12 * 60 * 60);
    let ticket = tickets.ticketer.encrypt(b"a session").unwrap();
    assert_eq!(tickets.ticketer.decrypt(&ticket).as_deref(), Some(b"a session".as_slice()));

    write(folder.path(), &new.certificate, &new.key);
    assert!(matches!(reloader.look(OffsetDateTime::now_utc()), Look::Exchanged));
    assert_eq!(config.get_inner().ticketer.decrypt(&ticket), None);
}

#[test]
fn the_state_tells_what_is_served_and_what_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (make(), make());
    write(folder.path(), &old.certificate, &old.key);
    let (_, mut reloader) = start(folder.path()).unwrap();
    let state = reloader.state();
    assert_eq!(state.borrow().certificate.as_ref().unwrap().names, ["localhost".to_owned()].into());
    write(folder.path(), &new.certificate, &old.key);
    reloader.look(OffsetDateTime::now_utc());
    assert!(state.borrow().failure.as_ref().unwrap().told.contains("not the key of the certificate"));
    write(folder.path(), &new.certificate, &new.key);
    reloader.look(OffsetDateTime::now_utc());
    assert_eq!(state.borrow().failure, None);
}

#[tokio::test]
async fn a_hangup_reads_the_files_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = make();
    write(folder.path(), &first.certificate, &first.key);
    let (config, reloader) = start(folder.path()).unwrap();
    let mut state = reloader.state();
    // Whoever listens for a signal is no longer ended by it.
    let _listening = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).unwrap();
    let running = tokio::spawn(reloader.run_every(std::time::Duration::from_hours(1)));
    tokio::task::yield_now().await;
    // The look at the beginning may find the first change; nothing but the signal finds the second.
    for _ in 0..2 {
        let new = make();
        write(folder.path(), &new.certificate, &new.key);
        let sent = std::process::Command::new("kill").args(["-HUP", &std::process::id().to_string()]).status();
        assert!(sent.unwrap().success());
        let changed = tokio::time::timeout(std::time::Duration::from_secs(30), state.changed()).await;
        changed.expect("the signal went unheard").unwrap();
        assert_eq!(served(&config, &new.der), new.der);
    }
    running.abort();
}
