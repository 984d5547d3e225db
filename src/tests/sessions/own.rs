//! One's own sessions, seen and ended by their owner alone.

use std::time::Duration;

use super::is_signed_in;
use crate::{
    accounts::model::Role,
    error::AppError,
    tests::support::{Browser, PASSWORD, World},
};

/// The numbers on the page, the latest used first.
async fn numbers(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/account/sessions").await.text();
    let parts = page.split("name=\"session\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn the_page_tells_each_session_how_and_from_where_it_was_opened() {
    let world = World::new().await;
    let mut here = world.member("ada").await;
    world.guest().at("10.1.2.3").call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.landing();
    let page = here.get("/account/sessions").await;
    for part in
        ["Firefox on Linux", "192.0.2.1", "10.1.2.3, a private network", "This one", "Password", "Until the browser is closed"]
    {
        assert!(page.shows(part), "{part} is missing");
    }
    assert_eq!(numbers(&mut here).await.len(), 2);
}

#[tokio::test]
async fn a_session_that_is_ended_elsewhere_dies_on_its_next_click() {
    let world = World::new().await;
    let mut here = world.member("ada").await;
    let own = numbers(&mut here).await;
    let mut there = world.signed_in("ada").await;
    let other = numbers(&mut here).await.into_iter().find(|number| !own.contains(number)).expect("there are two now");
    here.call("/api/accounts/end_own_session", &[("session", &other)]).await.landing();
    assert!(!is_signed_in(&mut there).await);
    assert!(is_signed_in(&mut here).await);
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let mut eve = world.member("eve").await;
    let [number] = numbers(&mut ada).await.try_into().expect("one session");
    let refused = eve.call("/api/accounts/end_own_session", &[("session", &number)]).await;
    assert_eq!(refused.error(), AppError::NotFound);
    assert!(is_signed_in(&mut ada).await);
}

#[tokio::test]
async fn all_others_end_at_once_and_the_one_in_use_goes_on() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    let (mut here, mut there) = (world.signed_in("ada").await, world.signed_in("ada").await);
    here.call("/api/accounts/end_other_sessions", &[]).await.landing();
    assert!(is_signed_in(&mut here).await);
    assert!(!is_signed_in(&mut there).await);
    let [own] = numbers(&mut here).await.try_into().expect("one session is left");
    here.call("/api/accounts/end_own_session", &[("session", &own)]).await.landing();
    assert!(!is_signed_in(&mut here).await);
}

#[tokio::test]
async fn a_stolen_session_cannot_silence_the_letters_that_tell_of_it() {
    let world = World::new().await;
    let mut thief = world.member("ada").await;
    let silence = [("notices", "unwanted")];
    world.pass(Duration::from_mins(11));
    assert_eq!(thief.call("/api/accounts/choose_notices", &silence).await.error(), AppError::ProofNeeded);
    thief.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    thief.call("/api/accounts/choose_notices", &silence).await.landing();
}
