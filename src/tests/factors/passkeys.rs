//! Passkeys: what is asked of them, and what an answer is worth.

mod answers;

use std::time::Duration;

use sea_orm::EntityTrait;

use super::is_signed_in;
use crate::{
    accounts::model::PasskeyCeremony,
    error::{AppError, Refusal},
    server::{
        config::catalogue,
        entity::{ceremony, passkey},
        housekeeping,
    },
    tests::{
        access::given_credential,
        support::{Browser, PASSWORD, World},
    },
};

async fn sends(browser: &mut Browser, function: &str, token: &str) -> AppError {
    let credential = given_credential();
    browser.call(&format!("/api/accounts/{function}"), &[("token", token), ("credential", &credential)]).await.error()
}

async fn asks(browser: &mut Browser, purpose: &str) -> PasskeyCeremony {
    browser.call("/api/accounts/ask_for_passkey", &[("purpose", purpose)]).await.json()
}

#[tokio::test]
async fn signing_in_asks_for_any_passkey_that_verifies_its_user() {
    let world = World::new().await;
    let mut guest = world.guest();
    assert!(guest.get("/sign-in").await.shows("autocomplete=\"username webauthn\""));
    let ceremony = asks(&mut guest, "sign_in").await;
    let options: serde_json::Value = serde_json::from_str(&ceremony.options).unwrap();
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], serde_json::json!([]));
    assert_eq!(options["rpId"], "localhost");
}

#[tokio::test]
async fn a_new_passkey_must_be_found_by_itself_and_is_told_nothing_of_the_account_but_its_name() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let ceremony: PasskeyCeremony = person.call("/api/accounts/begin_passkey", &[]).await.json();
    let options: serde_json::Value = serde_json::from_str(&ceremony.options).unwrap();
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["user"]["name"], "ada");
    let again: PasskeyCeremony = person.call("/api/accounts/begin_passkey", &[]).await.json();
    let again: serde_json::Value = serde_json::from_str(&again.options).unwrap();
    assert_eq!(options["user"]["id"], again["user"]["id"], "one number for all passkeys of an account");
    assert_ne!(options["challenge"], again["challenge"]);
}

#[tokio::test]
async fn an_exchange_is_over_after_one_answer_whatever_that_was() {
    let world = World::new().await;
    let mut guest = world.guest();
    let token = asks(&mut guest, "sign_in").await.token;
    assert_eq!(sends(&mut guest, "sign_in_with_passkey", token.expose()).await, AppError::Forbidden(Refusal::PasskeyRefused));
    assert_eq!(sends(&mut guest, "sign_in_with_passkey", token.expose()).await, AppError::Forbidden(Refusal::PasskeyOver));
    assert!(!is_signed_in(&mut guest).await);
}

#[tokio::test]
async fn an_exchange_lasts_five_minutes_and_is_swept_away() {
    let world = World::new().await;
    let mut guest = world.guest();
    let token = asks(&mut guest, "sign_in").await.token;
    world.pass(Duration::from_mins(5));
    assert_eq!(sends(&mut guest, "sign_in_with_passkey", token.expose()).await, AppError::Forbidden(Refusal::PasskeyOver));
    asks(&mut guest, "sign_in").await;
    world.pass(Duration::from_mins(5));
    housekeeping::sweep(&world.app).await.unwrap();
    assert_eq!(ceremony::Entity::find().all(world.app.database().reader()).await.unwrap(), []);
}

#[tokio::test]
async fn an_exchange_for_one_purpose_is_none_for_another() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let token = asks(&mut world.guest(), "sign_in").await.token;
    assert_eq!(sends(&mut person, "prove_with_passkey", token.expose()).await, AppError::Forbidden(Refusal::PasskeyOver));
    let fields = [("token", token.expose()), ("name", "Key"), ("credential", "{}")];
    assert_eq!(person.call("/api/accounts/add_passkey", &fields).await.error(), AppError::BadRequest);
    assert_eq!(passkey::Entity::find().all(world.app.database().reader()).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_but_a_passkey_is_read_as_one() {
    let world = World::new().await;
    let mut guest = world.guest();
    for credential in ["", "{", "[]", "null", "{\"id\":1}"] {
        let fields = [("token", "t"), ("credential", credential)];
        assert_eq!(guest.call("/api/accounts/sign_in_with_passkey", &fields).await.error(), AppError::BadRequest, "{credential}");
    }
}

#[tokio::test]
async fn a_site_without_a_name_offers_none() {
    let world = World::with(&[(&catalogue::SITE_ADDRESS, "http://127.0.0.1:8080")]).await;
    let mut person = world.member("ada").await;
    assert!(!person.get("/account/security").await.shows("Passkeys"));
    assert!(!world.guest().get("/sign-in").await.shows("passkey"));
    assert_eq!(person.call("/api/accounts/begin_passkey", &[]).await.error(), AppError::NotFound);
}

#[tokio::test]
async fn exchanges_are_counted_whatever_they_are_for() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.adds_passkey().await;
    world.pass(Duration::from_mins(10));
    person.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    for number in 0..21 {
        let is_begun = number % 2 == 0;
        let answer =
            if is_begun { person.call("/api/accounts/begin_passkey", &[]).await } else { person.asks_for_passkey("proof").await };
        assert_eq!(answer.status.as_u16(), if number < 20 { 200 } else { 429 }, "{number}");
    }
    assert_eq!(person.asks_for_passkey("proof").await.status, 429);
    let mut half = world.half_signed_in("ada").await.at("198.51.100.7");
    for number in 0..61 {
        let answer = half.asks_for_passkey("second_factor").await;
        assert_eq!(answer.status.as_u16(), if number < 60 { 200 } else { 429 }, "{number}");
    }
}
