//! Nobody learns from registering who is here, whose network asks for letters too often, or takes the place of
//! somebody who has left.

use std::time::Duration;

use super::{OTHER_PASSWORD, register, sign_in};
use crate::{
    accounts::model::Role,
    error::{AppError, Refusal},
    server::config::catalogue,
    tests::support::{Answer, Browser, PASSWORD, World},
};

const MINUTE: Duration = Duration::from_mins(1);

/// What somebody is told who registers with an address and then signs in by it.
async fn tries_out(world: &World, name: &str, address: &str) -> String {
    register(&mut world.guest(), name, address, OTHER_PASSWORD).await.landing();
    sign_in(&mut world.guest(), address, OTHER_PASSWORD).await.text()
}

#[tokio::test]
async fn signing_in_by_an_address_tells_nobody_whether_it_was_claimed() {
    let world = World::with_letters().await;
    world.account("ada", Role::Member).await;
    register(&mut world.guest(), "grace", "grace@mail.example", PASSWORD).await.landing();
    let taken = tries_out(&world, "eve", "ada@mail.example").await;
    let claimed = tries_out(&world, "mallory", "grace@mail.example").await;
    let free = tries_out(&world, "trudy", "free@mail.example").await;
    assert_eq!((&taken, &claimed), (&free, &free));
    sign_in(&mut world.guest(), "trudy", OTHER_PASSWORD).await.landing();
}

#[tokio::test]
async fn a_corrected_address_tells_no_more() {
    let world = World::with_letters().await;
    world.account("ada", Role::Member).await;
    let mut told = Vec::new();
    for (name, address) in [("eve", "ada@mail.example"), ("trudy", "free@mail.example")] {
        let mut browser = world.guest();
        register(&mut browser, name, &format!("{name}@mail.example"), OTHER_PASSWORD).await.landing();
        browser.call("/api/accounts/correct_email", &[("email", address)]).await.landing();
        told.push(sign_in(&mut world.guest(), address, OTHER_PASSWORD).await.text());
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn whoever_has_proven_an_address_signs_in_by_it() {
    let world = World::with_letters().await;
    let mut ada = world.guest();
    register(&mut ada, "ada", "ada@mail.example", PASSWORD).await.landing();
    let link = world.last_letter_to("ada@mail.example").await.link("/verify/");
    ada.follow(&link).await;
    ada.call("/api/accounts/verify_email", &[]).await.landing();
    sign_in(&mut world.guest(), "ADA@mail.example", PASSWORD).await.landing();
}

async fn corrects(browser: &mut Browser, address: &str) -> Answer {
    browser.call("/api/accounts/correct_email", &[("email", address)]).await
}

#[tokio::test]
async fn one_network_has_only_so_many_letters_sent_that_prove_an_address() {
    let plenty = (&catalogue::LIMITS_REGISTRATIONS_PER_HOUR, "100");
    let world = World::with(&[(&catalogue::MAIL_MODE, "folder"), plenty]).await;
    let mut sender = world.guest().at("198.51.100.7");
    for number in 0..21 {
        sender = world.guest().at("198.51.100.7");
        let (name, address) = (format!("sender-{number}"), format!("victim-{number}@mail.example"));
        register(&mut sender, &name, &address, PASSWORD).await.landing();
    }
    assert_eq!(world.all_letters().await.len(), 20, "the account is made, the letter waits");
    world.pass(MINUTE);
    let again = sender.call("/api/accounts/resend_verification", &[]).await;
    assert!(matches!(again.error(), AppError::TooMany { .. }));
    assert!(matches!(corrects(&mut sender, "victim@mail.example").await.error(), AppError::TooMany { .. }));
    assert_eq!(world.all_letters().await.len(), 20);
    let mut elsewhere = sender.at("198.51.100.8");
    corrects(&mut elsewhere, "victim@mail.example").await.landing();
    assert_eq!(world.letters_to("victim@mail.example").await.len(), 1);
}

#[tokio::test]
async fn tags_make_no_other_mailbox() {
    let world = World::with_letters().await;
    for number in 0..8 {
        let mut sender = world.guest().at(&format!("198.51.100.{number}"));
        register(&mut sender, &format!("sender-{number}"), &format!("Ada+{number}@mail.example"), PASSWORD).await.landing();
    }
    assert_eq!(world.all_letters().await.len(), 5, "as many as to one address");
}

#[tokio::test]
async fn nobody_takes_the_name_that_stands_for_somebody_who_has_left() {
    let world = World::new().await;
    for name in ["gone-18", "Gone-l8"] {
        let answer = register(&mut world.guest(), name, "eve@mail.example", PASSWORD).await;
        assert_eq!(super::problem(&answer, "username"), Some(crate::valid::ProblemCode::Reserved), "{name}");
    }
    let nobody = sign_in(&mut world.guest(), "gone-18", PASSWORD).await;
    assert_eq!(nobody.error(), AppError::Forbidden(Refusal::Credentials));
}
