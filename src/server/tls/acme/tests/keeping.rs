//! How a certificate is kept: renewed, cached, and served whatever happens to authority and cache.

use std::fs;
use std::os::unix::net::UnixListener;

use rcgen::PublicKeyData;

use super::super::asking::Asking;
use super::super::cache::{Cache, Placed};
use super::status::Verdict;
use super::*;
use crate::accounts::model::Secret;
use crate::moment::Moment;
use crate::server::config::catalogue::TLS_ACME_NAMES;

fn leaf(state: &State) -> (Moment, Moment) {
    let certificate = state.certificate.as_ref().unwrap();
    (certificate.begins, certificate.ends)
}

/// To the moment at which the certificate that is served is renewed.
fn to_renewal(place: &Place, state: &State) {
    let Phase::Serving { renews: Some(renews) } = state.phase else { panic!("{state:?}") };
    place.clock.advance(renews.since(place.clock.now()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_renewed_with_a_third_of_its_life_left_while_readers_stay() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    let state = site.is_certified().await;
    let root = place.authority.root().await;
    let (_, first) = site.read(SITE, &root).await.unwrap();
    let (begins, ends) = leaf(&state);
    let Phase::Serving { renews: Some(renews) } = state.phase else { panic!("{state:?}") };
    let (life, until) = (ends.since(begins), renews.since(begins));
    assert!(until <= life * 2 / 3 && until >= life * 19 / 30, "{until:?} of {life:?}");

    let mut reader = tokio::task::spawn_blocking({
        let (address, root) = (site.address, root.clone());
        move || {
            let name = ServerName::try_from(SITE).unwrap();
            let connection = ClientConnection::new(client(root, &[b"http/1.1"]), name).unwrap();
            let mut stream = StreamOwned::new(connection, std::net::TcpStream::connect(address).unwrap());
            ask(&mut stream);
            stream
        }
    })
    .await
    .unwrap();
    to_renewal(&place, &state);
    let mut renewed = first.clone();
    within(async {
        while renewed == first {
            renewed = site.read(SITE, &root).await.unwrap().1;
        }
    })
    .await;
    tokio::task::spawn_blocking(move || ask(&mut reader)).await.unwrap();
    site.close().await;
}

fn ask(stream: &mut StreamOwned<ClientConnection, std::net::TcpStream>) {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: talk.example.org\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"hello") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_takes_up_what_was_issued_and_asks_nobody() {
    let mut place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    let root = place.authority.root().await;
    let (_, first) = site.read(SITE, &root).await.unwrap();
    site.close().await;
    place.authority.close();

    let mut again = place.open(&[]);
    let state = again.is_certified().await;
    assert_eq!(state.failure, None);
    assert_eq!(again.read(SITE, &root).await.unwrap().1, first);
    again.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_authority_is_away_the_old_certificate_stays_and_each_try_waits_longer() {
    let mut place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    let state = site.is_certified().await;
    let root = place.authority.root().await;
    let (_, first) = site.read(SITE, &root).await.unwrap();
    place.authority.close();
    to_renewal(&place, &state);

    let mut waits = Vec::new();
    for times in 1..=3 {
        let state = site.has_failed(times).await;
        let Phase::Waiting { again } = state.phase else { panic!("{state:?}") };
        let failure = state.failure.unwrap();
        assert!(failure.told.contains("asking the authority has failed"), "{}", failure.told);
        waits.push(again.since(failure.at));
        assert_eq!(site.read(SITE, &root).await.unwrap().1, first);
        place.clock.advance(again.since(place.clock.now()));
    }
    assert!(waits[0] * 2 < waits[1] && waits[1] * 2 < waits[2], "{waits:?}");
    let report = site.status(&place.clock);
    assert_eq!(report.verdict, Verdict::NeedsCare);
    assert!(report.text.contains("time(s) in a row: asking the authority has failed"), "{}", report.text);

    // It comes back, and has forgotten our account: we introduce ourselves anew.
    place.authority.open();
    let root = place.authority.root().await;
    within(async {
        while site.read(SITE, &root).await.is_err() {
            place.clock.advance(Duration::from_hours(13));
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(site.is_certified().await.failure, None);
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_cache_is_put_aside_and_made_anew() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    let root = place.authority.root().await;
    let (_, first) = site.read(SITE, &root).await.unwrap();
    site.close().await;

    let files: Vec<_> = fs::read_dir(place.cache("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in &files {
        let whole = fs::read(file).unwrap();
        fs::write(file, &whole[..whole.len() / 2]).unwrap();
    }
    let mut again = place.open(&[]);
    again.is_certified().await;
    assert_ne!(again.read(SITE, &root).await.unwrap().1, first);
    for file in files {
        let aside = file.with_file_name(format!("{}.damaged", file.file_name().unwrap().display()));
        assert!(aside.exists(), "{} is lost", aside.display());
    }
    again.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_a_former_run_has_placed_is_seen_through() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    site.close().await;
    fs::remove_file(place.cache("certificate.json")).unwrap();

    let cache = Cache::of(place.folder.path());
    let directory = place.authority.directory();
    let roots = reqwest::Certificate::from_pem_bundle(&fs::read(place.authority.ca_file()).unwrap()).unwrap();
    let asking = Box::new(Asking::new(roots).unwrap());
    let credentials = cache.registered(&directory).unwrap().credentials;
    let account = instant_acme::Account::builder_with_http(asking).from_credentials(credentials).await.unwrap();
    let names = [instant_acme::Identifier::Dns(SITE.to_owned())];
    let order = account.new_order(&instant_acme::NewOrder::new(&names)).await.unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let (address, pem) = (order.url().to_owned(), Secret::new(key.serialize_pem()));
    cache.keep_placed(&Placed { directory, names: vec![SITE.to_owned()], address, key: pem }).unwrap();

    let mut again = place.open(&[]);
    again.is_certified().await;
    let (_, certificate) = again.read(SITE, &place.authority.root().await).await.unwrap();
    let (_, certificate) = x509_parser::parse_x509_certificate(&certificate).unwrap();
    assert_eq!(certificate.public_key().raw, key.subject_public_key_info());
    assert!(!place.cache("order.json").exists());
    again.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_does_not_fit_the_cached_certificate_is_not_served() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    site.close().await;
    let path = place.cache("certificate.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    kept["key"] = rcgen::KeyPair::generate().unwrap().serialize_pem().into();
    fs::write(&path, kept.to_string()).unwrap();

    let mut again = place.open(&[]);
    again.is_certified().await;
    again.read(SITE, &place.authority.root().await).await.unwrap();
    assert!(place.cache("certificate.json.damaged").exists());
    again.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_names_ask_for_another_certificate_and_the_old_one_is_served_until_then() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    let root = place.authority.root().await;
    site.read("www.example.org", &root).await.unwrap_err();
    site.close().await;

    let mut wider = place.open(&[(&TLS_ACME_NAMES, "www.example.org")]);
    wider.read(SITE, &root).await.unwrap();
    wider.is_certified().await;
    wider.read("www.example.org", &root).await.unwrap();
    wider.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_speaks_the_protocol_of_challenges_gets_no_certificate_for_people() {
    let place = Place::new(Door::Everybody);
    let mut site = place.open(&[]);
    site.is_certified().await;
    let root = place.authority.root().await;
    for protocols in [[b"acme-tls/1".as_slice()].as_slice(), &[b"http/1.1", b"acme-tls/1"]] {
        let (address, client) = (site.address, client(root.clone(), protocols));
        let shaken = tokio::task::spawn_blocking(move || {
            let mut connection = ClientConnection::new(client, ServerName::try_from(SITE).unwrap()).unwrap();
            connection.complete_io(&mut std::net::TcpStream::connect(address).unwrap())
        });
        within(shaken).await.unwrap().unwrap_err();
    }
    site.close().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_stops_the_start_and_is_named() {
    let place = Place::new(Door::Everybody);
    // Something that is no folder stands in its place.
    let _socket = UnixListener::bind(place.folder.path().join("tls")).unwrap();
    let refusal = prepare_at(&place.config(&[]), Pace::default()).unwrap_err().to_string();
    assert!(refusal.starts_with("data.folder:") && refusal.contains("tls/acme"), "{refusal}");
}
