//! Registering, signing in and what admins do with accounts, over HTTP, and what none of it tells.

mod guessing;
mod joining;
mod links;
mod quiet;

use std::time::Duration;

use sea_orm::{EntityTrait, PaginatorTrait};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{
    accounts::model::{Role, UserId},
    error::{AppError, Refusal},
    server::{
        accounts::{self, administration},
        entity::user,
    },
    site::model::RegistrationMode,
    valid::ProblemCode,
};

const OTHER_PASSWORD: &str = "seven quiet harbours sleeping";

async fn register(browser: &mut Browser, username: &str, email: &str, password: &str) -> Answer {
    browser.call("/api/accounts/register", &[("username", username), ("email", email), ("password", password)]).await
}

async fn sign_in(browser: &mut Browser, login: &str, password: &str) -> Answer {
    browser.call("/api/accounts/sign_in", &[("login", login), ("password", password)]).await
}

/// What is wrong with a field.
#[track_caller]
fn problem(answer: &Answer, field: &str) -> Option<ProblemCode> {
    answer.error().field_problems().of(field).map(|problem| problem.code)
}

async fn row(world: &World, id: UserId) -> user::Model {
    user::Entity::find_by_id(id.0).one(world.app.database().reader()).await.unwrap().unwrap()
}

async fn people(world: &World) -> u64 {
    user::Entity::find().count(world.app.database().reader()).await.unwrap()
}

#[tokio::test]
async fn whoever_registers_is_signed_in_at_once() {
    let world = World::new().await;
    let mut ada = world.guest();
    register(&mut ada, "Ada", "ada@mail.example", PASSWORD).await.landing();
    assert_eq!(ada.get("/new").await.status, 200);
    assert!(ada.get("/account").await.shows("ada@mail.example"));
}

#[tokio::test]
async fn people_sign_in_by_name_or_address_however_they_write_them() {
    let world = World::new().await;
    world.account("Ada", Role::Member).await;
    for login in ["Ada", "ada", "ADA", " ada ", "ada@mail.example", "Ada@Mail.Example"] {
        assert_eq!(sign_in(&mut world.guest(), login, PASSWORD).await.status, 200, "{login}");
    }
    for password in [PASSWORD.to_uppercase(), format!("{PASSWORD} "), format!(" {PASSWORD}")] {
        let answer = sign_in(&mut world.guest(), "ada", &password).await;
        assert_eq!(answer.error(), AppError::Forbidden(Refusal::Credentials), "{password:?} is another password");
    }
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_get_the_same_answer() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    let mut answers = Vec::new();
    for login in ["ada", "nobody-here", "ada@mail.example", "nobody@mail.example", "\u{202e}", "a b"] {
        let mut browser = world.guest();
        let island = sign_in(&mut browser, login, OTHER_PASSWORD).await;
        browser.get("/sign-in").await;
        let page = browser.submit("/api/accounts/sign_in", &[("login", login), ("password", OTHER_PASSWORD)]).await;
        assert_eq!(island.status, 403, "{login}");
        assert!(browser.cookies.is_empty());
        answers.push((island.text(), page.status, without_accidents(&page, login)));
    }
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
}

/// A page without what differs from one to the next by itself: what was typed, the nonce, and the stamp of
/// its form.
fn without_accidents(page: &Answer, typed: &str) -> String {
    let policy = page.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").unwrap().1.split('\'').next().unwrap().to_owned();
    let text = page.text();
    let (_, stamp) = text.split_once("data-puzzle=\"").unwrap();
    let stamp = stamp.split('"').next().unwrap();
    text.replace(&nonce, "")
        .replace(stamp, "")
        .replace(&format!("\"{typed}\""), "\"\"")
        .replace(&format!("&quot;{typed}&quot;"), "&quot;&quot;")
}

#[tokio::test]
async fn guessing_becomes_slow_alike_for_known_and_unknown_people() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    for login in ["ada", "nobody-here"] {
        let mut guesser = world.guest().at(if login == "ada" { "198.51.100.1" } else { "198.51.100.2" });
        for _ in 0..5 {
            assert_eq!(sign_in(&mut guesser, login, OTHER_PASSWORD).await.status, 403);
        }
        assert_eq!(sign_in(&mut guesser, login, OTHER_PASSWORD).await.status, 403, "the first that costs waiting");
        let refused = sign_in(&mut guesser, login, PASSWORD).await;
        assert_eq!(refused.error(), AppError::TooMany { retry_after: 1 }, "{login}: even the right one waits");
        world.pass(Duration::from_secs(1));
        sign_in(&mut guesser, login, OTHER_PASSWORD).await;
        let refused = sign_in(&mut guesser, login, OTHER_PASSWORD).await;
        assert_eq!(refused.error(), AppError::TooMany { retry_after: 2 });
        assert_eq!(refused.header("retry-after"), "2");
        guesser.get("/sign-in").await;
        let page = guesser.submit("/api/accounts/sign_in", &[("login", login), ("password", OTHER_PASSWORD)]).await;
        assert_eq!(page.status, 429);
        assert!(page.shows("Please try again in 2 seconds."), "{}", page.text());
    }
    world.pass(Duration::from_secs(2));
    sign_in(&mut world.guest(), "ada", PASSWORD).await.landing();
    assert_eq!(sign_in(&mut world.guest(), "ada", OTHER_PASSWORD).await.status, 403, "success forgives");
}

#[tokio::test]
async fn writing_a_name_differently_brings_no_more_tries() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    for (spellings, last) in [
        (["ada", "Ada", "ADA", "aDa", "adA", "AdA"], "aDA"),
        (
            [
                "ada@mail.example",
                "Ada@mail.example",
                "ADA@mail.example",
                "ada@MAIL.example",
                "adA@mail.example",
                "aDa@mail.example",
            ],
            "ADA@MAIL.EXAMPLE",
        ),
    ] {
        for login in spellings {
            assert_eq!(sign_in(&mut world.guest(), login, OTHER_PASSWORD).await.status, 403, "{login}");
        }
        assert_eq!(sign_in(&mut world.guest().at("198.51.100.9"), last, OTHER_PASSWORD).await.status, 429);
    }
}

#[tokio::test]
async fn one_network_cannot_try_many_names() {
    let world = World::new().await;
    let mut guesser = world.guest();
    for number in 0..21 {
        assert_eq!(sign_in(&mut guesser, &format!("somebody{number}"), OTHER_PASSWORD).await.status, 403, "{number}");
    }
    assert_eq!(sign_in(&mut guesser, "somebody-else", OTHER_PASSWORD).await.status, 429);
    let mut neighbour = world.guest().at("2001:db8::1");
    assert_eq!(sign_in(&mut neighbour, "somebody-else", OTHER_PASSWORD).await.status, 403);
}

#[tokio::test]
async fn registering_with_a_claimed_address_looks_like_any_other() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    let (mut known, mut fresh) = (world.guest(), world.guest());
    let of_known = register(&mut known, "grace", "ADA@mail.example", PASSWORD).await;
    let of_fresh = register(&mut fresh, "edith", "edith@mail.example", PASSWORD).await;
    assert_eq!((of_known.status, of_known.text()), (of_fresh.status, of_fresh.text()));
    assert_eq!(known.get("/new").await.status, 200);
    sign_in(&mut world.guest(), "grace", PASSWORD).await.landing();

    // The address opens the account of whoever had it first, with that account's password only.
    let mut browser = world.guest();
    sign_in(&mut browser, "ada@mail.example", PASSWORD).await.landing();
    assert!(browser.get("/account").await.shows(">ada<"));
}

#[tokio::test]
async fn a_name_that_looks_like_anothers_is_taken() {
    let world = World::new().await;
    world.account("paypal", Role::Member).await;
    for name in ["paypal", "PayPal", "paypa1", "PaypaI", "раураl", "ｐaypal"] {
        let answer = register(&mut world.guest(), name, "somebody@mail.example", PASSWORD).await;
        assert_eq!(answer.status, 422, "{name}: {}", answer.text());
        assert!(problem(&answer, "username").is_some(), "{name}");
    }
    for name in ["admin", "Moderator", "adm1n"] {
        assert_eq!(
            problem(&register(&mut world.guest(), name, "x@mail.example", PASSWORD).await, "username"),
            Some(ProblemCode::Reserved)
        );
    }
    assert_eq!(people(&world).await, 1);
}

#[tokio::test]
async fn every_problem_of_a_registration_is_told_at_once() {
    let world = World::new().await;
    let answer = register(&mut world.guest(), "a", "no address", "short").await;
    assert_eq!(problem(&answer, "username"), Some(ProblemCode::TooShort));
    assert_eq!(problem(&answer, "email"), Some(ProblemCode::Malformed));
    assert_eq!(problem(&answer, "password"), Some(ProblemCode::TooShort));
    for (password, code) in [
        ("passwordpassword", ProblemCode::Common),
        ("lovelace-lovelace", ProblemCode::Guessable),
        ("x".repeat(129).as_str(), ProblemCode::TooLong),
    ] {
        let answer = register(&mut world.guest(), "lovelace", "ada@mail.example", password).await;
        assert_eq!(problem(&answer, "password"), Some(code), "{password}");
    }
    assert_eq!(people(&world).await, 0);
}

#[tokio::test]
async fn one_network_makes_so_many_accounts_in_an_hour() {
    let world = World::with(&[(&crate::server::config::catalogue::LIMITS_REGISTRATIONS_PER_HOUR, "2")]).await;
    for name in ["ada", "grace"] {
        register(&mut world.guest(), name, &format!("{name}@mail.example"), PASSWORD).await.landing();
    }
    let refused = register(&mut world.guest(), "edith", "edith@mail.example", PASSWORD).await;
    assert_eq!(refused.error(), AppError::TooMany { retry_after: 3_600 });
    register(&mut world.guest().at("192.0.2.2"), "edith", "edith@mail.example", PASSWORD).await.landing();
    world.pass(Duration::from_hours(1));
    register(&mut world.guest(), "mary", "mary@mail.example", PASSWORD).await.landing();
}

#[tokio::test]
async fn a_closed_site_says_so_and_lets_nobody_in() {
    let world = World::new().await;
    world.set(|settings| settings.registration = RegistrationMode::Closed).await;
    let refused = register(&mut world.guest(), "ada", "ada@mail.example", PASSWORD).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::RegistrationClosed));
    assert!(world.guest().get("/register").await.shows("This site takes no new members at the moment"));
    assert_eq!(people(&world).await, 0);
}

#[tokio::test]
async fn an_old_hash_is_made_anew_when_its_owner_signs_in() {
    let mut world = World::new().await;
    let id = world.account("ada", Role::Member).await;
    let before = row(&world, id).await.password;
    sign_in(&mut world.guest(), "ada", PASSWORD).await.landing();
    assert_eq!(row(&world, id).await.password, before, "with the same parameters it stays");
    world.restart_with(|config| config.password.iterations = 3).await;
    sign_in(&mut world.guest(), "ada", OTHER_PASSWORD).await.error();
    assert_eq!(row(&world, id).await.password, before, "a wrong password changes nothing");
    sign_in(&mut world.guest(), "ada", PASSWORD).await.landing();
    let after = row(&world, id).await.password;
    assert!(before.contains("t=2") && after.contains("t=3"), "{after}");
    sign_in(&mut world.guest(), "ada", PASSWORD).await.landing();
    assert_eq!(row(&world, id).await.password, after);
}

#[tokio::test]
async fn the_last_admin_can_neither_resign_nor_be_suspended() {
    let world = World::new().await;
    let id = world.account("ada", Role::Admin).await;
    let mut ada = world.signed_in("ada").await;
    let own = id.to_string();
    for role in ["member", "moderator"] {
        let refused = ada.call("/api/accounts/change_role", &[("user", &own), ("role", role)]).await;
        assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastAdmin));
    }
    let refused = ada.call("/api/accounts/suspend", &[("user", &own), ("reason", "tired")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::Yourself));
    for act in [administration::change_role(&world.operator(), id, Role::Member).await.map(drop), suspended(&world, id).await] {
        assert_eq!(act.map_err(crate::server::error::Error::told), Err(AppError::Forbidden(Refusal::LastAdmin)));
    }
    // Somebody who is suspended does not count as the other one.
    let other = world.account("grace", Role::Admin).await;
    suspended(&world, other).await.unwrap();
    let refused = ada.call("/api/accounts/change_role", &[("user", &own), ("role", "member")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastAdmin));
    administration::lift_suspension(&world.operator(), other).await.unwrap();
    ada.call("/api/accounts/change_role", &[("user", &own), ("role", "member")]).await.landing();
    assert_eq!(row(&world, id).await.role, "member");
}

async fn suspended(world: &World, id: UserId) -> crate::server::error::Result<()> {
    let draft = crate::accounts::model::Suspension { reason: "tired".to_owned(), days: String::new() };
    administration::suspend(&world.operator(), id, draft).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_who_resign_at_once_leave_one() {
    let world = World::new().await;
    let mut resigning = Vec::new();
    for name in ["ada", "grace"] {
        let id = world.account(name, Role::Admin).await.to_string();
        let mut admin = world.signed_in(name).await;
        resigning.push(async move { admin.call("/api/accounts/change_role", &[("user", &id), ("role", "member")]).await });
    }
    let resigning: Vec<_> = resigning.into_iter().map(tokio::spawn).collect();
    let mut statuses = Vec::new();
    for act in resigning {
        statuses.push(act.await.unwrap().status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
    assert!(accounts::has_admin(&world.operator()).await.unwrap());
}

#[tokio::test]
async fn a_sensitive_act_asks_for_the_password_after_ten_minutes() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await.to_string();
    let mut ada = world.admin("ada").await;
    world.pass(Duration::from_mins(10));
    ada.call("/api/accounts/end_sessions", &[("user", &id)]).await.landing();
    world.pass(Duration::from_millis(1));
    assert_eq!(ada.call("/api/accounts/end_sessions", &[("user", &id)]).await.error(), AppError::ProofNeeded);
    let wrong = ada.call("/api/accounts/prove", &[("password", OTHER_PASSWORD)]).await;
    assert_eq!(problem(&wrong, "password"), Some(ProblemCode::WrongPassword));
    assert_eq!(ada.call("/api/accounts/end_sessions", &[("user", &id)]).await.error(), AppError::ProofNeeded);
    ada.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    ada.call("/api/accounts/end_sessions", &[("user", &id)]).await.landing();
}

#[tokio::test]
async fn a_stolen_session_cannot_guess_the_password_at_leisure() {
    let world = World::new().await;
    let mut thief = world.member("ada").await;
    for _ in 0..6 {
        let fields = [("current_password", OTHER_PASSWORD), ("password", "nine loud mountains waking")];
        assert_eq!(thief.call("/api/accounts/change_password", &fields).await.status, 422);
    }
    let refused = thief.call("/api/accounts/prove", &[("password", PASSWORD)]).await;
    assert_eq!(refused.error(), AppError::TooMany { retry_after: 1 });
}

#[tokio::test]
async fn signing_in_leads_on_within_the_site_only() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    for (next, path) in
        [("/d/7", "/d/7"), ("//evil.example", "/"), ("https://evil.example/", "/"), ("/\\evil.example", "/"), ("", "/")]
    {
        let fields = [("login", "ada"), ("password", PASSWORD), ("next", next)];
        let landing = world.guest().call("/api/accounts/sign_in", &fields).await.landing();
        assert_eq!(landing.path.as_str(), path, "{next}");
        let answer = world.guest().submit("/api/accounts/sign_in", &fields).await;
        assert!(answer.location().starts_with(path) && !answer.location().contains("evil"), "{}", answer.location());
    }
}
