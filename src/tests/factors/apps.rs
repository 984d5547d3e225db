//! Authenticator apps: setting one up, and giving its code.

use std::time::Duration;

use sea_orm::EntityTrait;

use super::{is_signed_in, is_wrong_code, sessions, told};
use crate::{
    accounts::model::Role,
    audit::model::Deed,
    error::{AppError, Conflict, Refusal},
    server::{
        accounts::{self, factors},
        entity::totp_secret,
        housekeeping,
    },
    tests::support::{Authenticator, PASSWORD, World},
};

const GIVE: &str = "/api/accounts/give_code";

#[tokio::test]
async fn an_app_is_set_up_by_its_first_code_and_asked_for_from_then_on() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let app = person.begins_app().await.unwrap();
    assert!(is_signed_in(&mut world.signed_in("ada").await).await, "an app that is not confirmed asks for nothing");
    person.get("/account/security/app").await;
    let shown = person.submit("/api/accounts/confirm_totp", &[("code", &app.code(world.clock.now()))]).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(shown.text().matches("<li><code>").count(), 10, "ten recovery codes: {}", shown.text());
    assert!(is_signed_in(&mut person).await, "the session goes on under a new id");

    world.pass(Authenticator::STEP);
    let mut arriving = world.half_signed_in("ada").await;
    assert!(!is_signed_in(&mut arriving).await, "half a sign-in is none");
    let page = arriving.get("/sign-in/continue").await;
    assert!(page.shows("autocomplete=\"one-time-code\""), "{}", page.text());
    let code = app.code(world.clock.now());
    assert_eq!(arriving.call(GIVE, &[("code", &code)]).await.landing().path.as_str(), "/");
    assert!(is_signed_in(&mut arriving).await);
    assert_eq!(told(&world, Deed::FactorSetUp).await, 1);
}

#[tokio::test]
async fn the_key_is_shown_until_it_is_confirmed_and_never_again() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.call("/api/accounts/begin_totp", &[]).await.landing();
    let page = person.get("/account/security/app").await;
    assert!(page.shows("class=\"qr\"") && page.shows("<path d=\"M0 0h7v1h-7z"), "{}", page.text());
    person.sets_up_app(&world).await;
    assert_eq!(person.get("/account/security/app").await.location(), "/account/security");
    let security = person.get("/account/security").await;
    assert!(!security.shows("class=\"key\"") && security.shows("You have 10 codes left"), "{}", security.text());
}

#[tokio::test]
async fn the_key_lies_sealed_in_the_database() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let app = person.begins_app().await.unwrap();
    let row = totp_secret::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap();
    let printed = format!("{app:?}");
    let seals = world.app.seals();
    let secret = seals.unseal(crate::server::seal::Purpose::Totp, &row.user_id.to_string(), &row.sealed).unwrap();
    assert_eq!(secret.len(), 20);
    assert!(!row.sealed.windows(4).any(|part| part == &secret[..4]), "{printed}");
}

#[tokio::test]
async fn a_key_that_waits_too_long_is_forgotten() {
    let world = World::with(&[(&crate::server::config::catalogue::SESSION_PROOF_MINUTES, "120")]).await;
    let mut person = world.member("ada").await;
    let app = person.begins_app().await.unwrap();
    world.pass(Duration::from_mins(30));
    assert_eq!(person.get("/account/security/app").await.location(), "/account/security");
    let late = person.call("/api/accounts/confirm_totp", &[("code", &app.code(world.clock.now()))]).await;
    assert_eq!(late.error(), AppError::Conflict(Conflict::ChangedMeanwhile));
    housekeeping::sweep(&world.app).await.unwrap();
    assert_eq!(totp_secret::Entity::find().all(world.app.database().reader()).await.unwrap(), []);
}

#[tokio::test]
async fn a_second_app_does_not_replace_the_first() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    let refused = person.call("/api/accounts/begin_totp", &[]).await;
    assert_eq!(refused.error(), AppError::Conflict(Conflict::FactorInForce));
    let mut arriving = world.half_signed_in("ada").await;
    arriving.call(GIVE, &[("code", &app.code(world.clock.now()))]).await.landing();
}

#[tokio::test]
async fn setting_up_an_app_ends_every_other_session_and_half_sign_in() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let mut elsewhere = world.signed_in("ada").await;
    person.sets_up_app(&world).await;
    assert!(!is_signed_in(&mut elsewhere).await);
    assert!(is_signed_in(&mut person).await);
    assert_eq!(sessions(&world).await, 1);
}

#[tokio::test]
async fn a_code_is_good_for_its_half_minute_and_the_next_and_neither_before_nor_after() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    world.pass(Authenticator::STEP * 4);
    let now = world.clock.now();
    let moments = [now.after(Authenticator::STEP), now.before(Authenticator::STEP * 2), now, now.before(Authenticator::STEP)];
    let mut good = Vec::new();
    for moment in moments {
        let mut arriving = world.half_signed_in("ada").await;
        good.push(arriving.call(GIVE, &[("code", &app.code(moment))]).await.status.is_success());
    }
    // The last would have been good, had the step after it not been used.
    assert_eq!(good, [false, false, true, false]);
}

#[tokio::test]
async fn the_code_of_the_half_minute_before_is_good() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    world.pass(Authenticator::STEP * 2);
    let mut arriving = world.half_signed_in("ada").await;
    let code = app.code(world.clock.now().before(Authenticator::STEP));
    arriving.call(GIVE, &[("code", &code)]).await.landing();
}

#[tokio::test]
async fn a_code_does_not_work_twice_and_the_first_one_of_all_is_used_up_by_setting_up() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let app = person.begins_app().await.unwrap();
    let first = app.code(world.clock.now());
    assert_eq!(person.call("/api/accounts/confirm_totp", &[("code", &first)]).await.status, 200);
    let mut arriving = world.half_signed_in("ada").await;
    assert!(is_wrong_code(&arriving.call(GIVE, &[("code", &first)]).await.error(), "code"));
    world.pass(Authenticator::STEP);
    let next = app.code(world.clock.now());
    arriving.call(GIVE, &[("code", &next)]).await.landing();
    let mut again = world.half_signed_in("ada").await;
    assert!(is_wrong_code(&again.call(GIVE, &[("code", &next)]).await.error(), "code"));
    assert_eq!(told(&world, Deed::SecondFactorFailed).await, 2);
}

#[tokio::test]
async fn one_code_sent_by_many_at_once_lets_one_in() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    let code = app.code(world.clock.now());
    let mut tries = Vec::new();
    for _ in 0..4 {
        let (mut browser, code) = (world.half_signed_in("ada").await, code.clone());
        tries.push(tokio::spawn(async move { browser.call(GIVE, &[("code", &code)]).await.status.is_success() }));
    }
    let mut entered = 0;
    for attempt in tries {
        entered += usize::from(attempt.await.unwrap());
    }
    assert_eq!(entered, 1);
    assert_eq!(sessions(&world).await, 2, "the one that set the app up, and the one that was let in");
}

#[tokio::test]
async fn an_entry_has_five_tries_and_five_minutes() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    let mut guessing = world.half_signed_in("ada").await;
    for _ in 0..5 {
        assert!(is_wrong_code(&guessing.call(GIVE, &[("code", "000000")]).await.error(), "code"));
    }
    let right = app.code(world.clock.now());
    let refused = guessing.call(GIVE, &[("code", &right)]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::EntryOver));

    world.pass(Duration::from_mins(10));
    let mut slow = world.half_signed_in("ada").await;
    world.pass(Duration::from_mins(5));
    let refused = slow.call(GIVE, &[("code", &app.code(world.clock.now()))]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::EntryOver));
    assert!(!is_signed_in(&mut slow).await);
}

#[tokio::test]
async fn tries_at_the_same_moment_do_not_share_one() {
    let world = World::new().await;
    world.member("ada").await.sets_up_app(&world).await;
    let browser = world.half_signed_in("ada").await;
    let mut tries = Vec::new();
    for _ in 0..12 {
        let mut browser = browser.clone();
        tries.push(tokio::spawn(async move { browser.call(GIVE, &[("code", "000000")]).await.status.as_u16() }));
    }
    let mut compared = 0;
    for attempt in tries {
        compared += usize::from(attempt.await.unwrap() == 422);
    }
    assert!(compared <= 5, "{compared} codes were compared");
}

#[tokio::test]
async fn wrong_codes_make_the_account_wait_whatever_entry_they_come_by() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    for _ in 0..2 {
        let mut guessing = world.half_signed_in("ada").await;
        for _ in 0..3 {
            guessing.call(GIVE, &[("code", "000000")]).await;
        }
    }
    let mut arriving = world.half_signed_in("ada").await;
    let code = app.code(world.clock.now());
    assert!(matches!(arriving.call(GIVE, &[("code", &code)]).await.error(), AppError::TooMany { .. }));
    world.pass(Duration::from_secs(2));
    arriving.call(GIVE, &[("code", &code)]).await.landing();
    for _ in 0..5 {
        let mut guessing = world.half_signed_in("ada").await;
        assert!(is_wrong_code(&guessing.call(GIVE, &[("code", "000000")]).await.error(), "code"), "success forgives");
    }
}

/// Whether the right code is refused for the tries before it.
async fn has_to_wait(world: &World, app: &Authenticator) -> bool {
    let mut arriving = world.guest();
    let fields = [("login", "ada"), ("password", "eleven paper boats drift")];
    arriving.call("/api/accounts/sign_in", &fields).await.landing();
    let answer = arriving.call(GIVE, &[("code", &app.code(world.clock.now()))]).await;
    !answer.status.is_success() && matches!(answer.error(), AppError::TooMany { .. })
}

#[tokio::test]
async fn a_new_password_gives_nobody_more_tries_at_the_second_factor() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    let ada = accounts::profile(&world.operator(), "ada").await.unwrap().id;
    for _ in 0..2 {
        let mut guessing = world.half_signed_in("ada").await;
        for _ in 0..4 {
            guessing.call(GIVE, &[("code", "000000")]).await;
        }
    }
    let link = accounts::administration::make_password_link(&world.operator(), ada).await.unwrap();
    let mut holder = world.holder(&link.address).await;
    holder.call("/api/accounts/use_password_link", &[("password", "eleven paper boats drift")]).await.landing();
    assert!(has_to_wait(&world, &app).await);
    factors::reset(&world.operator(), ada).await.unwrap();
    let mut person = world.guest();
    let fields = [("login", "ada"), ("password", "eleven paper boats drift")];
    person.call("/api/accounts/sign_in", &fields).await.landing();
    let (app, _) = person.sets_up_app(&world).await;
    assert!(!has_to_wait(&world, &app).await, "a new factor has not been guessed at");
}

#[tokio::test]
async fn half_a_sign_in_has_no_rights() {
    let world = World::new().await;
    world.admin("ada").await.sets_up_app(&world).await;
    let mut half = world.half_signed_in("ada").await;
    for page in ["/account", "/account/security", "/account/security/app", "/new", "/prove"] {
        assert_eq!(half.get(page).await.status, 401, "{page}");
    }
    assert_eq!(half.get("/admin").await.status, 404);
    for function in ["begin_totp", "remove_totp", "make_recovery_codes", "sign_out"] {
        assert_eq!(half.call(&format!("/api/accounts/{function}"), &[]).await.error(), AppError::Unauthenticated, "{function}");
    }
    assert_eq!(sessions(&world).await, 1);
}

#[tokio::test]
async fn a_new_password_ends_half_sign_ins_by_the_old_one() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    let mut half = world.half_signed_in("ada").await;
    let fields = [("current_password", PASSWORD), ("password", "eleven paper boats drift")];
    person.call("/api/accounts/change_password", &fields).await.landing();
    let refused = half.call(GIVE, &[("code", &app.code(world.clock.now()))]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::EntryOver));
}

#[tokio::test]
async fn removing_the_app_asks_for_nothing_more_and_ends_other_sessions() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    let mut elsewhere = world.half_signed_in("ada").await;
    elsewhere.call(GIVE, &[("code", &app.code(world.clock.now()))]).await.landing();
    person.call("/api/accounts/remove_totp", &[]).await.landing();
    assert!(!is_signed_in(&mut elsewhere).await);
    assert!(is_signed_in(&mut person).await);
    assert!(is_signed_in(&mut world.signed_in("ada").await).await);
    assert_eq!(told(&world, Deed::FactorRemoved).await, 1);
}

#[tokio::test]
async fn the_last_factor_is_removed_once_however_often_it_is_asked_at_once() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.sets_up_app(&world).await;
    let mut removals = Vec::new();
    for _ in 0..4 {
        let mut browser = person.clone();
        removals.push(tokio::spawn(async move { browser.call("/api/accounts/remove_totp", &[]).await.status.as_u16() }));
    }
    let mut statuses = Vec::new();
    for removal in removals {
        statuses.push(removal.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
    assert_eq!(told(&world, Deed::FactorRemoved).await, 1);
}

#[tokio::test]
async fn a_fresh_proof_is_asked_for_before_anything_changes() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.sets_up_app(&world).await;
    world.pass(Duration::from_mins(11));
    assert!(person.get("/account/security").await.shows("/prove?next=%2Faccount%2Fsecurity"));
    for function in ["begin_totp", "remove_totp", "make_recovery_codes"] {
        assert_eq!(person.call(&format!("/api/accounts/{function}"), &[]).await.error(), AppError::ProofNeeded, "{function}");
    }
    let trouble = person.get("/account/security/app").await;
    assert_eq!(trouble.status, 403);
    assert!(trouble.shows("/prove?next=%2Faccount%2Fsecurity%2Fapp"), "{}", trouble.text());
}

#[tokio::test]
async fn the_operator_can_take_all_factors_away() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.sets_up_app(&world).await;
    let id = world.account("grace", Role::Member).await;
    assert!(factors::reset(&world.operator(), id).await.is_ok(), "nothing to take is no failure");
    let ada = crate::accounts::model::UserId(id.0 - 1);
    factors::reset(&world.operator(), ada).await.unwrap();
    assert!(!is_signed_in(&mut person).await);
    assert!(is_signed_in(&mut world.signed_in("ada").await).await);
    assert_eq!(told(&world, Deed::FactorsReset).await, 2);
}

#[tokio::test]
async fn an_app_that_waits_is_shown_and_confirmed_only_in_the_session_that_began_it() {
    let world = World::new().await;
    let mut owner = world.member("ada").await;
    let mut thief = world.signed_in("ada").await;
    let app = owner.begins_app().await.unwrap();
    let code = app.code(world.clock.now());
    assert_eq!(thief.get("/account/security/app").await.location(), "/account/security");
    let taken = thief.call("/api/accounts/confirm_totp", &[("code", &code)]).await;
    assert_eq!(taken.error(), AppError::Conflict(Conflict::ChangedMeanwhile));
    owner.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    let confirmed = owner.call("/api/accounts/confirm_totp", &[("code", &code)]).await;
    assert_eq!(confirmed.status, 200, "a new id of the session changes nothing: {}", confirmed.text());
}
