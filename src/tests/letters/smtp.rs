//! Letters through a real mail server, which insists on STARTTLS and a login.

use std::time::Duration;

use super::records;
use crate::{
    accounts::model::Role,
    letters::model::LetterState,
    server::{
        App,
        config::{
            Config, Mail,
            catalogue::{self, Setting},
            mail::MailServer as Server,
        },
        letters::worker,
    },
    tests::{
        secrets::{places, planted::Planted},
        support::{
            World,
            mail_server::{MAIL_PASSWORD, MailServer, Papers, USER, free_port},
        },
    },
};

fn settings(papers: &Papers, port: u16) -> Vec<(&'static Setting, String)> {
    vec![
        (&catalogue::MAIL_MODE, "smtp".to_owned()),
        (&catalogue::MAIL_FROM, "talk@site.example".to_owned()),
        (&catalogue::MAIL_SERVER, format!("localhost:{port}")),
        (&catalogue::MAIL_SECURITY, "starttls".to_owned()),
        (&catalogue::MAIL_USER, USER.to_owned()),
        (&catalogue::MAIL_PASSWORD_FILE, papers.password_file.display().to_string()),
        (&catalogue::MAIL_CA_FILE, papers.certificate.display().to_string()),
    ]
}

async fn world(settings: Vec<(&'static Setting, String)>) -> World {
    let settings: Vec<_> = settings.iter().map(|(setting, value)| (*setting, value.as_str())).collect();
    World::with(&settings).await
}

fn change_server(config: &mut Config, change: impl FnOnce(&mut Server)) {
    let Mail::Smtp { server, .. } = &mut config.mail else { panic!("letters do not go through a server") };
    change(server);
}

async fn ask(world: &World) {
    world.guest().call("/api/accounts/request_reset", &[("login", "grace")]).await.landing();
}

/// What became of the only letter, with what was complained of.
async fn only(app: &App) -> (LetterState, String) {
    let records = records(app).await;
    assert_eq!(records.len(), 1, "{records:?}");
    (records[0].state, records[0].complaint.clone())
}

#[tokio::test]
async fn a_letter_arrives_through_tls_and_a_login_with_both_of_its_forms() {
    let papers = Papers::make();
    let server = MailServer::start(&papers, 0);
    let world = world(settings(&papers, server.port)).await;
    world.account("grace", Role::Member).await;
    ask(&world).await;
    worker::run_once(&world.app).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1);
    let (letter, envelope) = &received[0];
    assert_eq!(envelope, "talk@site.example grace@mail.example");
    assert!(!letter.header("Subject").is_empty());
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    let link = letter.link("/password/");
    assert!(letter.html.contains(&format!("href=\"{link}\"")), "{}", letter.html);
    assert_eq!(only(&world.app).await.0, LetterState::Sent);
    assert_eq!(world.guest().follow(&link).await.status, 200);
}

#[tokio::test]
async fn the_queue_survives_a_server_that_is_down_and_a_restart() {
    let papers = Papers::make();
    let port = free_port();
    let mut world = world(settings(&papers, port)).await;
    world.account("grace", Role::Member).await;
    ask(&world).await;
    worker::run_once(&world.app).await.unwrap();
    let (state, complaint) = only(&world.app).await;
    assert_eq!(state, LetterState::Waiting);
    assert!(!complaint.is_empty());
    world.restart_with(|_| {}).await;
    let server = MailServer::start(&papers, port);
    assert_eq!(worker::run_once(&world.app).await.unwrap(), 0, "not before the pause is over");
    world.pass(Duration::from_mins(1));
    worker::run_once(&world.app).await.unwrap();
    assert_eq!(only(&world.app).await, (LetterState::Sent, String::new()));
    assert_eq!(server.received().len(), 1);
    world.pass(Duration::from_hours(1));
    assert_eq!(worker::run_once(&world.app).await.unwrap(), 0, "once is enough");
}

#[tokio::test]
async fn a_server_with_a_certificate_that_nobody_vouches_for_gets_nothing() {
    let papers = Papers::make();
    let server = MailServer::start(&papers, 0);
    let mut world = world(settings(&papers, server.port)).await;
    world.account("grace", Role::Member).await;
    ask(&world).await;
    let other = Papers::make();
    for wrong in [None, Some(other.certificate.clone())] {
        world.restart_with(|config| change_server(config, |server| server.ca_file = wrong)).await;
        worker::run_once(&world.app).await.unwrap();
        let (state, complaint) = only(&world.app).await;
        assert_eq!(state, LetterState::Waiting);
        assert!(complaint.to_lowercase().contains("certificate"), "{complaint}");
        world.pass(Duration::from_mins(2));
    }
    // The right certificate, but for another name.
    let right = papers.certificate.clone();
    world
        .restart_with(|config| {
            change_server(config, |server| {
                server.ca_file = Some(right);
                server.host = "127.0.0.1".to_owned();
            });
        })
        .await;
    world.pass(Duration::from_mins(10));
    worker::run_once(&world.app).await.unwrap();
    assert!(only(&world.app).await.1.to_lowercase().contains("certificate"));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_told_to_admins_and_holds_no_secret() {
    let papers = Papers::make();
    let server = MailServer::start(&papers, 0);
    std::fs::write(&papers.password_file, "not this one").unwrap();
    let world = world(settings(&papers, server.port)).await;
    world.account("grace", Role::Member).await;
    ask(&world).await;
    worker::run_once(&world.app).await.unwrap();
    let (state, complaint) = only(&world.app).await;
    assert_eq!(state, LetterState::Waiting);
    assert!(complaint.contains("535") && !complaint.contains("not this one"), "{complaint}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn the_password_of_the_server_stands_in_no_log_row_or_debug_form() {
    let log = places::LogLines::of_everything();
    let papers = Papers::make();
    let server = MailServer::start(&papers, 0);
    let world = world(settings(&papers, server.port)).await;
    world.account("grace", Role::Member).await;
    ask(&world).await;
    worker::run_once(&world.app).await.unwrap();
    assert_eq!(server.received().len(), 1, "the password was not used");
    // As the protocol sends it (RFC 4616), and refused.
    let password = Planted::new("the password", MAIL_PASSWORD, &[]);
    let sent = Planted::bytes("what is sent of it", format!("\0{USER}\0{MAIL_PASSWORD}").as_bytes());
    let debug = format!("{:?} {:?}", world.app.config(), world.app.letter_transport());
    for planted in [password, sent] {
        assert!(!log.written().lines().any(|line| planted.is_in(line)), "{} is in the log", planted.what);
        assert!(!places::database(&world).await.iter().any(|(_, cell)| planted.is_in(cell)), "{} is in a row", planted.what);
        assert!(!planted.is_in(&debug), "{} is in {debug}", planted.what);
    }
}
