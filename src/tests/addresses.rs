//! E-mail addresses: proven by a letter, corrected, changed and taken back, over HTTP.

mod change;

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::support::{Answer, Browser, PASSWORD, World, together};
use crate::{
    accounts::model::Role,
    error::{AppError, Conflict, Refusal},
    server::entity::{link, user},
};

async fn register(world: &World, username: &str, email: &str) -> (Browser, Answer) {
    let mut browser = world.guest();
    let fields = [("username", username), ("email", email), ("password", PASSWORD)];
    let answer = browser.call("/api/accounts/register", &fields).await;
    (browser, answer)
}

async fn sign_in(world: &World, name: &str) -> (Browser, Answer) {
    let mut browser = world.guest();
    let answer = browser.call("/api/accounts/sign_in", &[("login", name), ("password", PASSWORD)]).await;
    (browser, answer)
}

async fn account(world: &World, name: &str) -> user::Model {
    let found = user::Entity::find().filter(user::Column::Name.eq(name)).one(world.app.database().reader()).await.unwrap();
    found.unwrap_or_else(|| panic!("there is no {name}"))
}

async fn confirm(browser: &mut Browser, link: &str) -> Answer {
    browser.follow(link).await;
    browser.call("/api/accounts/verify_email", &[]).await
}

fn is_in(browser: &Browser) -> bool {
    browser.cookies.contains_key("locutory-session") || browser.cookies.keys().any(|name| name.ends_with("session"))
}

#[tokio::test]
async fn whoever_registers_proves_the_address_by_the_letter_and_is_in() {
    let world = World::with_letters().await;
    let (mut ada, answer) = register(&world, "ada", "ada@mail.example").await;
    assert_eq!(answer.landing().path.as_str(), "/sign-in/continue");
    let page = ada.get("/sign-in/continue").await;
    assert!(page.shows("ada@mail.example") && page.shows("Send it again"), "{}", page.text());
    assert_eq!(ada.get("/new").await.status, 401, "nobody is in before the address is proven");
    let letter = world.last_letter_to("ada@mail.example").await;
    let link = letter.link("/verify/");
    let page = ada.follow(&link).await;
    assert!(page.shows("Confirm this address"), "{}", page.text());
    assert!(!page.shows(link.rsplit('/').next().unwrap()), "the token is on no page");
    assert_eq!(account(&world, "ada").await.email_verified_at, None, "opening the link proves nothing");
    ada.call("/api/accounts/verify_email", &[]).await.landing();
    assert_eq!(ada.get("/new").await.status, 200);
    assert!(account(&world, "ada").await.email_verified_at.is_some());
    let (mut again, answer) = sign_in(&world, "ada").await;
    assert_eq!(answer.landing().path.as_str(), "/");
    assert_eq!(again.get("/new").await.status, 200);
}

#[tokio::test]
async fn a_letter_opened_elsewhere_proves_the_address_and_signs_nobody_in() {
    let world = World::with_letters().await;
    let (mut ada, _) = register(&world, "ada", "ada@mail.example").await;
    let link = world.last_letter_to("ada@mail.example").await.link("/verify/");
    let mut phone = world.guest();
    let landing = confirm(&mut phone, &link).await.landing();
    assert_eq!(landing.path.as_str(), "/sign-in");
    assert!(!is_in(&phone), "{:?}", phone.cookies);
    assert_eq!(ada.get("/new").await.status, 401);
    assert_eq!(confirm(&mut phone, &link).await.error(), AppError::Forbidden(Refusal::LinkOver), "a link works once");
    sign_in(&world, "ada").await.1.landing();
}

#[tokio::test]
async fn a_link_to_prove_an_address_ends_after_a_day() {
    let world = World::with_letters().await;
    register(&world, "ada", "ada@mail.example").await;
    let link = world.last_letter_to("ada@mail.example").await.link("/verify/");
    world.pass(Duration::from_hours(24) - Duration::from_millis(1));
    assert_eq!(world.guest().follow(&link).await.status, 200);
    world.pass(Duration::from_millis(1));
    assert_eq!(world.guest().follow(&link).await.status, 403);
    let mut late = world.guest();
    assert_eq!(confirm(&mut late, &link).await.error(), AppError::Forbidden(Refusal::LinkOver));
}

#[tokio::test]
async fn the_letter_is_sent_again_once_a_minute() {
    let world = World::with_letters().await;
    let (mut ada, _) = register(&world, "ada", "ada@mail.example").await;
    let early = ada.call("/api/accounts/resend_verification", &[]).await;
    assert_eq!(early.error(), AppError::TooMany { retry_after: 60 });
    sign_in(&world, "ada").await;
    assert_eq!(world.letters_to("ada@mail.example").await.len(), 1, "signing in does not send sooner either");
    world.pass(Duration::from_mins(1));
    ada.call("/api/accounts/resend_verification", &[]).await.landing();
    let letters = world.letters_to("ada@mail.example").await;
    assert_eq!(letters.len(), 2);
    // The first letter may arrive last.
    confirm(&mut ada, &letters[0].link("/verify/")).await.landing();
    assert_eq!(ada.get("/new").await.status, 200);
    let mut other = world.guest();
    assert_eq!(confirm(&mut other, &letters[1].link("/verify/")).await.error(), AppError::Forbidden(Refusal::LinkOver));
}

#[tokio::test]
async fn a_mistyped_address_is_corrected_on_the_way_in_and_the_first_letter_is_over() {
    let world = World::with_letters().await;
    let (mut ada, _) = register(&world, "ada", "eda@mail.example").await;
    let wrong = world.last_letter_to("eda@mail.example").await.link("/verify/");
    ada.get("/sign-in/continue").await;
    let refused = ada.submit("/api/accounts/correct_email", &[("email", "ada@mail")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.shows("value=\"ada@mail\""), "{}", refused.text());
    ada.submit("/api/accounts/correct_email", &[("email", "Ada@mail.example")]).await;
    assert!(ada.get("/sign-in/continue").await.shows("Ada@mail.example"));
    let mut stranger = world.guest();
    assert_eq!(confirm(&mut stranger, &wrong).await.error(), AppError::Forbidden(Refusal::LinkOver));
    let right = world.last_letter_to("Ada@mail.example").await.link("/verify/");
    confirm(&mut ada, &right).await.landing();
    let ada = account(&world, "ada").await;
    assert_eq!((ada.email.as_str(), ada.email_key.as_deref()), ("Ada@mail.example", Some("ada@mail.example")));
}

#[tokio::test]
async fn an_address_is_corrected_only_while_it_is_unproven_and_owed() {
    let world = World::with_letters().await;
    let (mut ada, _) = register(&world, "ada", "ada@mail.example").await;
    let link = world.last_letter_to("ada@mail.example").await.link("/verify/");
    confirm(&mut world.guest(), &link).await.landing();
    let refused = ada.call("/api/accounts/correct_email", &[("email", "eve@mail.example")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::EntryOver));
    let refused = world.guest().call("/api/accounts/correct_email", &[("email", "eve@mail.example")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::EntryOver));
    assert_eq!(account(&world, "ada").await.email, "ada@mail.example");
}

#[tokio::test]
async fn corrections_cannot_be_used_to_write_to_many_strangers() {
    let world = World::with_letters().await;
    let (mut eve, _) = register(&world, "eve", "eve@mail.example").await;
    for number in 0..30 {
        if number % 4 == 0 {
            (eve, _) = sign_in(&world, "eve").await;
        }
        let address = format!("victim-{number}@mail.example");
        eve.call("/api/accounts/correct_email", &[("email", &address)]).await;
    }
    assert!(world.all_letters().await.len() <= 10, "ten letters an hour for one account");
}

#[tokio::test]
async fn an_address_that_somebody_has_proven_gets_a_letter_that_says_so_and_the_newcomer_sees_no_difference() {
    let world = World::with_letters().await;
    world.account("grace", Role::Member).await;
    let (mut eve, taken) = register(&world, "eve", "grace@mail.example").await;
    let (mut mallory, free) = register(&world, "mallory", "mallory@mail.example").await;
    assert_eq!(taken.text(), free.text());
    let pages = [eve.get("/sign-in/continue").await.text(), mallory.get("/sign-in/continue").await.text()];
    let plain = |text: &str, address: &str| {
        let text = text.replace(address, "X");
        text.split("<main").nth(1).unwrap_or_default().split("</main").next().unwrap_or_default().to_owned()
    };
    assert_eq!(plain(&pages[0], "grace@mail.example"), plain(&pages[1], "mallory@mail.example"));
    let letter = world.last_letter_to("grace@mail.example").await;
    assert!(letter.text.contains("Your user name is grace."), "{}", letter.text);
    letter.link("/forgotten");
    assert!(!letter.text.contains("/verify/") && !letter.text.contains("eve"), "{}", letter.text);
    let (grace, eve) = (account(&world, "grace").await, account(&world, "eve").await);
    assert_eq!(grace.email_key.as_deref(), Some("grace@mail.example"));
    assert_eq!((eve.email_key, eve.email_verified_at), (None, None));
}

#[tokio::test]
async fn a_claim_that_nobody_has_proven_gives_way_to_a_proof() {
    let world = World::with_letters().await;
    register(&world, "squatter", "grace@mail.example").await;
    world.pass(Duration::from_mins(2));
    let (mut grace, _) = register(&world, "grace", "Grace@mail.example").await;
    let link = world.last_letter_to("Grace@mail.example").await.link("/verify/");
    confirm(&mut grace, &link).await.landing();
    assert_eq!(account(&world, "grace").await.email_key.as_deref(), Some("grace@mail.example"));
    assert_eq!(account(&world, "squatter").await.email_key, None);
    let squatters = world.letters_to("grace@mail.example").await[0].link("/verify/");
    let refused = confirm(&mut world.guest(), &squatters).await;
    assert_eq!(refused.error(), AppError::Conflict(Conflict::AddressTaken));
    assert_eq!(account(&world, "squatter").await.email_verified_at, None);
    let (_, by_address) = sign_in(&world, "grace@mail.example").await;
    assert_eq!(by_address.landing().path.as_str(), "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_prove_one_address_at_the_same_moment_one_has_it() {
    let world = World::with_letters().await;
    let mut links = Vec::new();
    for name in ["ada", "eda", "ida"] {
        let address = format!("{name}@mail.example");
        register(&world, name, &address).await;
        // The same mailbox, written in three ways.
        let shared = ["one@mail.example", "One@mail.example", "ONE@mail.example"][links.len()];
        let (mut browser, _) = sign_in(&world, name).await;
        browser.call("/api/accounts/correct_email", &[("email", shared)]).await.landing();
        links.push(world.last_letter_to(shared).await.link("/verify/"));
    }
    let attempts = links.into_iter().map(|link| {
        let mut browser = world.guest();
        async move { confirm(&mut browser, &link).await.status }
    });
    let statuses = together(attempts).await;
    assert_eq!(statuses.iter().filter(|status| status.as_u16() == 200).count(), 1, "{statuses:?}");
    let database = world.app.database().reader();
    let proven = user::Entity::find().filter(user::Column::EmailVerifiedAt.is_not_null()).all(database).await.unwrap();
    assert_eq!(proven.len(), 1);
    assert_eq!(proven[0].email_key.as_deref(), Some("one@mail.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_link_used_many_times_at_once_proves_once() {
    let world = World::with_letters().await;
    register(&world, "ada", "ada@mail.example").await;
    let link = world.last_letter_to("ada@mail.example").await.link("/verify/");
    let attempts = (0..8).map(|_| {
        let (mut browser, link) = (world.guest(), link.clone());
        async move { confirm(&mut browser, &link).await.status }
    });
    let statuses = together(attempts).await;
    assert_eq!(statuses.iter().filter(|status| status.as_u16() == 200).count(), 1, "{statuses:?}");
    assert_eq!(link::Entity::find().all(world.app.database().reader()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn where_no_letters_are_sent_nothing_has_to_be_proven_and_the_operator_vouches_for_whom_he_makes() {
    let world = World::new().await;
    let (mut ada, answer) = register(&world, "ada", "ada@mail.example").await;
    assert_eq!(answer.landing().path.as_str(), "/");
    assert_eq!(ada.get("/new").await.status, 200);
    assert_eq!(account(&world, "ada").await.email_verified_at, None);
    world.account("grace", Role::Member).await;
    assert!(account(&world, "grace").await.email_verified_at.is_some());
}
