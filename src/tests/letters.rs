//! Letters: queued, sent, tried again, limited, ended with one click, and seen in the dashboard.

mod deeds;
mod smtp;

use std::{fs, os::unix::fs::MetadataExt, time::Duration};

use axum::{
    body::Body,
    http::{Method, header},
};
use sea_orm::EntityTrait;

use super::support::{Browser, PASSWORD, World, together};
use crate::{
    accounts::model::{EmailAddress, Role, Secret, UserId},
    error::AppError,
    letters::model::{LetterKind, LetterRecord, LetterState},
    server::{
        App, accounts,
        config::Mail,
        entity::{letter, user},
        housekeeping,
        letters::{self, Factor, Letter, Reader, worker},
    },
    site::model::RegistrationMode,
    valid::Value,
};

/// What admins see of every letter, the oldest first.
async fn records(app: &App) -> Vec<LetterRecord> {
    let operator = crate::server::visit::Visit::of_operator(app.clone());
    let mut records = letters::letters(&operator, None, None).await.unwrap();
    records.reverse();
    records
}

async fn account(world: &World, id: UserId) -> user::Model {
    user::Entity::find_by_id(id.0).one(world.app.database().reader()).await.unwrap().unwrap()
}

async fn tell(world: &World, id: UserId, letter: Letter) {
    let user = account(world, id).await;
    letters::tell(world.app.database().writer(), &world.app, &user, letter).await.unwrap();
}

fn every_letter(world: &World) -> Vec<Letter> {
    let (token, ends) = (Secret::new("dG9rZW4".to_owned()), world.clock.now().after(Duration::from_hours(1)));
    let nasty = "Ada\r\nBcc: eve@evil.example <b>".to_owned();
    vec![
        Letter::VerifyAddress { token: token.clone(), ends },
        Letter::ConfirmChange { token: token.clone(), ends },
        Letter::AddressKnown { name: "ada".to_owned() },
        Letter::EmailChanged { token: token.clone(), ends },
        Letter::EmailRestored,
        Letter::PasswordReset { token, ends },
        Letter::PasswordChanged,
        Letter::NewSignIn { at: ends, agent: nasty.clone(), address: "192.0.2.1".to_owned() },
        Letter::FactorAdded { factor: Factor::Passkey },
        Letter::FactorRemoved { factor: Factor::AuthenticatorApp },
        Letter::RecoveryCodeUsed { left: 9 },
        Letter::ProviderLinked { provider: "Code forge".to_owned() },
        Letter::ProviderUnlinked { provider: "Code forge".to_owned() },
        Letter::DeletionAhead { deletes_at: ends },
        Letter::ExportReady { ends },
        Letter::RegistrationApproved,
        Letter::RegistrationDeclined { reason: format!("See https://evil.example/x. {nasty}") },
    ]
}

#[tokio::test]
async fn every_kind_of_letter_is_whole_and_leads_nowhere_but_here() {
    let world = World::with_letters().await;
    let id = world.account("grace", Role::Member).await;
    let all = every_letter(&world);
    let kinds: Vec<_> = all.iter().map(Letter::kind).collect();
    assert!(LetterKind::ALL.iter().all(|kind| kinds.contains(kind)), "a kind of letter is not written here");
    let number = all.len();
    for letter in all {
        tell(&world, id, letter).await;
    }
    let letters = world.letters_to("grace@mail.example").await;
    assert_eq!(letters.len(), number);
    let origin = world.app.config().site.address.origin().to_owned();
    for letter in &letters {
        assert!(letter.text.starts_with("Hello grace,"), "{}", letter.text);
        assert!(letter.header("Bcc").is_empty() && letter.header("Message-ID").starts_with('<'), "{letter:?}");
        assert!(letter.links().iter().all(|link| link.starts_with(&origin)), "{}", letter.text);
        for link in letter.links().iter().filter(|link| **link != origin) {
            assert!(letter.html.contains(&format!("href=\"{link}\"")), "{link} is not in {}", letter.html);
        }
        for mark in ["<b>", "<img", "<script", "evil.example"] {
            assert!(!letter.html.contains(mark), "{mark} is in {}", letter.html);
        }
    }
}

#[tokio::test]
async fn a_waiting_letter_is_sealed_and_a_sent_one_is_empty() {
    let world = World::with_letters().await;
    let id = world.account("grace", Role::Member).await;
    tell(
        &world,
        id,
        Letter::PasswordReset {
            token: Secret::new("c2VjcmV0".to_owned()),
            ends: world.clock.now().after(Duration::from_hours(1)),
        },
    )
    .await;
    let database = world.app.database().reader();
    let row = letter::Entity::find().one(database).await.unwrap().unwrap();
    let sealed = row.sealed.expect("it has a text");
    assert!(!sealed.windows(8).any(|part| part == b"c2VjcmV0" || part == b"password"), "the text lies open");
    worker::run_once(&world.app).await.unwrap();
    let row = letter::Entity::find().one(database).await.unwrap().unwrap();
    assert_eq!((row.sealed, row.state.as_str()), (None, "sent"));
}

#[tokio::test]
async fn a_letter_in_a_folder_is_for_its_owner_alone() {
    let world = World::with_letters().await;
    let id = world.account("grace", Role::Member).await;
    tell(&world, id, Letter::PasswordChanged).await;
    worker::run_once(&world.app).await.unwrap();
    let Mail::Folder { folder, .. } = &world.app.config().mail else { panic!("no folder") };
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_send_each_letter_once() {
    let world = World::with_letters().await;
    for number in 0..12 {
        let id = world.account(&format!("reader-{number}"), Role::Member).await;
        tell(&world, id, Letter::PasswordChanged).await;
    }
    let runs = (0..4).map(|_| {
        let app = world.app.clone();
        async move { worker::run_once(&app).await.unwrap() }
    });
    let tried: usize = together(runs).await.into_iter().sum();
    assert_eq!(tried, 12);
    assert!(records(&world.app).await.iter().all(|letter| letter.state == LetterState::Sent && letter.tries == 1));
}

/// A world whose folder is gone, so that no letter can be put there.
async fn without_folder() -> (World, UserId) {
    let world = World::with_letters().await;
    let id = world.account("grace", Role::Member).await;
    let Mail::Folder { folder, .. } = &world.app.config().mail else { panic!("no folder") };
    fs::remove_dir(folder).unwrap();
    (world, id)
}

#[tokio::test]
async fn what_cannot_be_sent_is_tried_again_later_and_given_up_after_some_days() {
    let (world, id) = without_folder().await;
    tell(&world, id, Letter::PasswordChanged).await;
    let began = world.clock.now();
    for try_number in 1..20_u32 {
        assert_eq!(worker::run_once(&world.app).await.unwrap(), 1);
        let letter = records(&world.app).await.remove(0);
        assert_eq!((letter.state, letter.tries), (LetterState::Waiting, try_number));
        assert!(letter.complaint.starts_with("The file cannot be written"), "{}", letter.complaint);
        let pause = letter.next_try.since(world.clock.now());
        world.pass(pause.saturating_sub(Duration::from_millis(1)));
        assert_eq!(worker::run_once(&world.app).await.unwrap(), 0, "not before its time");
        world.pass(Duration::from_millis(1));
    }
    worker::run_once(&world.app).await.unwrap();
    assert_eq!(records(&world.app).await[0].state, LetterState::GivenUp);
    let hours = world.clock.now().since(began).as_secs() / 3_600;
    assert!((60..84).contains(&hours), "{hours}");
}

#[tokio::test]
async fn a_letter_whose_link_is_over_is_not_sent_any_more() {
    let (world, id) = without_folder().await;
    let ends = world.clock.now().after(Duration::from_mins(1));
    tell(&world, id, Letter::PasswordReset { token: Secret::new("x".to_owned()), ends }).await;
    worker::run_once(&world.app).await.unwrap();
    world.pass(Duration::from_mins(1));
    worker::run_once(&world.app).await.unwrap();
    let letter = records(&world.app).await.remove(0);
    assert_eq!(letter.state, LetterState::GivenUp);
    assert!(letter.complaint.contains("link was over"), "{}", letter.complaint);
}

#[tokio::test]
async fn letters_are_forgotten_after_a_month() {
    let world = World::with_letters().await;
    let id = world.account("grace", Role::Member).await;
    tell(&world, id, Letter::PasswordChanged).await;
    worker::run_once(&world.app).await.unwrap();
    world.pass(Duration::from_hours(30 * 24) - Duration::from_millis(1));
    housekeeping::sweep(&world.app).await.unwrap();
    assert_eq!(records(&world.app).await.len(), 1);
    world.pass(Duration::from_millis(1));
    housekeeping::sweep(&world.app).await.unwrap();
    assert!(records(&world.app).await.is_empty());
}

#[tokio::test]
async fn one_address_gets_a_few_letters_of_a_kind_however_it_is_written() {
    let world = World::with_letters().await;
    for number in 0..10 {
        let address = EmailAddress::parse(if number % 2 == 0 { "ada@mail.example" } else { "ADA@Mail.example" }).unwrap();
        let reader = Reader { user: None, name: "ada", address: &address };
        let letter = Letter::AddressKnown { name: "ada".to_owned() };
        letters::queue(world.app.database().writer(), &world.app, &reader, letter).await.unwrap();
    }
    assert_eq!(records(&world.app).await.len(), 5);
}

#[tokio::test]
async fn who_has_proven_no_address_is_told_nothing() {
    let world = World::new().await;
    let fields = [("username", "eve"), ("email", "grace@mail.example"), ("password", PASSWORD)];
    world.guest().call("/api/accounts/register", &fields).await.landing();
    let user = user::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap();
    let sending = World::with_letters().await;
    letters::tell(sending.app.database().writer(), &sending.app, &user, Letter::PasswordChanged).await.unwrap();
    assert!(records(&sending.app).await.is_empty());
}

/// Signs in from two browsers, the second of which is new.
async fn signed_in_twice(world: &World) -> Browser {
    world.member("grace").await;
    assert!(world.letters_to("grace@mail.example").await.is_empty(), "the first browser is no news");
    world.signed_in("grace").await
}

#[tokio::test]
async fn a_sign_in_from_a_new_browser_is_told_and_from_a_known_one_is_not() {
    let world = World::with_letters().await;
    let mut second = signed_in_twice(&world).await;
    let letter = world.last_letter_to("grace@mail.example").await;
    assert!(
        letter.text.contains("Browser: Firefox on Linux") && letter.text.contains("Network address: 192.0.2.1"),
        "{}",
        letter.text
    );
    second.call("/api/accounts/sign_out", &[]).await.landing();
    second.call("/api/accounts/sign_in", &[("login", "grace"), ("password", PASSWORD)]).await.landing();
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 1);
}

/// As a mail program does it: no cookies, no origin, no page.
async fn one_click(world: &World, path: &str) -> u16 {
    let mut program = world.guest();
    let request = program.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    program.send(request.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).await.status.as_u16()
}

#[tokio::test]
async fn notices_end_with_one_click_and_come_back_when_they_are_wanted() {
    let world = World::with_letters().await;
    let mut grace = signed_in_twice(&world).await;
    let letter = world.last_letter_to("grace@mail.example").await;
    let link = letter.link("/unsubscribe/");
    assert_eq!(letter.header("List-Unsubscribe"), format!("<{link}>"));
    assert_eq!(letter.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let path = link.strip_prefix(world.app.config().site.address.origin()).unwrap();
    assert!(world.guest().get(path).await.shows("Send me no more of them"));
    world.signed_in("grace").await;
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 2, "opening the link ends nothing");
    assert_eq!(one_click(&world, path).await, 200);
    world.signed_in("grace").await;
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 2);
    grace.call("/api/accounts/choose_notices", &[("notices", "wanted")]).await.landing();
    world.signed_in("grace").await;
    assert_eq!(world.letters_to("grace@mail.example").await.len(), 3);
}

#[tokio::test]
async fn who_had_an_address_before_does_not_end_the_notices_of_its_account() {
    let world = World::with_letters().await;
    let mut grace = signed_in_twice(&world).await;
    let link = world.last_letter_to("grace@mail.example").await.link("/unsubscribe/");
    let path = link.strip_prefix(world.app.config().site.address.origin()).unwrap().to_owned();
    grace.call("/api/accounts/change_email", &[("email", "hopper@mail.example")]).await.landing();
    let confirmation = world.last_letter_to("hopper@mail.example").await.link("/verify/");
    grace.follow(&confirmation).await;
    grace.call("/api/accounts/verify_email", &[]).await.landing();
    assert_eq!(one_click(&world, &path).await, 404);
    assert_eq!(world.guest().get(&path).await.status, 404);
}

#[tokio::test]
async fn a_link_that_ends_notices_is_signed_and_opens_nothing_else() {
    let world = World::with_letters().await;
    signed_in_twice(&world).await;
    let link = world.last_letter_to("grace@mail.example").await.link("/unsubscribe/");
    let path = link.strip_prefix(world.app.config().site.address.origin()).unwrap().to_owned();
    let mut forged = path.clone().into_bytes();
    let place = "/unsubscribe/".len() + 9;
    forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for wrong in [forged.as_str(), "/unsubscribe/AAAA", "/unsubscribe/%ff", "/unsubscribe/x"] {
        assert_eq!(one_click(&world, wrong).await, 404, "{wrong}");
        assert_eq!(world.guest().get(wrong).await.status, 404, "{wrong}");
    }
    assert_eq!(one_click(&world, "/unsubscribe/").await, 403, "no more than this path is open to others");
    assert_eq!(one_click(&world, "/api/accounts/sign_in").await, 403);
}

#[tokio::test]
async fn letters_about_changes_carry_no_way_to_end_them() {
    let world = World::with_letters().await;
    let id = world.account("grace", Role::Member).await;
    tell(&world, id, Letter::PasswordChanged).await;
    assert!(world.last_letter_to("grace@mail.example").await.header("List-Unsubscribe").is_empty());
}

#[tokio::test]
async fn admins_see_what_became_of_letters_and_try_again_but_not_what_they_say() {
    let (world, id) = without_folder().await;
    tell(
        &world,
        id,
        Letter::PasswordReset {
            token: Secret::new("c2VjcmV0".to_owned()),
            ends: world.clock.now().after(Duration::from_hours(9)),
        },
    )
    .await;
    worker::run_once(&world.app).await.unwrap();
    let mut admin = world.admin("ada").await;
    let page = admin.get("/admin/letters").await;
    for part in ["Reset the password", "grace@mail.example", "Waiting", "The file cannot be written", "Try again now"] {
        assert!(page.shows(part), "{part} is missing in {}", page.text());
    }
    assert!(!page.shows("c2VjcmV0") && !page.shows("/password/"), "{}", page.text());
    assert!(!admin.get("/admin/letters?state=sent").await.shows("grace@mail.example"));
    let letter = records(&world.app).await[0].id.to_string();
    let Mail::Folder { folder, .. } = &world.app.config().mail else { panic!("no folder") };
    fs::create_dir(folder).unwrap();
    admin.submit("/api/letters/retry", &[("letter", &letter)]).await;
    worker::run_once(&world.app).await.unwrap();
    assert_eq!(records(&world.app).await[0].state, LetterState::Sent);
    assert_eq!(admin.call("/api/letters/retry", &[("letter", &letter)]).await.error(), AppError::NotFound, "it is sent");
    world.pass(Duration::from_mins(11));
    assert_eq!(admin.call("/api/letters/retry", &[("letter", &letter)]).await.error(), AppError::ProofNeeded);
}

#[tokio::test]
async fn a_newcomer_is_told_whether_they_were_let_in_and_why_not() {
    let world = World::with_letters().await;
    world.set(|settings| settings.registration = RegistrationMode::Approval).await;
    let mut keeper = world.moderator("keeper").await;
    for (name, verdict, said) in [("ada", "approve", "You have been let in."), ("eve", "decline", "> No advertising here")] {
        let address = format!("{name}@mail.example");
        let fields = [("username", name), ("email", &address), ("password", PASSWORD), ("application", "I bake.")];
        world.guest().call("/api/accounts/register", &fields).await.landing();
        let id = accounts::profile(&world.operator(), name).await.unwrap().id.to_string();
        let fields = [("user", id.as_str()), ("reason", "No advertising here")];
        keeper.call(&format!("/api/accounts/{verdict}"), &fields).await.landing();
        let letter = world.last_letter_to(&address).await;
        assert!(letter.text.contains(said), "{}", letter.text);
    }
}
