//! Sessions over HTTP: when they get a new id, when they end, and what the database knows of them.

mod own;

use std::time::Duration;

use sea_orm::EntityTrait;

use super::support::{Browser, PASSWORD, World};
use crate::{
    accounts::model::{Role, UserId},
    error::AppError,
    server::{accounts::administration, entity, housekeeping},
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/new").await.status.is_success()
}

async fn rows(world: &World) -> Vec<entity::session::Model> {
    entity::session::Entity::find().all(world.app.database().reader()).await.unwrap()
}

async fn id_of(world: &World, name: &str) -> UserId {
    crate::server::accounts::profile(&world.operator(), name).await.unwrap().id
}

#[tokio::test]
async fn an_id_that_was_planted_before_signing_in_is_dead_after_it() {
    let world = World::new().await;
    let mut victim = world.member("ada").await;
    let planted = victim.cookies.clone();
    victim.call("/api/accounts/sign_out", &[]).await.landing();
    victim.cookies.clone_from(&planted);
    victim.call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.landing();
    assert_ne!(victim.cookies, planted);
    let mut attacker = world.guest().with_cookies(planted);
    assert!(is_signed_in(&mut victim).await);
    assert!(!is_signed_in(&mut attacker).await);
}

#[tokio::test]
async fn a_proof_a_new_password_and_a_new_role_each_bring_a_new_id() {
    let world = World::new().await;
    world.account("grace", Role::Admin).await;
    let mut admin = world.admin("ada").await;
    let id = id_of(&world, "ada").await.to_string();
    let acts: [(&str, &[(&str, &str)]); 3] = [
        ("/api/accounts/prove", &[("password", PASSWORD)]),
        ("/api/accounts/change_password", &[("current_password", PASSWORD), ("password", "seven quiet harbours sleeping")]),
        ("/api/accounts/change_role", &[("user", &id), ("role", "moderator")]),
    ];
    for (act, fields) in acts {
        let mut before = admin.clone();
        admin.call(act, fields).await.landing();
        assert!(is_signed_in(&mut admin).await, "{act} ended the session");
        assert!(!is_signed_in(&mut before).await, "the old id is good after {act}");
    }
}

#[tokio::test]
async fn a_new_password_ends_the_persons_other_sessions() {
    let world = World::new().await;
    let mut here = world.member("ada").await;
    let mut elsewhere = world.signed_in("ada").await;
    let fields = [("current_password", PASSWORD), ("password", "seven quiet harbours sleeping")];
    here.call("/api/accounts/change_password", &fields).await.landing();
    assert!(is_signed_in(&mut here).await);
    assert!(!is_signed_in(&mut elsewhere).await);
}

#[tokio::test]
async fn signing_out_is_final_in_the_server_and_in_the_browser() {
    let world = World::in_public().await;
    let mut person = world.member("ada").await;
    let mut replayed = person.clone();
    let farewell = person.submit("/api/accounts/sign_out", &[]).await;
    assert_eq!(farewell.header("clear-site-data"), "\"cache\", \"storage\"");
    let left: Vec<_> = person.cookies.keys().map(String::as_str).collect();
    assert_eq!(left, ["__Host-locutory-browser"], "what knows the browser again, which is no session");
    assert!(rows(&world).await.is_empty());
    assert!(!is_signed_in(&mut replayed).await);
}

#[tokio::test]
async fn a_member_may_be_idle_for_a_week_and_no_longer() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    world.pass(DAY * 7);
    assert!(is_signed_in(&mut person).await);
    world.pass(DAY * 7);
    assert!(is_signed_in(&mut person).await, "being used keeps a session alive");
    world.pass(DAY * 7 + Duration::from_secs(1));
    assert!(!is_signed_in(&mut person).await);
}

#[tokio::test]
async fn who_does_not_ask_to_be_kept_is_signed_out_after_an_hour_idle_and_a_day_in_all() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    let sign_in = async || {
        let mut browser = world.guest();
        browser.call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.landing();
        browser
    };
    let mut idle = sign_in().await;
    world.pass(HOUR + Duration::from_secs(1));
    assert!(!is_signed_in(&mut idle).await);
    let mut busy = sign_in().await;
    for _ in 0..23 {
        world.pass(HOUR);
        assert!(is_signed_in(&mut busy).await);
    }
    world.pass(HOUR);
    assert!(!is_signed_in(&mut busy).await);
}

#[tokio::test]
async fn a_members_session_ends_after_a_month_however_much_it_is_used() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    for _ in 0..29 {
        world.pass(DAY);
        assert!(is_signed_in(&mut person).await);
    }
    world.pass(DAY);
    assert!(!is_signed_in(&mut person).await);
}

#[tokio::test]
async fn staff_sessions_end_after_a_quarter_of_an_hour_idle_and_eight_hours_in_all() {
    let world = World::new().await;
    let mut idle = world.moderator("ada").await;
    world.pass(Duration::from_mins(15) + Duration::from_secs(1));
    assert!(!is_signed_in(&mut idle).await);

    let mut busy = world.admin("grace").await;
    for _ in 0..8 * 6 - 1 {
        world.pass(Duration::from_mins(10));
        assert!(is_signed_in(&mut busy).await);
    }
    world.pass(Duration::from_mins(10));
    assert!(!is_signed_in(&mut busy).await);
}

#[tokio::test]
async fn who_becomes_staff_gets_the_short_sessions_of_staff() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let id = id_of(&world, "ada").await;
    administration::change_role(&world.operator(), id, Role::Moderator).await.unwrap();
    assert!(!is_signed_in(&mut person).await, "the session of the member must end with the role");
    let mut person = world.signed_in("ada").await;
    world.pass(HOUR);
    assert!(!is_signed_in(&mut person).await);
}

#[tokio::test]
async fn a_suspension_and_its_end_count_from_the_next_request() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let id = id_of(&world, "ada").await;
    world.suspend(id).await;
    let refused = person.call("/api/comments/preview", &[("body", "Hello")]).await;
    assert!(matches!(refused.error(), AppError::Forbidden(crate::error::Refusal::Suspended { .. })));
    assert!(person.get("/").await.shows("Reason given: <span dir=\"auto\">shouting"));
    administration::lift_suspension(&world.operator(), id).await.unwrap();
    assert_eq!(person.call("/api/comments/preview", &[("body", "Hello")]).await.status, 200);
}

#[tokio::test]
async fn a_demotion_counts_from_the_next_request() {
    let world = World::new().await;
    let mut moderator = world.moderator("ada").await;
    assert_eq!(moderator.get("/admin/comments").await.status, 200);
    let id = id_of(&world, "ada").await;
    administration::change_role(&world.operator(), id, Role::Member).await.unwrap();
    assert_eq!(moderator.get("/admin/comments").await.status, 404);
    assert_eq!(world.signed_in("ada").await.get("/admin/comments").await.status, 404);
}

#[tokio::test]
async fn an_admin_can_sign_somebody_out_everywhere() {
    let world = World::new().await;
    let mut person = world.member("grace").await;
    let mut admin = world.admin("ada").await;
    let id = id_of(&world, "grace").await.to_string();
    admin.call("/api/accounts/end_sessions", &[("user", &id)]).await.landing();
    assert!(!is_signed_in(&mut person).await);
    assert!(is_signed_in(&mut admin).await);
}

#[tokio::test]
async fn the_table_of_sessions_opens_no_account() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    let [row] = rows(&world).await.try_into().expect("one session");
    assert_eq!(row.id_hash.len(), 32);
    let kept = row.id_hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let (name, value) = person.cookies.pop_first().unwrap();
    assert!(!value.contains(&kept));
    for forged in [kept.as_str(), "", "x", "AAAAAAAAAAAAAAAAAAAAAA", &value[1..], &value[..value.len() - 1]] {
        let mut thief = world.guest();
        thief.cookies.insert(name.clone(), forged.to_owned());
        assert!(!is_signed_in(&mut thief).await, "{forged:?} is a session");
        assert_eq!(thief.get("/").await.status, 200, "a forged cookie is a guest's");
    }
    person.cookies.insert(name, value);
    assert!(is_signed_in(&mut person).await);
}

#[tokio::test]
async fn a_cookie_of_another_site_opens_nothing_here() {
    let (here, there) = (World::new().await, World::new().await);
    here.account("ada", Role::Member).await;
    let elsewhere = there.member("ada").await;
    let mut person = here.guest().with_cookies(elsewhere.cookies);
    assert!(!is_signed_in(&mut person).await);
}

const ATTRIBUTES: [&str; 4] = ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"];

#[tokio::test]
async fn the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts() {
    let world = World::in_public().await;
    world.account("ada", Role::Member).await;
    let answer = world.guest().call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await;
    let [session, browser] = answer.cookies()[..] else { panic!("{:?}", answer.cookies()) };
    assert!(session.starts_with("__Host-locutory="), "{session}");
    assert!(browser.starts_with("__Host-locutory-browser="), "{browser}");
    for (cookie, attribute) in [session, browser].into_iter().flat_map(|cookie| ATTRIBUTES.map(|attribute| (cookie, attribute))) {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} is missing in {cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert!(!session.contains("Max-Age"), "who does not ask to be kept is gone with the browser: {session}");
    assert!(world.guest().get("/").await.cookies().is_empty(), "guests have no session");
}

#[tokio::test]
async fn what_has_ended_is_swept_away_and_nothing_else() {
    let world = World::new().await;
    world.member("ada").await;
    world.pass(DAY * 8);
    let mut lasting = world.member("grace").await;
    let swept = housekeeping::sweep(&world.app).await.unwrap();
    assert!(swept >= 1, "{swept}");
    assert_eq!(rows(&world).await.len(), 1);
    assert!(is_signed_in(&mut lasting).await);
}

#[tokio::test]
async fn only_a_secret_makes_a_proof_younger() {
    let world = World::new().await;
    world.account("grace", Role::Admin).await;
    let mut ada = world.admin("ada").await;
    let id = id_of(&world, "ada").await.to_string();
    ada.sets_up_app(&world).await;
    world.pass(Duration::from_mins(6));
    ada.call("/api/accounts/make_recovery_codes", &[]).await;
    ada.call("/api/accounts/remove_totp", &[]).await.landing();
    ada.call("/api/accounts/change_role", &[("user", &id), ("role", "moderator")]).await.landing();
    world.pass(Duration::from_mins(4));
    assert_eq!(ada.call("/api/accounts/begin_totp", &[]).await.error(), AppError::ProofNeeded);
    ada.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    ada.call("/api/accounts/begin_totp", &[]).await.landing();
}

#[tokio::test]
async fn a_session_that_was_kept_is_a_short_one_once_a_factor_is_set_up_in_it() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    ada.sets_up_app(&world).await;
    let short = world.app.lifetimes().short;
    let [row] = rows(&world).await.try_into().unwrap();
    assert!(row.ends_at <= world.clock.now().after(short.absolute).milliseconds());
    world.pass(short.idle);
    assert!(!is_signed_in(&mut ada).await);
}
