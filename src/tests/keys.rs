//! The keys outside the database, and their rotation while people are signed in.

use std::{fs, os::unix::fs::PermissionsExt};

use axum::http::StatusCode;

use super::support::{Browser, PASSWORD, World};
use crate::{
    audit::model::Deed,
    server::{
        App,
        audit::{self, Filter},
        config::{
            catalogue,
            keys::{CookieKeys, pepper},
        },
        operator,
        resealing::KeyChange,
    },
};

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == StatusCode::OK
}

#[tokio::test]
async fn nobody_is_signed_out_when_the_cookie_key_is_rotated_until_the_old_one_is_forgotten() {
    let mut world = World::new().await;
    let mut ada = world.member("ada").await;
    let config = world.app.config().clone();
    CookieKeys::rotate(&config).unwrap();
    world.restart_with(|_| {}).await;
    let mut ada = world.guest().with_cookies(std::mem::take(&mut ada.cookies));
    assert!(is_signed_in(&mut ada).await, "the old key's session is lost");
    let mut eda = world.member("eda").await;
    CookieKeys::forget_former(&config).unwrap();
    world.restart_with(|_| {}).await;
    let mut ada = world.guest().with_cookies(ada.cookies);
    let mut eda = world.guest().with_cookies(std::mem::take(&mut eda.cookies));
    assert!(!is_signed_in(&mut ada).await, "the old key opens still");
    assert!(is_signed_in(&mut eda).await, "the new key's session is lost");
}

#[tokio::test]
async fn what_a_browser_keeps_beside_its_session_survives_a_rotation_and_is_used_up_as_before() {
    let mut world = World::with_letters().await;
    world.member("ada").await;
    let mut guest = world.guest();
    guest.get("/forgotten").await;
    guest.submit("/api/accounts/request_reset", &[("login", "ada")]).await;
    let link = world.last_letter_to("ada@mail.example").await.link("/password/");
    guest.follow(&link).await;
    CookieKeys::rotate(world.app.config()).unwrap();
    world.restart_with(|_| {}).await;
    let mut guest = world.guest().with_cookies(guest.cookies);
    guest.get("/password").await;
    let answer = guest.submit("/api/accounts/use_password_link", &[("password", "seven quiet harbours sleeping")]).await;
    assert!(answer.status.is_redirection(), "{}", answer.text());
    assert!(!guest.cookies.contains_key("locutory-link"), "the cookie of the old key stays behind");
}

#[tokio::test]
async fn a_rotation_forgets_no_tries() {
    let mut world = World::new().await;
    world.account("ada", crate::accounts::model::Role::Member).await;
    let wrong = [("login", "ada"), ("password", "not her password at all")];
    for _ in 0..6 {
        assert_eq!(world.guest().call("/api/accounts/sign_in", &wrong).await.status, StatusCode::FORBIDDEN);
    }
    let config = world.app.config().clone();
    CookieKeys::rotate(&config).unwrap();
    CookieKeys::forget_former(&config).unwrap();
    world.restart_with(|_| {}).await;
    let right = [("login", "ada"), ("password", PASSWORD)];
    assert_eq!(world.guest().call("/api/accounts/sign_in", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_pepper_is_added_in_front_and_old_hashes_stay_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper.keys");
    let mut world = World::new().await;
    world.account("ada", crate::accounts::model::Role::Member).await;
    assert!(pepper::add(world.app.config()).unwrap_err().to_string().starts_with("password.pepper_file"));
    let mut config = world.app.config().clone();
    config.secrets.pepper_file = Some(path.clone());
    let first = pepper::add(&config).unwrap().current().id;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    world.restart_with(|config| config.secrets.pepper_file = Some(path.clone())).await;
    world.signed_in("ada").await;
    world.account("eda", crate::accounts::model::Role::Member).await;
    let second = pepper::add(&config).unwrap();
    assert_ne!(second.current().id, first);
    assert!(second.find(first).is_some());
    world.restart_with(|_| {}).await;
    world.signed_in("ada").await;
    world.signed_in("eda").await;
}

#[tokio::test]
async fn a_key_that_nobody_drew_is_refused_at_the_start() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let zero_line = b"00000001 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let (cookie, data) = (write("cookie.key", &[0; 64]), write("data.keys", zero_line));
    let mut configs = [(); 3].map(|()| world.app.config().clone());
    configs[0].secrets.cookie_key_file = Some(cookie);
    configs[1].secrets.data_keys_file = Some(data.clone());
    configs[2].secrets.pepper_file = Some(data);
    let settings = ["secrets.cookie_key_file", "secrets.data_keys_file", "password.pepper_file"];
    for (config, setting) in configs.into_iter().zip(settings) {
        let refusal = App::open(config).await.unwrap_err().to_string();
        assert!(refusal.starts_with(setting) && refusal.contains("over and over"), "{refusal}");
        assert!(!refusal.contains("AAAA"), "{refusal}");
    }
}

#[tokio::test]
async fn what_is_done_to_keys_is_written_down() {
    let world = World::new().await;
    let changes = [
        (KeyChange::CookieKeyRotated, Deed::CookieKeyRotated),
        (KeyChange::CookieKeysForgotten, Deed::CookieKeysForgotten),
        (KeyChange::PepperAdded, Deed::PepperAdded),
    ];
    for (change, deed) in changes {
        operator::note_changed_keys(&world.app, change).await.unwrap();
        let entries = audit::entries(&world.operator(), &Filter { deed: Some(deed), ..Filter::default() }).await.unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].actor_name, "the operator");
    }
}

#[tokio::test]
async fn a_secret_from_an_example_is_refused_with_its_setting() {
    use crate::server::config::{Config, FileChoice, Sources};

    let example = include_str!("../../locutory.example.toml");
    assert!(example.contains("postgres://user:password@host:5432/locutory"), "the example is not the one that is tried");
    for (name, value) in [
        (catalogue::DATA_DATABASE.variable(), "postgres://user:password@host:5432/locutory"),
        ("LOCUTORY_PROVIDERS__WORK__CLIENT_SECRET".to_owned(), "changeme"),
    ] {
        let environment = vec![
            ("LOCUTORY_PROVIDERS__WORK__KIND".into(), "oidc".into()),
            ("LOCUTORY_PROVIDERS__WORK__CLIENT_ID".into(), "talk".into()),
            ("LOCUTORY_PROVIDERS__WORK__ISSUER".into(), "https://id.example".into()),
            (name.clone().into(), value.into()),
        ];
        let refusal =
            Config::load(Sources { file: FileChoice::None, environment, ..Sources::default() }).unwrap_err().to_string();
        assert!(refusal.contains(&name) && refusal.contains("from an example"), "{refusal}");
    }
}
