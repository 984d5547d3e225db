//! Proving again who is acting, with an account elsewhere.

use std::{collections::BTreeMap, time::Duration};

use super::{
    CODE, WORK, assert_refused,
    provider::{Lie, TRUTH},
    site,
};
use crate::{
    error::{AppError, Refusal},
    tests::support::{Browser, PASSWORD},
};

/// Something that asks for a fresh proof.
async fn acts(browser: &mut Browser) -> Result<(), AppError> {
    let answer = browser.call("/api/accounts/choose_first_password", &[("password", PASSWORD)]).await;
    if answer.status == 200 { Ok(()) } else { Err(answer.error()) }
}

#[tokio::test]
async fn who_shows_the_provider_again_who_they_are_has_proven_it() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    world.pass(Duration::from_mins(11));
    assert_eq!(acts(&mut ada).await, Err(AppError::ProofNeeded));
    let page = ada.get("/prove?next=/account").await;
    assert!(page.shows("Confirm with") && page.shows("Work ID") && !page.shows("type=\"password\""), "{}", page.text());
    let address = ada.departs(WORK, "prove", &[("next", "/account")]).await;
    let asked: BTreeMap<_, _> = url::Url::parse(&address).unwrap().query_pairs().into_owned().collect();
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));
    assert_eq!(ada.returns(&provider.recognise(&address, "ada")).await.location(), "/account");
    assert_eq!(acts(&mut ada).await, Ok(()));
}

#[tokio::test]
async fn a_provider_that_did_not_ask_again_proves_nothing() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    world.pass(Duration::from_mins(11));
    for claims in [
        (|claims| claims["auth_time"] = (claims["auth_time"].as_i64().unwrap() - 120).into()) as fn(&mut serde_json::Value),
        |claims| drop(claims.as_object_mut().unwrap().remove("auth_time")),
    ] {
        provider.lie(Lie { claims, ..TRUTH });
        assert_refused(&ada.goes(&provider, WORK, "prove", "ada").await, Refusal::ProviderAnswer);
        assert_eq!(acts(&mut ada).await, Err(AppError::ProofNeeded));
    }
}

#[tokio::test]
async fn the_account_of_somebody_else_proves_nothing() {
    let (world, provider) = site().await;
    world.guest().joins(&provider, "mallory").await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    world.pass(Duration::from_mins(11));
    for somebody in ["mallory", "nobody-here"] {
        assert_refused(&ada.goes(&provider, WORK, "prove", somebody).await, Refusal::IdentityUnknown);
        assert_eq!(acts(&mut ada).await, Err(AppError::ProofNeeded));
    }
}

#[tokio::test]
async fn only_linked_providers_are_offered_beside_the_password() {
    let (world, provider) = site().await;
    let mut ada = world.member("ada").await;
    assert!(!ada.get("/prove").await.shows("Confirm with"));
    ada.links(&provider, CODE, "octocat").await;
    let page = ada.get("/prove").await;
    assert!(page.shows("Confirm with") && !page.shows("Work ID") && page.shows("type=\"password\""), "{}", page.text());
}
