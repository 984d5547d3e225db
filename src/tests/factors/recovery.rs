//! Recovery codes: ten, each once, never shown again.

use sea_orm::EntityTrait;

use super::{is_signed_in, is_wrong_code, sessions, told};
use crate::{accounts::model::RecoveryCodes, audit::model::Deed, server::entity::recovery_code, tests::support::World};

const GIVE: &str = "/api/accounts/give_recovery_code";

#[tokio::test]
async fn a_recovery_code_stands_in_for_the_app_once() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (_, codes) = person.sets_up_app(&world).await;
    let mut arriving = world.half_signed_in("ada").await;
    let written = codes[3].to_uppercase().replace('-', " ");
    arriving.call(GIVE, &[("recovery_code", &written)]).await.landing();
    assert!(arriving.get("/account/security").await.shows("You have 9 codes left"));
    let mut again = world.half_signed_in("ada").await;
    assert!(is_wrong_code(&again.call(GIVE, &[("recovery_code", &codes[3])]).await.error(), "recovery_code"));
    again.call(GIVE, &[("recovery_code", &codes[4])]).await.landing();
    assert_eq!(told(&world, Deed::RecoveryCodeUsed).await, 2);
    assert_eq!(told(&world, Deed::SecondFactorFailed).await, 1);
}

#[tokio::test]
async fn without_scripts_a_wrong_code_comes_back_to_its_open_form_and_is_not_shown() {
    let world = World::new().await;
    world.member("ada").await.sets_up_app(&world).await;
    let mut arriving = world.half_signed_in("ada").await;
    arriving.get("/sign-in/continue").await;
    let wrong = "00000-11111-22222-33333-44444-5";
    let page = arriving.submit(GIVE, &[("recovery_code", wrong)]).await;
    assert_eq!(page.status, 422);
    assert!(
        page.shows("This is none of your recovery codes") && page.shows("<details open class=\"other-way\""),
        "{}",
        page.text()
    );
    assert!(!page.shows(wrong));
}

#[tokio::test]
async fn one_code_sent_by_many_at_once_lets_one_in() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (_, codes) = person.sets_up_app(&world).await;
    let mut tries = Vec::new();
    for _ in 0..4 {
        let (mut browser, code) = (world.half_signed_in("ada").await, codes[0].clone());
        tries.push(tokio::spawn(async move { browser.call(GIVE, &[("recovery_code", &code)]).await.status.is_success() }));
    }
    let mut entered = 0;
    for attempt in tries {
        entered += usize::from(attempt.await.unwrap());
    }
    assert_eq!(entered, 1);
    assert_eq!(sessions(&world).await, 2);
    assert_eq!(told(&world, Deed::RecoveryCodeUsed).await, 1);
}

#[tokio::test]
async fn somebody_elses_code_lets_nobody_in() {
    let world = World::new().await;
    let (_, codes) = world.member("grace").await.sets_up_app(&world).await;
    world.member("ada").await.sets_up_app(&world).await;
    let mut arriving = world.half_signed_in("ada").await;
    assert!(is_wrong_code(&arriving.call(GIVE, &[("recovery_code", &codes[0])]).await.error(), "recovery_code"));
    assert!(!is_signed_in(&mut arriving).await);
}

#[tokio::test]
async fn a_new_set_replaces_the_old_one() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (_, old) = person.sets_up_app(&world).await;
    let new: RecoveryCodes = person.call("/api/accounts/make_recovery_codes", &[]).await.json();
    assert_eq!(new.recovery_codes.len(), 10);
    let mut arriving = world.half_signed_in("ada").await;
    assert!(is_wrong_code(&arriving.call(GIVE, &[("recovery_code", &old[0])]).await.error(), "recovery_code"));
    arriving.call(GIVE, &[("recovery_code", new.recovery_codes[0].expose())]).await.landing();
}

#[tokio::test]
async fn codes_are_shown_once_and_lie_in_no_usable_form_anywhere() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.sets_up_app(&world).await;
    person.get("/account/security").await;
    let shown = person.submit("/api/accounts/make_recovery_codes", &[]).await;
    let text = shown.text();
    let codes: Vec<_> = text.split("<li><code>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(codes.len(), 10, "{text}");
    let again = person.get("/account/security").await;
    assert!(codes.iter().all(|code| !again.shows(code)));
    let rows = recovery_code::Entity::find().all(world.app.database().reader()).await.unwrap();
    assert_eq!(rows.len(), 10);
    let kept = format!("{rows:?}");
    assert!(rows.iter().all(|row| row.code_hash.len() == 32));
    assert!(codes.iter().all(|code| !kept.contains(&code.replace('-', ""))));
}

#[tokio::test]
async fn codes_go_with_the_last_factor() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.sets_up_app(&world).await;
    person.call("/api/accounts/remove_totp", &[]).await.landing();
    assert_eq!(recovery_code::Entity::find().all(world.app.database().reader()).await.unwrap(), []);
    assert!(!person.get("/account/security").await.shows("Recovery codes"));
}
