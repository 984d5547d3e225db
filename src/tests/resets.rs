//! A forgotten password, from asking to signing in again.

use std::time::Duration;

use super::support::{Answer, Browser, PASSWORD, World, together};
use crate::{
    accounts::model::Role,
    error::{AppError, Refusal},
    server::letters::worker,
};

const NEW: &str = "seven quiet harbours sleeping";

async fn ask(browser: &mut Browser, login: &str) -> Answer {
    browser.call("/api/accounts/request_reset", &[("login", login)]).await
}

async fn reset(browser: &mut Browser, link: &str) -> Answer {
    browser.follow(link).await;
    browser.call("/api/accounts/use_password_link", &[("password", NEW)]).await
}

#[tokio::test]
async fn a_letter_sets_a_new_password_signs_nobody_in_and_ends_every_session() {
    let world = World::with_letters().await;
    let mut grace = world.member("grace").await;
    for login in ["grace", "GRACE", "Grace@mail.example"] {
        ask(&mut world.guest(), login).await.landing();
    }
    let letters = world.letters_to("grace@mail.example").await;
    assert_eq!(letters.len(), 3, "by name and by address");
    let mut holder = world.guest();
    assert_eq!(holder.follow(&letters[0].link("/password/")).await.status, 200, "a later letter does not end an earlier one");
    reset(&mut holder, &letters[1].link("/password/")).await.landing();
    assert_eq!(holder.get("/new").await.status, 401, "it signs nobody in");
    assert_eq!(grace.get("/new").await.status, 401, "sessions end");
    for letter in &letters {
        let again = reset(&mut world.guest(), &letter.link("/password/")).await;
        assert_eq!(again.error(), AppError::Forbidden(Refusal::LinkOver), "one use ends them all");
    }
    let old = world.guest().call("/api/accounts/sign_in", &[("login", "grace"), ("password", PASSWORD)]).await;
    assert_eq!(old.error(), AppError::Forbidden(Refusal::Credentials));
    world.guest().call("/api/accounts/sign_in", &[("login", "grace"), ("password", NEW)]).await.landing();
    assert!(world.letters_to("grace@mail.example").await[3].text.contains("The password of your account was changed."));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reset_token_used_at_the_same_moment_works_once() {
    let world = World::with_letters().await;
    world.account("grace", Role::Member).await;
    ask(&mut world.guest(), "grace").await.landing();
    let link = world.last_letter_to("grace@mail.example").await.link("/password/");
    let attempts = (0..5).map(|_| {
        let (mut browser, link) = (world.guest(), link.clone());
        async move { reset(&mut browser, &link).await.status }
    });
    let statuses = together(attempts).await;
    assert_eq!(statuses.iter().filter(|status| status.as_u16() == 200).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn the_link_ends_after_half_an_hour() {
    let world = World::with_letters().await;
    world.account("grace", Role::Member).await;
    ask(&mut world.guest(), "grace").await.landing();
    let link = world.last_letter_to("grace@mail.example").await.link("/password/");
    world.pass(Duration::from_mins(30));
    assert_eq!(reset(&mut world.guest(), &link).await.error(), AppError::Forbidden(Refusal::LinkOver));
}

#[tokio::test]
async fn the_answer_tells_nobody_who_is_here() {
    let world = World::with_letters().await;
    world.account("grace", Role::Member).await;
    let mut answers = Vec::new();
    for login in ["grace", "nobody-here", "grace@mail.example", "nobody@mail.example", "\u{2603}"] {
        let mut browser = world.guest();
        browser.get("/forgotten").await;
        let page = browser.submit("/api/accounts/request_reset", &[("login", login)]).await;
        answers.push((ask(&mut browser, login).await.text(), page.status, page.location().to_owned()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    assert_eq!(world.all_letters().await.len(), 4, "only grace is written to");
}

#[tokio::test]
async fn nobody_is_written_to_at_an_address_that_somebody_else_has() {
    let world = World::with_letters().await;
    world.account("grace", Role::Member).await;
    let fields = [("username", "eve"), ("email", "grace@mail.example"), ("password", PASSWORD)];
    world.guest().call("/api/accounts/register", &fields).await.landing();
    let before = world.letters_to("grace@mail.example").await.len();
    ask(&mut world.guest(), "eve").await.landing();
    assert_eq!(world.letters_to("grace@mail.example").await.len(), before);
}

#[tokio::test]
async fn a_link_to_an_address_that_the_account_has_no_more_is_over() {
    let world = World::with_letters().await;
    let mut grace = world.member("grace").await;
    ask(&mut world.guest(), "grace").await.landing();
    let link = world.last_letter_to("grace@mail.example").await.link("/password/");
    let mut holder = world.holder(&link).await;
    grace.call("/api/accounts/change_email", &[("email", "hopper@mail.example")]).await.landing();
    let confirmation = world.last_letter_to("hopper@mail.example").await.link("/verify/");
    grace.follow(&confirmation).await;
    grace.call("/api/accounts/verify_email", &[]).await.landing();
    let late = holder.call("/api/accounts/use_password_link", &[("password", NEW)]).await;
    assert_eq!(late.error(), AppError::Forbidden(Refusal::LinkOver));
}

#[tokio::test]
async fn nobody_can_be_bombed_with_letters() {
    let world = World::with_letters().await;
    world.account("grace", Role::Member).await;
    for number in 0..15_u8 {
        let mut browser = world.guest().at(&format!("198.51.100.{number}"));
        ask(&mut browser, if number % 2 == 0 { "grace" } else { "GRACE@mail.example" }).await.landing();
    }
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 5);
    world.pass(Duration::from_hours(1) + Duration::from_millis(1));
    ask(&mut world.guest(), "grace").await.landing();
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 6, "an hour later there is room again");
    let mut eager = world.guest().at("203.0.113.9");
    for _ in 0..20 {
        ask(&mut eager, "nobody-here").await.landing();
    }
    assert!(matches!(ask(&mut eager, "nobody-here").await.error(), AppError::TooMany { .. }));
}

#[tokio::test]
async fn strangers_keep_no_letter_away_that_the_owners_browser_asks_for() {
    let world = World::with_letters().await;
    let mut grace = world.member("grace").await;
    grace.call("/api/accounts/sign_out", &[]).await.landing();
    for number in 0..8_u8 {
        ask(&mut world.guest().at(&format!("198.51.100.{number}")), "grace").await.landing();
    }
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 5);
    let mut eve = world.member("eve").await;
    eve.call("/api/accounts/sign_out", &[]).await.landing();
    ask(&mut eve, "grace").await.landing();
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 5, "a browser of somebody else's is a stranger's");
    for _ in 0..5 {
        ask(&mut grace, "Grace@mail.example").await.landing();
    }
    let letters = world.letters_to("grace@mail.example").await;
    assert_eq!(letters.len(), 8, "three more, and no more than that");
    reset(&mut grace, &letters[7].link("/password/")).await.landing();
}

#[tokio::test]
async fn where_no_letters_are_sent_an_admin_is_asked() {
    let world = World::new().await;
    assert!(world.guest().get("/forgotten").await.shows("Ask an admin of this site"));
    assert_eq!(ask(&mut world.guest(), "grace").await.error(), AppError::Forbidden(Refusal::NoLetters));
    assert_eq!(worker::run_once(&world.app).await.unwrap(), 0);
}
