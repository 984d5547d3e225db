//! Taking one's data along, and leaving for good.

use std::{
    io::{Cursor, Read},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, Statement};
use serde_json::Value;
use zip::ZipArchive;

use super::support::{Browser, PASSWORD, World};
use crate::{
    accounts::model::Role,
    error::{AppError, Refusal},
    server::{accounts, entity, housekeeping, own_data::archive},
};

const DAY: Duration = Duration::from_hours(24);

/// The path of the archive that the page offers.
async fn offered(browser: &mut Browser) -> Option<String> {
    let page = browser.get("/account/data").await.text();
    let rest = page.split("href=\"/account/data/").nth(1)?;
    Some(format!("/account/data/{}", rest.split('"').next()?))
}

async fn file(browser: &mut Browser, path: &str, name: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/zip"));
    let mut archive = ZipArchive::new(Cursor::new(answer.bytes().to_vec())).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn everything_that_somebody_wrote_is_in_the_archive_and_no_secret() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let mut grace = world.member("grace").await;
    let discussion = ada.starts("Bread & <i>butter</i>").await;
    ada.says(discussion, "Crust **first**.").await;
    let gone = ada.says(discussion, "Taken back").await;
    ada.takes_back(gone).await;
    grace.says(discussion, "Not her words").await;
    ada.call("/api/accounts/ask_for_archive", &[]).await.landing();
    assert_eq!(ada.call("/api/accounts/ask_for_archive", &[]).await.status, 429, "one at a time");
    assert_eq!(offered(&mut ada).await, None, "it is not there before it is built");
    assert_eq!(archive::build_waiting(&world.app).await.unwrap(), 1);
    let path = offered(&mut ada).await.expect("it is ready");
    let data: Value = serde_json::from_str(&file(&mut ada, &path, "data.json").await).unwrap();
    assert_eq!(data["account"]["email"], "ada@mail.example");
    assert_eq!(data["comments"][0]["body"], "Crust **first**.");
    assert_eq!(data["comments"].as_array().unwrap().len(), 2);
    assert_eq!(data["discussions"][0]["title"], "Bread & <i>butter</i>");
    let page = file(&mut ada, &path, "index.html").await;
    assert!(page.contains("&lt;i&gt;butter") && page.contains("<strong>first</strong>"), "{page}");
    for text in [data.to_string(), page] {
        assert!(!text.contains("argon2") && !text.contains("Not her words") && !text.contains("Taken back"), "{text}");
    }
}

#[tokio::test]
async fn an_archive_is_for_its_owner_with_a_fresh_proof_and_for_a_week() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    ada.call("/api/accounts/ask_for_archive", &[]).await.landing();
    archive::build_waiting(&world.app).await.unwrap();
    let path = offered(&mut ada).await.unwrap();
    assert_eq!(world.member("eve").await.get(&path).await.status, 404);
    assert_eq!(world.guest().get(&path).await.status, 401);
    world.pass(Duration::from_mins(11));
    assert_eq!(ada.get(&path).await.status, 403);
    ada.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    assert_eq!(ada.get(&path).await.status, 200);
    for _ in 0..7 {
        world.pass(DAY);
        ada.get("/").await;
    }
    ada.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
    assert_eq!(ada.get(&path).await.status, 404);
    housekeeping::sweep(&world.app).await.unwrap();
    assert_eq!(entity::export::Entity::find().count(world.app.database().reader()).await.unwrap(), 0);
}

/// What the archive of somebody says for programs.
async fn archived(world: &World, browser: &mut Browser) -> (Value, String) {
    browser.call("/api/accounts/ask_for_archive", &[]).await.landing();
    archive::build_waiting(&world.app).await.unwrap();
    let path = offered(browser).await.expect("it is ready");
    (serde_json::from_str(&file(browser, &path, "data.json").await).unwrap(), file(browser, &path, "index.html").await)
}

#[tokio::test]
async fn an_archive_tells_from_where_its_owner_acted_and_not_from_where_others_did() {
    let world = World::new().await;
    let ada = world.account("ada", Role::Member).await.to_string();
    let mut own = world.signed_in("ada").await;
    let mut grace = world.admin("grace").await.at("203.0.113.77");
    grace.call("/api/accounts/suspend", &[("user", &ada), ("reason", "shouting"), ("days", "1")]).await.landing();
    let (data, page) = archived(&world, &mut own).await;
    let log = data["log"].as_array().unwrap();
    let of = |deed: &str| log.iter().find(|line| line["deed"] == deed).unwrap_or_else(|| panic!("no {deed} in {data}"));
    assert_eq!(of("suspended")["address"], Value::Null);
    assert_eq!(of("suspended")["reason"], "shouting");
    assert_eq!((&of("signed_in")["address"], &of("archive_asked")["address"]), (&"192.0.2.1".into(), &"192.0.2.1".into()));
    assert!(!data.to_string().contains("203.0.113.77") && !page.contains("203.0.113.77"), "{data}");
}

#[tokio::test]
async fn an_archive_does_not_tell_what_a_discussion_was_called_that_others_had_deleted() {
    let world = World::new().await;
    let (mut ada, mut grace) = (world.member("ada").await, world.moderator("grace").await);
    let (own, others, kept) = (ada.starts("Her soup").await, grace.starts("A secret").await, grace.starts("Bread").await);
    for discussion in [own, others, kept] {
        ada.says(discussion, "Salt.").await;
    }
    for discussion in [own, others] {
        grace.call("/api/discussions/delete", &[("discussion", &discussion.to_string())]).await.landing();
    }
    let (data, page) = archived(&world, &mut ada).await;
    let titles: Vec<_> = data["comments"].as_array().unwrap().iter().map(|comment| &comment["discussion"]).collect();
    assert_eq!(titles, [&"Her soup".into(), &Value::Null, &"Bread".into()]);
    assert!(!page.contains("A secret") && page.contains("In a discussion that is gone"), "{page}");
}

#[tokio::test]
async fn the_log_has_nothing_left_of_who_is_gone_whatever_was_done() {
    let world = World::with_letters().await;
    let (mut ada, mut grace) = (world.member("ada").await, world.admin("grace").await);
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Crust first.").await;
    let (_, ceremony, made) = ada.makes_passkey().await;
    let fields = [("token", ceremony.token.expose()), ("credential", &made.to_string()), ("name", "phone of ada")];
    ada.call("/api/accounts/add_passkey", &fields).await.landing();
    let passkey = entity::passkey::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap().id.to_string();
    ada.call("/api/accounts/rename_passkey", &[("passkey", &passkey), ("name", "ada at work")]).await.landing();
    ada.call("/api/accounts/remove_passkey", &[("passkey", &passkey)]).await.landing();
    for deed in ["hide", "restore"] {
        grace.moderates(deed, comment).await;
    }
    let letter = entity::letter::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap();
    assert_eq!(letter.recipient, "ada@mail.example");
    grace.call("/api/letters/retry", &[("letter", &letter.id.to_string())]).await.landing();
    leaves(&world, "ada", "anonymise").await;
    world.pass(DAY * 14);
    housekeeping::sweep(&world.app).await.unwrap();
    let log = entity::audit_entry::Entity::find().all(world.app.database().reader()).await.unwrap();
    for line in &log {
        let texts = [&line.actor_name, &line.subject_name, &line.detail];
        assert!(texts.iter().all(|text| !text.contains("ada")), "{line:?}");
    }
    let about_comment = log.iter().filter(|line| line.subject_kind == "comment");
    assert!(about_comment.map(|line| line.subject_name.as_str()).eq([name_of_gone(&log); 2]), "{log:#?}");
    let retried = log.iter().find(|line| line.deed == "letter_retried").unwrap();
    assert!(retried.detail.starts_with(&format!("letter {}: ", letter.id)), "it can still be found: {retried:?}");
}

fn name_of_gone(log: &[entity::audit_entry::Model]) -> &str {
    &log.iter().find(|line| line.deed == "account_erased").unwrap().subject_name
}

#[tokio::test]
async fn what_is_deleted_is_not_left_in_the_file_of_the_database() {
    let world = World::new().await;
    let database = world.app.database();
    if database.writer().get_database_backend() != DbBackend::Sqlite {
        return;
    }
    for connection in [database.writer(), database.reader()] {
        let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA secure_delete")).await.unwrap();
        assert_eq!(row.unwrap().try_get_by_index::<i64>(0).unwrap(), 1);
    }
}

async fn leaves(world: &World, name: &str, deletion: &str) {
    let mut browser = world.signed_in(name).await;
    browser.call("/api/accounts/leave_for_good", &[("deletion", deletion)]).await.landing();
    assert_eq!(browser.get("/new").await.status, 401, "every session ends at once");
}

#[tokio::test]
async fn who_changes_their_mind_within_two_weeks_keeps_everything() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    leaves(&world, "ada", "remove").await;
    world.pass(DAY * 13 + Duration::from_hours(23));
    housekeeping::sweep(&world.app).await.unwrap();
    let mut back = world.guest();
    let landing = back.call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.landing();
    assert_eq!(landing.path.as_str(), "/sign-in/continue");
    assert!(back.get("/sign-in/continue").await.shows("Your account is about to be deleted"));
    assert_eq!(back.get("/new").await.status, 401, "nobody is signed in yet");
    back.call("/api/accounts/keep_account", &[]).await.landing();
    assert_eq!(back.get("/new").await.status, 200);
    world.pass(DAY);
    housekeeping::sweep(&world.app).await.unwrap();
    assert!(world.guest().get(&format!("/d/{discussion}")).await.shows("ada"));
}

#[tokio::test]
async fn after_two_weeks_the_words_stay_without_a_name_where_that_was_chosen() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    ada.says(discussion, "Crust first.").await;
    leaves(&world, "ada", "anonymise").await;
    world.pass(DAY * 14);
    housekeeping::sweep(&world.app).await.unwrap();
    let page = world.guest().get(&format!("/d/{discussion}")).await;
    assert!(page.shows("Crust first.") && !page.shows("ada"), "{}", page.text());
    assert_eq!(world.guest().get("/u/ada").await.status, 404);
    let refused = world.guest().call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::Credentials));
    let mut admin = world.admin("grace").await;
    for path in ["/admin/audit", "/admin/users"] {
        let page = admin.get(path).await;
        assert!(!page.shows(">ada<") && !page.shows("ada@mail.example"), "{path}: {}", page.text());
    }
    world.account("ada", Role::Member).await;
}

#[tokio::test]
async fn after_two_weeks_the_words_are_gone_where_that_was_chosen() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let mut grace = world.member("grace").await;
    let (answered, lonely) = (ada.starts("Bread").await, ada.starts("Soup").await);
    let first = ada.says(answered, "Crust first.").await;
    grace.replies(answered, first, "Crumb first.").await;
    ada.says(answered, "Never mind.").await;
    leaves(&world, "ada", "remove").await;
    world.pass(DAY * 14);
    housekeeping::sweep(&world.app).await.unwrap();
    let page = world.guest().get(&format!("/d/{answered}")).await;
    assert!(page.shows("Crumb first.") && page.shows("Bread"), "{}", page.text());
    for gone in ["Crust first.", "Never mind.", "What do you think?", ">ada<"] {
        assert!(!page.shows(gone), "{gone} is still there");
    }
    assert_eq!(world.guest().get(&format!("/d/{lonely}")).await.status, 404);
}

#[tokio::test]
async fn the_last_admin_cannot_leave() {
    let world = World::new().await;
    let mut ada = world.admin("ada").await;
    let refused = ada.call("/api/accounts/leave_for_good", &[("deletion", "remove")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastAdmin));
    world.account("grace", Role::Admin).await;
    ada.call("/api/accounts/leave_for_good", &[("deletion", "remove")]).await.landing();
    let grace = accounts::profile(&world.operator(), "grace").await.unwrap().id;
    let demoted = accounts::administration::change_role(&world.operator(), grace, Role::Member).await;
    assert!(demoted.is_err(), "an admin who leaves does not count as the one who stays");
}
