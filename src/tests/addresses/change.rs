//! Another address for an account, and taking that back.

use std::time::Duration;

use super::{account, confirm, register};
use crate::{
    accounts::model::{Role, UserId},
    error::{AppError, Conflict, Refusal},
    server::accounts::administration,
    tests::support::{Browser, PASSWORD, World, together},
    valid::ProblemCode,
};

const CHANGE: &str = "/api/accounts/change_email";

async fn undo(browser: &mut Browser, link: &str) -> crate::tests::support::Answer {
    browser.follow(link).await;
    browser.call("/api/accounts/undo_email_change", &[]).await
}

/// Grace with another address than the one she began with, and the letter to the old one.
async fn changed(world: &World) -> (Browser, String) {
    let mut grace = world.member("grace").await;
    grace.call(CHANGE, &[("email", "hopper@mail.example")]).await.landing();
    let link = world.last_letter_to("hopper@mail.example").await.link("/verify/");
    confirm(&mut grace, &link).await.landing();
    (grace, world.last_letter_to("grace@mail.example").await.link("/email-undo/"))
}

#[tokio::test]
async fn the_new_address_confirms_and_the_old_one_is_told() {
    let world = World::with_letters().await;
    let mut grace = world.member("grace").await;
    grace.get("/account/email").await;
    let answer = grace.submit(CHANGE, &[("email", "hopper@mail.example")]).await;
    assert_eq!(answer.location(), "/account/email?notice=email_change_asked");
    assert_eq!(account(&world, "grace").await.email, "grace@mail.example", "nothing changes before");
    assert!(world.letters_to("grace@mail.example").await.is_empty());
    let link = world.last_letter_to("hopper@mail.example").await.link("/verify/");
    let mut phone = world.guest();
    confirm(&mut phone, &link).await.landing();
    let grace_now = account(&world, "grace").await;
    assert_eq!((grace_now.email.as_str(), grace_now.email_key.as_deref()), ("hopper@mail.example", Some("hopper@mail.example")));
    let told = world.last_letter_to("grace@mail.example").await;
    told.link("/email-undo/");
    assert!(!told.text.contains("hopper"), "{}", told.text);
    assert_eq!(grace.get("/new").await.status, 200, "sessions stay");
}

#[tokio::test]
async fn a_change_is_undone_by_the_old_address_and_ends_everything() {
    let world = World::with_letters().await;
    let (mut eve, link) = changed(&world).await;
    eve.call(CHANGE, &[("email", "third@mail.example")]).await.landing();
    let pending = world.last_letter_to("third@mail.example").await.link("/verify/");
    let mut grace = world.guest();
    assert!(grace.follow(&link).await.shows("Give me my address back"));
    assert_eq!(account(&world, "grace").await.email, "hopper@mail.example", "opening the link undoes nothing");
    undo(&mut grace, &link).await.landing();
    let row = account(&world, "grace").await;
    assert_eq!((row.email.as_str(), row.email_key.as_deref()), ("grace@mail.example", Some("grace@mail.example")));
    assert_eq!(eve.get("/new").await.status, 401, "all sessions end");
    assert_eq!(confirm(&mut world.guest(), &pending).await.error(), AppError::Forbidden(Refusal::LinkOver));
    assert_eq!(undo(&mut world.guest(), &link).await.error(), AppError::Forbidden(Refusal::LinkOver));
    assert!(world.last_letter_to("grace@mail.example").await.text.contains("taken back"));
}

#[tokio::test]
async fn a_second_change_does_not_take_the_undoing_from_the_first_address() {
    let world = World::with_letters().await;
    let (mut eve, first) = changed(&world).await;
    eve.call(CHANGE, &[("email", "third@mail.example")]).await.landing();
    let link = world.last_letter_to("third@mail.example").await.link("/verify/");
    confirm(&mut eve, &link).await.landing();
    let second = world.last_letter_to("hopper@mail.example").await.link("/email-undo/");
    undo(&mut world.guest(), &first).await.landing();
    assert_eq!(account(&world, "grace").await.email, "grace@mail.example");
    let back = undo(&mut world.guest(), &second).await;
    assert_eq!(back.error(), AppError::Forbidden(Refusal::LinkOver), "whoever made the change cannot undo the undoing");
}

#[tokio::test]
async fn an_undoing_from_a_later_address_does_not_take_it_from_an_earlier_one() {
    let world = World::with_letters().await;
    let (mut eve, owners) = changed(&world).await;
    world.pass(Duration::from_secs(1));
    eve.call(CHANGE, &[("email", "third@mail.example")]).await.landing();
    let link = world.last_letter_to("third@mail.example").await.link("/verify/");
    confirm(&mut eve, &link).await.landing();
    let thiefs = world.last_letter_to("hopper@mail.example").await.link("/email-undo/");
    undo(&mut eve, &thiefs).await.landing();
    assert_eq!(account(&world, "grace").await.email, "hopper@mail.example");
    undo(&mut world.guest(), &owners).await.landing();
    assert_eq!(account(&world, "grace").await.email, "grace@mail.example");
}

#[tokio::test]
async fn a_change_can_be_undone_for_seven_days() {
    let world = World::with_letters().await;
    let (_, link) = changed(&world).await;
    world.pass(Duration::from_hours(7 * 24) - Duration::from_millis(1));
    assert_eq!(world.guest().follow(&link).await.status, 200);
    world.pass(Duration::from_millis(1));
    assert_eq!(undo(&mut world.guest(), &link).await.error(), AppError::Forbidden(Refusal::LinkOver));
}

#[tokio::test]
async fn the_old_address_comes_back_even_when_somebody_claims_it_but_not_from_who_has_proven_it() {
    let world = World::with_letters().await;
    let (_, link) = changed(&world).await;
    let (mut squatter, _) = register(&world, "squatter", "grace@mail.example").await;
    let proof = world.last_letter_to("grace@mail.example").await.link("/verify/");
    let mut proving = world.holder(&link).await;
    confirm(&mut squatter, &proof).await.landing();
    assert_eq!(proving.call("/api/accounts/undo_email_change", &[]).await.error(), AppError::Conflict(Conflict::AddressTaken));
    assert_eq!(account(&world, "grace").await.email, "hopper@mail.example");
}

#[tokio::test]
async fn changing_asks_for_a_fresh_proof_and_for_another_address() {
    let world = World::with_letters().await;
    let mut grace = world.member("grace").await;
    let same = grace.call(CHANGE, &[("email", "grace@mail.example")]).await;
    assert_eq!(same.error().field_problems().of("email").map(|problem| problem.code), Some(ProblemCode::SameAddress));
    world.pass(Duration::from_mins(11));
    assert_eq!(grace.call(CHANGE, &[("email", "hopper@mail.example")]).await.error(), AppError::ProofNeeded);
    assert!(grace.get("/account/email").await.shows("/prove?next=%2Faccount%2Femail"));
    grace.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    grace.call(CHANGE, &[("email", "hopper@mail.example")]).await.landing();
    assert_eq!(world.letters_to("hopper@mail.example").await.len(), 1);
}

#[tokio::test]
async fn an_address_that_somebody_has_proven_gets_a_letter_that_says_so() {
    let world = World::with_letters().await;
    world.account("ada", Role::Member).await;
    let mut grace = world.member("grace").await;
    let taken = grace.call(CHANGE, &[("email", "ada@mail.example")]).await;
    let free = grace.call(CHANGE, &[("email", "free@mail.example")]).await;
    assert_eq!(taken.text(), free.text());
    let letter = world.last_letter_to("ada@mail.example").await;
    assert!(letter.text.contains("Your user name is ada.") && !letter.text.contains("/verify/"), "{}", letter.text);
}

#[tokio::test]
async fn a_new_password_ends_a_change_that_is_under_way() {
    let world = World::with_letters().await;
    let mut eve = world.member("grace").await;
    eve.call(CHANGE, &[("email", "eve@mail.example")]).await.landing();
    let link = world.last_letter_to("eve@mail.example").await.link("/verify/");
    let id = UserId(account(&world, "grace").await.id);
    let made = administration::make_password_link(&world.operator(), id).await.unwrap();
    let mut grace = world.holder(&made.address).await;
    grace.call("/api/accounts/use_password_link", &[("password", "seven quiet harbours sleeping")]).await.landing();
    assert_eq!(confirm(&mut eve, &link).await.error(), AppError::Forbidden(Refusal::LinkOver));
    assert_eq!(account(&world, "grace").await.email, "grace@mail.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_changes_do_not_swap_tokens_and_addresses() {
    let world = World::with_letters().await;
    let grace = world.member("grace").await;
    let addresses: Vec<String> = (0..6).map(|number| format!("new-{number}@mail.example")).collect();
    let asked = addresses.clone().into_iter().map(|address| {
        let mut browser = grace.clone();
        async move { browser.call(CHANGE, &[("email", &address)]).await.status }
    });
    for status in together(asked).await {
        assert_eq!(status, 200);
    }
    let mut links = Vec::new();
    for address in &addresses {
        // Beyond a few letters an hour the rest are not written.
        if let Some(letter) = world.letters_to(address).await.pop() {
            links.push((address.clone(), letter.link("/verify/")));
        }
    }
    assert!(links.len() >= 2, "{links:?}");
    let confirmed = links.into_iter().map(|(address, link)| {
        let mut browser = world.guest();
        async move { (address, confirm(&mut browser, &link).await.status.as_u16()) }
    });
    let results = together(confirmed).await;
    let winners: Vec<_> = results.iter().filter(|(_, status)| *status == 200).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert_eq!(account(&world, "grace").await.email, winners[0].0, "the address is the one whose letter was used");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_cannot_both_change_to_one_address() {
    let world = World::with_letters().await;
    let mut links = Vec::new();
    for name in ["ada", "grace"] {
        let mut browser = world.member(name).await;
        browser.call(CHANGE, &[("email", "shared@mail.example")]).await.landing();
        links.push((name, world.last_letter_to("shared@mail.example").await.link("/verify/")));
    }
    let confirmed = links.into_iter().map(|(name, link)| {
        let mut browser = world.guest();
        async move { (name, confirm(&mut browser, &link).await.status.as_u16()) }
    });
    let results = together(confirmed).await;
    let winners: Vec<_> = results.iter().filter(|(_, status)| *status == 200).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    for name in ["ada", "grace"] {
        let has_it = account(&world, name).await.email == "shared@mail.example";
        assert_eq!(has_it, winners[0].0 == name, "{name}");
    }
}

#[tokio::test]
async fn where_no_letters_are_sent_an_address_stays_as_it_is() {
    let world = World::new().await;
    let mut grace = world.member("grace").await;
    assert!(grace.get("/account/email").await.shows("This site sends no letters"));
    assert_eq!(grace.call(CHANGE, &[("email", "x@mail.example")]).await.error(), AppError::Forbidden(Refusal::NoLetters));
}

#[tokio::test]
async fn ending_sessions_ends_a_change_that_was_asked_for_in_them() {
    let world = World::with_letters().await;
    let mut eve = world.member("grace").await;
    let id = UserId(account(&world, "grace").await.id);
    for way in ["the owner", "the operator"] {
        eve.call(CHANGE, &[("email", "eve@mail.example")]).await.landing();
        let link = world.last_letter_to("eve@mail.example").await.link("/verify/");
        if way == "the owner" {
            world.signed_in("grace").await.call("/api/accounts/end_other_sessions", &[]).await.landing();
        } else {
            administration::end_sessions(&world.operator(), id).await.unwrap();
        }
        assert_eq!(confirm(&mut world.guest(), &link).await.error(), AppError::Forbidden(Refusal::LinkOver), "{way}");
        eve = world.signed_in("grace").await;
    }
}
