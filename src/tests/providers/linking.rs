//! Linking and unlinking, and the last way in.

use super::{CODE, WORK, assert_refused, identities, site, written};
use crate::{
    error::{AppError, Refusal},
    tests::support::{Browser, PASSWORD},
};

const UNLINK: &str = "/api/accounts/unlink_provider";
const FIRST_PASSWORD: &str = "/api/accounts/choose_first_password";

async fn unlinks(browser: &mut Browser, id: i64) -> super::Answer {
    browser.call(UNLINK, &[("identity", &id.to_string())]).await
}

#[tokio::test]
async fn a_linked_account_opens_ones_own_until_it_is_unlinked() {
    let (world, provider) = site().await;
    let mut ada = world.member("ada").await;
    ada.links(&provider, WORK, "lovelace").await;
    let page = ada.get("/account/providers").await;
    assert!(page.shows("lovelace") && page.shows("Work ID") && page.shows("never used"), "{}", page.text());
    let mut elsewhere = world.guest();
    elsewhere.goes(&provider, WORK, "sign_in", "lovelace").await;
    assert!(elsewhere.get("/account").await.shows("ada@mail.example"));
    let id = identities(&world).await[0].id;
    let answer = ada.submit(UNLINK, &[("identity", &id.to_string())]).await;
    assert_eq!(answer.location(), "/account/providers?notice=identity_unlinked");
    assert!(!elsewhere.is_signed_in().await, "what it opened has ended");
    assert!(ada.is_signed_in().await);
    assert_eq!(world.guest().goes(&provider, WORK, "sign_in", "lovelace").await.location(), "/register/provider");
    assert_eq!(
        (written(&world, "identity_linked").await, written(&world, "identity_unlinked").await),
        (vec![WORK.to_owned()], vec![WORK.to_owned()])
    );
}

#[tokio::test]
async fn an_account_elsewhere_belongs_to_one_person() {
    let (world, provider) = site().await;
    let mut ada = world.member("ada").await;
    ada.links(&provider, WORK, "lovelace").await;
    ada.links(&provider, WORK, "lovelace").await;
    let mut bob = world.member("bob").await;
    assert_refused(&bob.goes(&provider, WORK, "link", "lovelace").await, Refusal::IdentityTaken);
    let all = identities(&world).await;
    assert_eq!(all.len(), 1);
    assert_eq!(unlinks(&mut bob, all[0].id).await.error(), AppError::NotFound);
}

#[tokio::test]
async fn of_two_who_link_the_same_at_the_same_moment_one_has_it() {
    let (world, provider) = site().await;
    let (mut ada, mut bob) = (world.member("ada").await, world.member("bob").await);
    let (to_ada, to_bob) = (ada.departs(WORK, "link", &[]).await, bob.departs(WORK, "link", &[]).await);
    let (back_ada, back_bob) = (provider.recognise(&to_ada, "shared"), provider.recognise(&to_bob, "shared"));
    let (first, second) = tokio::join!(ada.returns(&back_ada), bob.returns(&back_bob));
    assert_eq!([&first, &second].into_iter().filter(|answer| answer.status == 303).count(), 1);
    let refused = if first.status == 303 { &second } else { &first };
    assert_refused(refused, Refusal::IdentityTaken);
    assert_eq!(identities(&world).await.len(), 1);
}

#[tokio::test]
async fn a_link_is_for_the_person_who_began_it() {
    let (world, provider) = site().await;
    let (mut ada, mut bob) = (world.member("ada").await, world.member("bob").await);
    let address = ada.departs(WORK, "link", &[]).await;
    let flow = ada.cookies.iter().find(|(name, _)| name.ends_with("-flow")).map(|(name, value)| (name.clone(), value.clone()));
    bob.cookies.extend(flow);
    assert_refused(&bob.returns(&provider.recognise(&address, "lovelace")).await, Refusal::FlowOver);
    assert!(identities(&world).await.is_empty());
}

#[tokio::test]
async fn a_proof_that_has_grown_old_on_the_way_is_asked_for_again() {
    let (world, provider) = site().await;
    let mut ada = world.member("ada").await;
    world.pass(std::time::Duration::from_mins(9));
    let address = ada.departs(WORK, "link", &[]).await;
    world.pass(std::time::Duration::from_mins(2));
    let answer = ada.returns(&provider.recognise(&address, "lovelace")).await;
    assert_eq!(answer.location(), "/prove?next=%2Faccount%2Fproviders");
    assert!(identities(&world).await.is_empty());
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    let id = identities(&world).await[0].id;
    assert_eq!(unlinks(&mut ada, id).await.error(), AppError::Forbidden(Refusal::LastWay));
    ada.get("/account/providers").await;
    assert_refused(&ada.submit(UNLINK, &[("identity", &id.to_string())]).await, Refusal::LastWay);
    ada.links(&provider, CODE, "octocat").await;
    unlinks(&mut ada, id).await.landing();
    let other = identities(&world).await[0].id;
    assert_eq!(unlinks(&mut ada, other).await.error(), AppError::Forbidden(Refusal::LastWay));
}

#[tokio::test]
async fn a_provider_that_the_operator_took_away_is_no_way_in() {
    let (mut world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    ada.links(&provider, CODE, "octocat").await;
    let id = identities(&world).await.iter().find(|identity| identity.provider == WORK).unwrap().id;
    world.restart_with(|config| config.providers.retain(|provider| provider.name.as_str() == WORK)).await;
    let mut ada = world.guest().with_cookies(ada.cookies);
    assert_eq!(unlinks(&mut ada, id).await.error(), AppError::Forbidden(Refusal::LastWay));
}

#[tokio::test]
async fn the_last_two_ways_cannot_both_be_taken_away_at_the_same_moment() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    ada.links(&provider, CODE, "octocat").await;
    let ids: Vec<_> = identities(&world).await.iter().map(|identity| identity.id).collect();
    let (mut one, mut two) = (ada.clone(), ada.clone());
    let (first, second) = tokio::join!(unlinks(&mut one, ids[0]), unlinks(&mut two, ids[1]));
    assert_eq!([&first, &second].into_iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(identities(&world).await.len(), 1);
}

#[tokio::test]
async fn an_account_without_a_password_can_choose_one_once() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    let page = ada.get("/account").await;
    assert!(page.shows("Choose a password") && !page.shows("Current password"), "{}", page.text());
    let mut other = world.guest();
    other.goes(&provider, WORK, "sign_in", "ada").await;
    let answer = ada.submit(FIRST_PASSWORD, &[("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/account?notice=password_chosen", "{}", answer.text());
    assert!(!other.is_signed_in().await);
    world.signed_in("ada").await;
    let again = ada.call(FIRST_PASSWORD, &[("password", "meadow thistle lantern copper")]).await;
    assert_eq!(again.error(), AppError::Forbidden(Refusal::PasswordChosen));
    assert!(ada.get("/account").await.shows("Current password"));
    let id = identities(&world).await[0].id;
    unlinks(&mut ada, id).await.landing();
}
