//! How a site comes to its first certificate, and why it may not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::pebble::{BLOCKED, HMAC_KEY, KEY_ID};
use super::status::Verdict;
use super::*;
use crate::server::config::catalogue::{
    TLS_ACME_CHALLENGE, TLS_ACME_CONTACT, TLS_ACME_EAB_HMAC_KEY, TLS_ACME_EAB_HMAC_KEY_FILE, TLS_ACME_EAB_KEY_ID, TLS_ACME_NAMES,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_is_certified_by_a_challenge_on_its_own_tls_port() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[(&TLS_ACME_CONTACT, "ada@example.org")]);
    let state = site.is_certified().await;
    assert_eq!(state.certificate.unwrap().names, [SITE.to_owned()].into());
    let (page, _) = site.read(SITE, &place.authority.root().await).await.unwrap();
    assert!(page.ends_with("hello"), "{page}");

    let report = site.status(&place.clock);
    assert_eq!(report.verdict, Verdict::WellKept, "{}", report.text);
    for part in [SITE, "Pebble Intermediate CA", "by the server, at 20"] {
        assert!(report.text.contains(part), "{part} missing: {}", report.text);
    }
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_is_certified_by_a_challenge_on_its_plain_port() {
    let looks = Looks { tls: free_port(), plain: free_port() };
    // The authority cannot reach the TLS port: only the other challenge can succeed.
    let mut place = Place::looked_at(Looks { tls: free_port(), ..looks }, Door::Everybody);
    place.looks = looks;
    let mut site = place.open(&[(&TLS_ACME_CHALLENGE, "http-01")]);
    site.is_certified().await;
    site.read(SITE, &place.authority.root().await).await.unwrap();
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_certificate_is_for_all_names() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[(&TLS_ACME_NAMES, "www.example.org, Forum.example.org, talk.example.org")]);
    site.is_certified().await;
    let root = place.authority.root().await;
    let (_, first) = site.read(SITE, &root).await.unwrap();
    for name in ["www.example.org", "forum.example.org"] {
        let (page, certificate) = site.read(name, &root).await.unwrap();
        assert!(page.ends_with("hello"), "{page}");
        assert_eq!(certificate, first);
    }
    site.read("other.example.org", &root).await.unwrap_err();
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_is_closed_to_others() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    assert_eq!(mode(&place.cache("")), 0o700);
    let files: Vec<_> = fs::read_dir(place.cache("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_that_fails_is_told_with_the_reason_and_nobody_is_shown_a_stand_in() {
    let looks = Looks { tls: free_port(), plain: free_port() };
    let mut place = Place::looked_at(Looks { tls: free_port(), ..looks }, Door::Everybody);
    place.looks = looks;
    let mut site = place.open(&[]);
    let state = site.has_failed(1).await;
    let told = state.failure.unwrap().told;
    assert!(told.contains("talk.example.org is ours"), "{told}");
    assert!(told.contains("urn:ietf:params:acme:error:"), "{told}");
    assert_eq!(state.certificate, None);
    site.read(SITE, &place.authority.root().await).await.unwrap_err();

    let report = site.status(&place.clock);
    assert_eq!(report.verdict, Verdict::NeedsCare);
    for part in ["no certificate yet", "Next try", "urn:ietf:params:acme:error:"] {
        assert!(report.text.contains(part), "{part} missing: {}", report.text);
    }
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_the_authority_does_not_certify_is_told() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[(&TLS_ACME_NAMES, BLOCKED)]);
    let told = site.has_failed(1).await.failure.unwrap().told;
    assert!(told.contains("rejectedIdentifier") && told.contains(BLOCKED), "{told}");
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_that_demands_a_binding_is_given_it() {
    let place = Place::new(Door::OnlyBound);
    let mut stranger = place.open(&[]);
    let told = stranger.has_failed(1).await.failure.unwrap().told;
    assert!(told.contains("externalAccountRequired"), "{told}");
    stranger.close().await;

    let file = place.folder.path().join("eab.key");
    fs::write(&file, format!("{HMAC_KEY}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let path = file.display().to_string();
    let mut bound = place.open(&[(&TLS_ACME_EAB_KEY_ID, KEY_ID), (&TLS_ACME_EAB_HMAC_KEY_FILE, &path)]);
    bound.is_certified().await;
    bound.close().await;
}

#[test]
fn the_key_of_a_binding_is_a_secret() {
    let place = Place::new(Door::Everybody);
    let config = place.config(&[(&TLS_ACME_EAB_KEY_ID, KEY_ID), (&TLS_ACME_EAB_HMAC_KEY, HMAC_KEY)]);
    let shown = crate::server::config::show::as_toml(&config);
    assert!(!format!("{config:?}{shown}").contains(HMAC_KEY));
    assert!(super::super::check(acme_of(&config)).is_none());

    let file = place.folder.path().join("eab.key");
    fs::write(&file, HMAC_KEY).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let path = file.display().to_string();
    let open = place.config(&[(&TLS_ACME_EAB_KEY_ID, KEY_ID), (&TLS_ACME_EAB_HMAC_KEY_FILE, &path)]);
    let refusal = super::super::check(acme_of(&open)).unwrap().to_string();
    assert!(refusal.starts_with("tls.acme_eab_hmac_key_file:") && refusal.contains("chmod 600"), "{refusal}");
}

fn acme_of(config: &Config) -> &crate::server::config::acme::Acme {
    let crate::server::config::Tls::Acme(acme) = &config.tls else { panic!("it is something else") };
    acme
}
