//! What keeps programs from sending forms in bulk: a stamp that has an age, a field that people do not see,
//! and, while the site is under pressure, a puzzle or a slower lane.

use std::time::Duration;

use sea_orm::{EntityTrait, PaginatorTrait};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{
    accounts::model::{Puzzle, Role},
    error::{AppError, Doubt, Refusal},
    server::{
        config::catalogue::{self, Setting},
        entity::{solved_challenge, user},
        housekeeping,
    },
};

const TIMED: (&Setting, &str) = (&catalogue::LIMITS_FORM_SECONDS, "3");
const EASY: (&Setting, &str) = (&catalogue::LIMITS_CHALLENGE_BITS, "8");
/// The first registration is too many already.
const PRESSED: (&Setting, &str) = (&catalogue::LIMITS_REGISTRATIONS_BEFORE_CHALLENGE, "1");

/// The stamp of the form on a page.
async fn stamp(browser: &mut Browser, page: &str) -> String {
    let html = browser.get(page).await.text();
    let (_, rest) = html.split_once("name=\"challenge\" value=\"").expect("the form has a stamp");
    rest.split('"').next().unwrap().to_owned()
}

fn solved(stamp: &str) -> String {
    let mut search = Puzzle::new(stamp, 8).search();
    search.step(u32::MAX).unwrap().number().to_string()
}

async fn register(browser: &mut Browser, name: &str, stamp: &str, solution: &str) -> Answer {
    let email = format!("{name}@mail.example");
    let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("challenge", stamp), ("solution", solution)];
    browser.call("/api/accounts/register", &fields).await
}

#[track_caller]
fn assert_doubted(answer: &Answer, doubt: Doubt) {
    assert_eq!(answer.error(), AppError::Forbidden(Refusal::Doubtful { doubt }));
}

async fn people(world: &World) -> u64 {
    user::Entity::find().count(world.app.database().reader()).await.unwrap()
}

#[tokio::test]
async fn a_form_is_taken_some_seconds_after_it_was_shown_and_up_to_an_hour() {
    let world = World::with(&[TIMED]).await;
    let mut guest = world.guest();
    let shown = stamp(&mut guest, "/register").await;
    world.pass(Duration::from_millis(2_999));
    assert_doubted(&register(&mut guest, "ada", &shown, "").await, Doubt::TooFast);
    world.pass(Duration::from_millis(1));
    register(&mut guest, "ada", &shown, "").await.landing();
    world.pass(Duration::from_hours(1));
    assert_doubted(&register(&mut world.guest(), "grace", &shown, "").await, Doubt::TooOld);
    assert_eq!(people(&world).await, 1);
}

#[tokio::test]
async fn a_form_without_a_stamp_of_its_own_is_not_taken() {
    let world = World::with(&[TIMED]).await;
    let mut guest = world.guest();
    let (mine, of_sign_in) = (stamp(&mut guest, "/register").await, stamp(&mut guest, "/sign-in").await);
    world.pass(Duration::from_secs(5));
    let older = mine.replacen(".1", ".0", 1);
    for other in ["", "nonsense", &of_sign_in, &mine[1..], &format!("{mine}A"), &older] {
        assert_doubted(&register(&mut guest, "ada", other, "").await, Doubt::TooOld);
    }
    assert_eq!(people(&world).await, 0);
}

#[tokio::test]
async fn who_fills_in_what_people_do_not_see_is_told_so_and_sees_it_empty_again() {
    let world = World::new().await;
    let mut guest = world.guest();
    guest.get("/register").await;
    let fields =
        [("username", "ada"), ("email", "ada@mail.example"), ("password", PASSWORD), ("website", "https://spam.example")];
    let page = guest.submit("/api/accounts/register", &fields).await;
    assert_eq!(page.status, 403);
    assert!(page.shows("A field that is not meant for people is filled in"), "{}", page.text());
    assert!(page.shows("value=\"ada\"") && !page.shows("spam.example"), "{}", page.text());
    assert_eq!(people(&world).await, 0);
}

#[tokio::test]
async fn the_work_is_asked_for_under_pressure_only() {
    let quiet = World::new().await;
    assert!(quiet.guest().get("/register").await.shows("data-work=\"later\""));
    let world = World::with(&[PRESSED, EASY]).await;
    let mut guest = world.guest();
    let shown = stamp(&mut guest, "/register").await;
    register(&mut guest, "ada", &shown, &solved(&shown)).await.landing();
    assert!(world.guest().get("/register").await.shows("data-work=\"now\""));
    assert!(world.guest().get("/sign-in").await.shows("data-work=\"now\""));
    world.pass(Duration::from_mins(10));
    assert!(world.guest().get("/register").await.shows("data-work=\"later\""));
}

#[tokio::test]
async fn a_wrong_solution_is_no_solution_and_a_right_one_is_good_once() {
    let world = World::with(&[PRESSED, EASY]).await;
    let shown = stamp(&mut world.guest(), "/register").await;
    let right = solved(&shown);
    let mut numbers = (0..).map(|number: u64| number.to_string());
    let is_wrong = |number: &String| {
        let solution = crate::valid::Value::parse(number).unwrap();
        !Puzzle::new(shown.as_str(), 8).is_solved_by(solution)
    };
    let wrong = numbers.find(is_wrong).unwrap();
    for solution in [wrong.as_str(), "x", "-1", "99999999999999999999999"] {
        assert_doubted(&register(&mut world.guest(), "ada", &shown, solution).await, Doubt::WorkOwed);
    }
    register(&mut world.guest(), "ada", &shown, &right).await.landing();
    assert_doubted(&register(&mut world.guest(), "grace", &shown, &right).await, Doubt::TooOld);
    assert_eq!(people(&world).await, 1);
    world.pass(Duration::from_hours(2));
    housekeeping::sweep(&world.app).await.unwrap();
    let kept = solved_challenge::Entity::find().count(world.app.database().reader()).await.unwrap();
    assert_eq!(kept, 0, "what is over anyway need not be remembered");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_solution_sent_many_times_at_the_same_moment_is_good_once() {
    let world = World::with(&[PRESSED, EASY]).await;
    let shown = stamp(&mut world.guest(), "/register").await;
    let solution = solved(&shown);
    let sent = (0..6).map(|number| {
        let (mut guest, shown, solution) = (world.guest(), shown.clone(), solution.clone());
        tokio::spawn(async move { register(&mut guest, &format!("newcomer{number}"), &shown, &solution).await.status })
    });
    let mut taken = 0;
    for answer in sent.collect::<Vec<_>>() {
        taken += u32::from(answer.await.unwrap() == 200);
    }
    assert_eq!((taken, people(&world).await), (1, 1));
}

#[tokio::test]
async fn a_mistake_in_the_form_does_not_use_the_work_up() {
    let world = World::with(&[PRESSED, EASY]).await;
    world.account("ada", Role::Member).await;
    let shown = stamp(&mut world.guest(), "/register").await;
    let solution = solved(&shown);
    assert_eq!(register(&mut world.guest(), "ada", &shown, &solution).await.status, 422);
    register(&mut world.guest(), "grace", &shown, &solution).await.landing();
}

#[tokio::test]
async fn without_scripts_a_few_a_minute_are_let_through_and_the_others_are_told_when() {
    let lane = (&catalogue::LIMITS_SLOW_LANE_PER_MINUTE, "2");
    let world = World::with(&[PRESSED, EASY, TIMED, lane]).await;
    let mut answers = Vec::new();
    for (network, name) in ["ada", "grace", "edith"].into_iter().enumerate() {
        let mut guest = world.guest().at(&format!("198.51.100.{network}"));
        let shown = stamp(&mut guest, "/register").await;
        world.pass(Duration::from_secs(10));
        let email = format!("{name}@mail.example");
        let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("challenge", &shown)];
        answers.push(guest.submit("/api/accounts/register", &fields).await);
    }
    assert_eq!(answers.iter().map(|answer| answer.status.as_u16()).collect::<Vec<_>>(), [303, 303, 429]);
    let full = &answers[2];
    assert_eq!(full.header("retry-after"), "40");
    assert!(full.shows("Please send the form again in 40 seconds; what you typed is kept."), "{}", full.text());
    assert!(full.shows("value=\"edith\""));
    // Work done opens the usual way even then.
    let shown = stamp(&mut world.guest(), "/register").await;
    world.pass(Duration::from_secs(3));
    register(&mut world.guest(), "mary", &shown, &solved(&shown)).await.landing();
    world.pass(Duration::from_secs(37));
    let shown = stamp(&mut world.guest(), "/register").await;
    world.pass(Duration::from_secs(3));
    register(&mut world.guest(), "edith", &shown, "").await.landing();
}

#[tokio::test]
async fn while_many_accounts_are_tried_unknown_browsers_do_the_work_and_known_ones_go_on() {
    let sprayed = (&catalogue::LIMITS_FAILED_SIGN_INS_BEFORE_CHALLENGE, "1");
    let lane = (&catalogue::LIMITS_SLOW_LANE_PER_MINUTE, "1");
    let world = World::with(&[sprayed, EASY, TIMED, lane]).await;
    world.account("ada", Role::Member).await;
    let mut own = world.signed_in("ada").await;
    own.call("/api/accounts/sign_out", &[]).await.landing();
    let fields = [("login", "ada"), ("password", PASSWORD)];
    world.guest().call("/api/accounts/sign_in", &[("login", "somebody"), fields[1]]).await.error();

    assert_doubted(&world.guest().call("/api/accounts/sign_in", &fields).await, Doubt::TooOld);
    let mut stranger = world.guest();
    for status in [200, 429] {
        let shown = stamp(&mut stranger, "/sign-in").await;
        let answer = world.guest().call("/api/accounts/sign_in", &[fields[0], fields[1], ("challenge", &shown)]).await;
        assert_eq!(answer.status, status, "the slow lane takes one a minute: {}", answer.text());
    }
    let shown = stamp(&mut stranger, "/sign-in").await;
    let solution = solved(&shown);
    let work = [fields[0], fields[1], ("challenge", shown.as_str()), ("solution", &solution)];
    world.guest().call("/api/accounts/sign_in", &work).await.landing();
    own.call("/api/accounts/sign_in", &fields).await.landing();
}

/// Asks for a letter, with what is sent beside the name.
async fn ask(browser: &mut Browser, stamp: &str) -> Answer {
    browser.call("/api/accounts/request_reset", &[("login", "nobody-here"), ("challenge", stamp)]).await
}

#[tokio::test]
async fn one_network_does_not_put_the_site_under_pressure() {
    let world = World::with(&[TIMED, (&catalogue::MAIL_MODE, "folder")]).await;
    let mut one = world.guest().at("198.51.100.7");
    for _ in 0..40 {
        assert_doubted(&ask(&mut one, "").await, Doubt::TooOld);
    }
    let shown = stamp(&mut one, "/forgotten").await;
    world.pass(Duration::from_secs(3));
    for number in 0..40 {
        let answer = ask(&mut one, &shown).await;
        assert_eq!(answer.status.as_u16(), if number < 20 { 200 } else { 429 }, "{number}");
    }
    assert!(world.guest().get("/register").await.shows("data-work=\"later\""));
    for _ in 0..10 {
        let mut other = world.guest().at("198.51.100.8");
        ask(&mut other, &shown).await.landing();
    }
    assert!(world.guest().get("/register").await.shows("data-work=\"now\""), "what many ask for is felt");
}

#[tokio::test]
async fn one_network_does_not_fill_the_slower_lane() {
    let world = World::with(&[PRESSED, EASY, TIMED]).await;
    let mut one = world.guest();
    let mut statuses = Vec::new();
    for number in 0..4 {
        let shown = stamp(&mut one, "/register").await;
        world.pass(Duration::from_secs(3));
        statuses.push(register(&mut one.clone(), &format!("eve-{number}"), &shown, "").await.status.as_u16());
    }
    assert_eq!(statuses, [200, 429, 429, 429]);
    for number in 0..4 {
        let mut other = world.guest().at(&format!("198.51.100.{number}"));
        let shown = stamp(&mut other, "/register").await;
        world.pass(Duration::from_secs(3));
        register(&mut other, &format!("ada-{number}"), &shown, "").await.landing();
    }
}
