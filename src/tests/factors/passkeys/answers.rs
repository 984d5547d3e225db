//! Answers of passkeys, right and wrong ones, with an authenticator in software.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    accounts::model::PasskeyCeremony,
    audit::model::Deed,
    error::{AppError, Refusal},
    server::entity::{passkey, session, user},
    tests::{
        factors::{is_signed_in, sessions, told},
        support::{Browser, PASSWORD, SoftPasskey, World, together, wish},
    },
};

/// Somebody with one passkey, and it.
async fn keeper(world: &World, name: &str) -> (Browser, SoftPasskey) {
    let mut person = world.member(name).await;
    let passkey = person.adds_passkey().await;
    (person, passkey)
}

async fn rows(world: &World) -> Vec<passkey::Model> {
    passkey::Entity::find().all(world.app.database().reader()).await.unwrap()
}

#[tokio::test]
async fn a_passkey_alone_signs_in_and_the_session_tells_so() {
    let world = World::new().await;
    let (person, mut passkey) = keeper(&world, "ada").await;
    drop(person);
    let mut guest = world.guest();
    guest.shows_passkey("sign_in", &mut passkey).await.landing();
    assert!(guest.get("/account").await.shows("ada@mail.example"));
    let proven = session::Entity::find().filter(session::Column::Proven.eq("passkey"));
    assert_eq!(proven.all(world.app.database().reader()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_passkey_is_asked_for_after_the_password_and_pays_it() {
    let world = World::new().await;
    let (_, mut passkey) = keeper(&world, "ada").await;
    let mut arriving = world.half_signed_in("ada").await;
    assert!(!is_signed_in(&mut arriving).await);
    arriving.shows_passkey("second_factor", &mut passkey).await.landing();
    assert!(is_signed_in(&mut arriving).await);
}

#[tokio::test]
async fn a_passkey_of_somebody_else_is_no_second_factor_whomever_it_names() {
    let world = World::new().await;
    let (_, ada) = keeper(&world, "ada").await;
    let (_, mut eve) = keeper(&world, "eve").await;
    let eves_own = eve.user_handle.clone();
    for handle in [eves_own, ada.user_handle.clone()] {
        eve.user_handle = handle;
        let mut arriving = world.half_signed_in("ada").await;
        let refused = arriving.shows_passkey("second_factor", &mut eve).await;
        assert_eq!(refused.error(), AppError::Forbidden(Refusal::PasskeyRefused));
        assert!(!is_signed_in(&mut arriving).await);
    }
    assert_eq!(told(&world, Deed::SecondFactorFailed).await, 2);
    assert_eq!(sessions(&world).await, 2, "the two in which the passkeys were made");
}

#[tokio::test]
async fn a_passkey_of_somebody_else_proves_nothing() {
    let world = World::new().await;
    let (mut ada, mut own) = keeper(&world, "ada").await;
    let (_, mut eve) = keeper(&world, "eve").await;
    world.pass(std::time::Duration::from_mins(11));
    let refused = ada.shows_passkey("proof", &mut eve).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::PasskeyRefused));
    assert_eq!(ada.call("/api/accounts/make_recovery_codes", &[]).await.error(), AppError::ProofNeeded);
    ada.shows_passkey("proof", &mut own).await.landing();
    assert_eq!(ada.call("/api/accounts/make_recovery_codes", &[]).await.status, 200);
    assert_eq!(told(&world, Deed::ProofFailed).await, 1);
}

#[tokio::test]
async fn a_passkey_that_names_another_account_signs_in_nobody() {
    let world = World::new().await;
    let (_, ada) = keeper(&world, "ada").await;
    let (_, mut eve) = keeper(&world, "eve").await;
    eve.user_handle = ada.user_handle;
    let mut guest = world.guest();
    let refused = guest.shows_passkey("sign_in", &mut eve).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::PasskeyRefused));
    assert!(!is_signed_in(&mut guest).await);
}

#[tokio::test]
async fn the_answer_to_one_persons_exchange_is_none_to_anothers() {
    let world = World::new().await;
    let (_, mut ada) = keeper(&world, "ada").await;
    keeper(&world, "eve").await;
    let asked: PasskeyCeremony = world.half_signed_in("ada").await.asks_for_passkey("second_factor").await.json();
    let given = ada.answers(&wish(&asked));
    let mut eve = world.half_signed_in("eve").await;
    let refused = eve.sends_passkey("second_factor", &asked, &given).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::PasskeyOver));
    assert!(!is_signed_in(&mut eve).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_that_is_answered_many_times_at_once_lets_one_in() {
    let world = World::new().await;
    let (_, mut passkey) = keeper(&world, "ada").await;
    let ceremony: PasskeyCeremony = world.guest().asks_for_passkey("sign_in").await.json();
    let same = passkey.answers(&wish(&ceremony));
    let newer = passkey.answers(&wish(&ceremony));
    let attempts = [same.clone(), newer.clone(), same, newer].map(|given| {
        let (mut browser, ceremony) = (world.guest(), ceremony.clone());
        async move { browser.sends_passkey("sign_in", &ceremony, &given).await.status.as_u16() }
    });
    let mut statuses = together(attempts).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403, 403, 403]);
    assert_eq!(sessions(&world).await, 2, "the one in which the passkey was made, and the one that was let in");
}

#[tokio::test]
async fn an_authenticator_that_did_not_verify_its_user_is_refused_everywhere() {
    let world = World::new().await;
    let (mut person, mut passkey) = keeper(&world, "ada").await;
    passkey.verifies_user = false;
    let refused = AppError::Forbidden(Refusal::PasskeyRefused);
    assert_eq!(world.guest().shows_passkey("sign_in", &mut passkey).await.error(), refused);
    let mut arriving = world.half_signed_in("ada").await;
    assert_eq!(arriving.shows_passkey("second_factor", &mut passkey).await.error(), refused);
    assert_eq!(person.shows_passkey("proof", &mut passkey).await.error(), refused);
    passkey.verifies_user = true;
    arriving.shows_passkey("second_factor", &mut passkey).await.landing();
}

#[tokio::test]
async fn an_answer_under_another_address_is_refused() {
    let world = World::new().await;
    let (_, mut passkey) = keeper(&world, "ada").await;
    passkey.origin = "https://localhost.evil.example".to_owned();
    let refused = world.guest().shows_passkey("sign_in", &mut passkey).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::PasskeyRefused));
}

#[tokio::test]
async fn the_counter_and_the_state_of_the_backup_are_kept_and_a_copy_that_lags_behind_is_refused() {
    let world = World::new().await;
    let (mut person, mut passkey) = keeper(&world, "ada").await;
    let before = rows(&world).await.remove(0);
    assert_eq!((before.backup.as_str(), before.last_used_at), ("one_device", None));
    let mut copy = passkey.clone();
    passkey.is_backed_up = true;
    passkey.counter = 6;
    world.guest().shows_passkey("sign_in", &mut passkey).await.landing();
    let after = rows(&world).await.remove(0);
    assert_eq!((after.backup.as_str(), after.last_used_at), ("backed_up", Some(world.clock.now().milliseconds())));
    let kept: serde_json::Value = serde_json::from_str(&after.credential).unwrap();
    assert_eq!(kept["cred"]["counter"], 7);
    let refused = world.guest().shows_passkey("sign_in", &mut copy).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::PasskeyRefused));
    assert!(person.get("/account/security").await.shows("Key"));
}

#[tokio::test]
async fn a_passkey_that_is_the_last_way_in_cannot_be_removed() {
    let world = World::new().await;
    let (mut person, _) = keeper(&world, "ada").await;
    let without = user::Entity::update_many().col_expr(user::Column::Password, Expr::value(""));
    without.exec(world.app.database().writer()).await.unwrap();
    let first = rows(&world).await[0].id.to_string();
    let refused = person.call("/api/accounts/remove_passkey", &[("passkey", &first)]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastWay));
    assert_eq!(rows(&world).await.len(), 1);
    person.adds_passkey().await;
    person.call("/api/accounts/remove_passkey", &[("passkey", &first)]).await.landing();
    let last = rows(&world).await[0].id.to_string();
    let refused = person.call("/api/accounts/remove_passkey", &[("passkey", &last)]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastWay));
}

#[tokio::test]
async fn with_a_password_the_last_passkey_can_go_once_and_the_password_is_enough_again() {
    let world = World::new().await;
    let (person, _) = keeper(&world, "ada").await;
    let id = rows(&world).await[0].id.to_string();
    let removals = (0..4).map(|_| {
        let (mut browser, id) = (person.clone(), id.clone());
        async move { browser.call("/api/accounts/remove_passkey", &[("passkey", &id)]).await.status.as_u16() }
    });
    let statuses = together(removals).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(told(&world, Deed::FactorRemoved).await, 1);
    let mut again = world.guest();
    again.call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.landing();
    assert!(is_signed_in(&mut again).await);
}
