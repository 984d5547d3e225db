//! Choosing passwords: what they must be, what is told while they are typed, and what keeps the hashes.

use std::{fs, os::unix::fs::PermissionsExt};

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{
    accounts::model::{PasswordWeight, Role, Strength, UserId, WeightReason},
    error::AppError,
    server::{
        accounts::administration,
        entity::{totp_secret, user},
    },
    valid::{Problem, ProblemCode},
};

async fn sign_in(browser: &mut Browser, login: &str, password: &str) -> Answer {
    browser.call("/api/accounts/sign_in", &[("login", login), ("password", password)]).await
}

async fn weigh(browser: &mut Browser, password: &str) -> PasswordWeight {
    let fields = [("password", password), ("username", "wilhelmina"), ("email", "w.okafor@mail.example")];
    browser.call("/api/accounts/weigh_password", &fields).await.json()
}

async fn give_second_factor(world: &World, user: UserId) {
    let row = totp_secret::ActiveModel {
        user_id: Set(user.0),
        sealed: Set(vec![0; 60]),
        confirmed_at: Set(Some(world.clock.now().milliseconds())),
        last_step: Set(0),
        created_at: Set(world.clock.now().milliseconds()),
        session_number: Set(None),
    };
    totp_secret::Entity::insert(row).exec_without_returning(world.app.database().writer()).await.unwrap();
}

async fn stored(world: &World, id: UserId) -> String {
    user::Entity::find_by_id(id.0).one(world.app.database().reader()).await.unwrap().unwrap().password
}

#[tokio::test]
async fn a_newcomer_is_told_while_typing_what_a_password_would_withstand() {
    let world = World::new().await;
    let mut guest = world.guest();
    let weak = weigh(&mut guest, "Wilhelmina1987").await;
    assert_eq!(weak.strength(), Strength::TooWeak);
    assert!(weak.reasons.contains(&WeightReason::Own) && weak.reasons.contains(&WeightReason::Date), "{weak:?}");
    assert_eq!(weigh(&mut guest, "seven quiet herons at dawn").await.strength(), Strength::VeryGood);
    let page = guest.get("/register").await;
    assert!(page.shows("data-weighs hidden") && page.shows("<meter"), "{}", page.text());
}

#[tokio::test]
async fn whoever_is_signed_in_is_weighed_by_their_own_name() {
    let world = World::new().await;
    let mut ada = world.member("lovelace").await;
    assert_eq!(weigh(&mut ada, "lovelace-lovelace").await.strength(), Strength::TooWeak);
    assert!(weigh(&mut ada, "lovelace-lovelace").await.reasons.contains(&WeightReason::Own));
    assert!(!weigh(&mut ada, "wilhelmina").await.reasons.contains(&WeightReason::Own));
}

#[tokio::test]
async fn weighing_has_its_limits_and_leaves_no_trace() {
    let world = World::new().await;
    let mut guest = world.guest();
    let long = "x".repeat(1_025);
    assert_eq!(guest.call("/api/accounts/weigh_password", &[("password", &long)]).await.status, 422);
    for _ in 0..240 {
        assert_eq!(guest.call("/api/accounts/weigh_password", &[("password", "sunshine")]).await.status, 200);
    }
    let refused = guest.call("/api/accounts/weigh_password", &[("password", "sunshine")]).await;
    assert_eq!(refused.error(), AppError::TooMany { retry_after: 60 });
}

#[tokio::test]
async fn beside_a_second_factor_a_password_may_be_shorter() {
    let world = World::new().await;
    let id = world.account("ada", Role::Member).await;
    let mut ada = world.signed_in("ada").await;
    let change = [("current_password", PASSWORD), ("password", "gzqhvmwt")];
    let alone = ada.call("/api/accounts/change_password", &change).await;
    let problem = alone.error().field_problems().of("password");
    assert_eq!(problem, Some(Problem::bounded(ProblemCode::TooShort, 15)));
    give_second_factor(&world, id).await;
    assert!(ada.get("/account").await.shows("At least 8 characters."));
    let guessed = ada.call("/api/accounts/change_password", &[change[0], ("password", "password")]).await;
    let code = guessed.error().field_problems().of("password").unwrap().code;
    assert!(matches!(code, ProblemCode::Common | ProblemCode::Leaked), "{code:?}");
    let short = ada.call("/api/accounts/change_password", &[change[0], ("password", "gzqhvmw")]).await;
    assert_eq!(short.error().field_problems().of("password"), Some(Problem::bounded(ProblemCode::TooShort, 8)));
    ada.call("/api/accounts/change_password", &change).await.landing();
}

#[tokio::test]
async fn a_link_that_knows_nothing_of_factors_wants_a_long_password() {
    let world = World::new().await;
    let id = world.account("ada", Role::Member).await;
    give_second_factor(&world, id).await;
    let link = administration::make_password_link(&world.operator(), id).await.unwrap().address;
    let mut holder = world.holder(&link).await;
    let refused = holder.call("/api/accounts/use_password_link", &[("password", "gzqhvmwt")]).await;
    assert_eq!(refused.error().field_problems().of("password"), Some(Problem::bounded(ProblemCode::TooShort, 15)));
}

#[tokio::test]
async fn a_password_that_leaked_elsewhere_is_refused_with_the_reason() {
    let world = World::new().await;
    let mut guest = world.guest();
    guest.get("/register").await;
    let fields = [("username", "ada"), ("email", "ada@mail.example"), ("password", "1234567890qwertyuiop1")];
    let page = guest.submit("/api/accounts/register", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.shows("attackers try"), "{}", page.text());
}

#[tokio::test]
async fn it_does_not_matter_how_a_keyboard_composes_a_letter() {
    let world = World::new().await;
    let fields = [("username", "ada"), ("email", "ada@mail.example"), ("password", "caf\u{e9} at the old harbour")];
    world.guest().call("/api/accounts/register", &fields).await.landing();
    sign_in(&mut world.guest(), "ada", "cafe\u{301} at the old harbour").await.landing();
    assert_eq!(sign_in(&mut world.guest(), "ada", "cafe at the old harbour").await.status, 403);
}

#[tokio::test]
async fn a_pepper_is_put_into_old_hashes_as_their_owners_sign_in_and_can_be_changed() {
    let mut world = World::new().await;
    let id = world.account("ada", Role::Member).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper.keys");
    let (old, new) =
        ("00000007 z3Q6gD7aC025aOhOces59mmrfsQ1+AeYfNCcg8o57XQ=\n", "00000008 oXQXBAiKo9k4/O1pVmdDHcGGfqdTdfFtRDvtSh3ZSWI=\n");
    let mut before = stored(&world, id).await;
    for (step, lines) in [old.to_owned(), format!("{new}{old}"), new.to_owned()].into_iter().enumerate() {
        fs::write(&path, lines).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        world.restart_with(|config| config.secrets.pepper_file = Some(path.clone())).await;
        sign_in(&mut world.guest(), "ada", PASSWORD).await.landing();
        let after = stored(&world, id).await;
        assert!(after.contains(",keyid="), "{after}");
        assert_eq!(after != before, step < 2, "made anew when there is another pepper, and only then");
        before = after;
    }
    fs::write(&path, old).unwrap();
    world.restart_with(|_| {}).await;
    assert_eq!(sign_in(&mut world.guest(), "ada", PASSWORD).await.status, 403, "its pepper is lost");
}

#[tokio::test]
async fn password_managers_find_the_page_that_changes_a_password() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let answer = ada.get("/.well-known/change-password").await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"));
    assert!(ada.open("/.well-known/change-password").await.shows("Change your password"));
    assert_eq!(world.guest().get("/.well-known/nothing-that-is-here").await.status, 404);
}
