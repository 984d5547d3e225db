//! What browsers report of our pages: taken from anybody, believed of nobody, counted, shown to admins.

use std::time::Duration;

use axum::{body::Body, http::Method};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::{Value, json};

use super::support::{Answer, Browser, World};
use crate::server::{
    entity::policy_report::{Column, Entity, Model},
    housekeeping,
    refusals::Refusal,
    site::reports,
};

const NEW: &str = "application/reports+json";
const OLD: &str = "application/csp-report";

/// Sends as browsers do: from nowhere, with no cookie of theirs.
async fn send(browser: &mut Browser, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = browser.request(Method::POST, reports::PATH).header("content-type", content_type);
    let request = request.header("sec-fetch-site", "cross-site").header("origin", "null");
    browser.send(request.body(body.into()).unwrap()).await
}

fn report(page: &str) -> String {
    let body = json!({
        "blockedURL": "https://evil.example/steal.js?who=ada", "documentURL": format!("https://talk.example{page}"),
        "effectiveDirective": "script-src-elem", "sourceFile": format!("https://talk.example{page}"), "disposition": "enforce",
    });
    json!([{ "type": "csp-violation", "url": "https://talk.example/", "body": body }]).to_string()
}

fn old_report(fields: Value) -> String {
    json!({ "csp-report": fields }).to_string()
}

async fn rows(world: &World) -> Vec<Model> {
    Entity::find().order_by_asc(Column::Id).all(world.app.database().reader()).await.unwrap()
}

async fn count(world: &World) -> u64 {
    Entity::find().count(world.app.database().reader()).await.unwrap()
}

#[tokio::test]
async fn a_report_is_counted_without_anything_secret_and_admins_see_it() {
    let world = World::in_public().await;
    let mut browser = world.guest();
    for _ in 0..2 {
        let answer = send(&mut browser, NEW, report("/d/7?after=secret#c-1")).await;
        assert_eq!((answer.status.as_u16(), answer.cookies().len(), answer.bytes().len()), (204, 0, 0));
        world.pass(Duration::from_secs(1));
    }
    let old = json!({ "blocked-uri": "inline", "document-uri": "https://talk.example/password/tok3n", "effective-directive": "style-src-attr" });
    assert_eq!(send(&mut browser, OLD, old_report(old)).await.status, 204);
    let rows = rows(&world).await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.directive.as_str(), row.blocked.as_str(), row.document.as_str(), row.source.as_str(), row.times))
        .collect();
    assert_eq!(
        told,
        [("script-src-elem", "https://evil.example", "/d/7", "/d/7", 2), ("style-src-attr", "inline", "/password/", "", 1)]
    );
    assert_eq!(rows[0].last_seen_at - rows[0].first_seen_at, 1_000);
    let page = world.admin("eve").await.get("/admin/reports").await;
    for shown in ["script-src-elem", "https://evil.example", "/d/7", "style-src-attr", "not told"] {
        assert!(page.shows(shown), "{shown} is missing in {}", page.text());
    }
    for secret in ["who=ada", "after=secret", "tok3n"] {
        assert!(!page.shows(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_is_no_report_is_refused_and_leaves_nothing() {
    let world = World::in_public().await;
    let mut browser = world.guest();
    let large = format!("[{}]", " ".repeat(20_000));
    for (content_type, body, status) in [
        ("application/json", Body::from(report("/")), 415),
        ("application/x-www-form-urlencoded", Body::from("a=b"), 415),
        ("text/plain", Body::from(report("/")), 415),
        (NEW, Body::from("no JSON"), 400),
        (NEW, Body::from(vec![0xff, 0xfe]), 400),
        (OLD, Body::from("[]"), 400),
        (NEW, Body::from(large), 413),
        (NEW, Body::from("[]"), 204),
    ] {
        let answer = send(&mut browser, content_type, body).await;
        assert_eq!(answer.status, status, "{content_type}");
        assert!(answer.cookies().is_empty() && !answer.header("content-security-policy").is_empty());
    }
    let get = browser.get(reports::PATH).await;
    assert_eq!(get.status, 405);
    assert_eq!(count(&world).await, 0);
}

#[tokio::test]
async fn what_programs_of_readers_do_to_a_page_and_other_sites_are_left_out() {
    let world = World::in_public().await;
    let mut browser = world.guest();
    for (blocked, document, source) in [
        ("chrome-extension", "https://talk.example/", ""),
        ("inline", "https://talk.example/", "moz-extension://abc/x.js"),
        ("about", "https://talk.example/", ""),
        ("inline", "https://evil.example/", ""),
        ("<script>alert(1)</script>", "https://talk.example/", ""),
    ] {
        let fields = json!({ "blocked-uri": blocked, "document-uri": document, "effective-directive": "script-src", "source-file": source });
        assert_eq!(send(&mut browser, OLD, old_report(fields)).await.status, 204);
    }
    assert_eq!(count(&world).await, 0);
}

#[tokio::test]
async fn a_flood_from_one_network_is_turned_away_and_counted() {
    let world = World::in_public().await;
    let mut browser = world.guest();
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(send(&mut browser, NEW, report("/")).await.status.as_u16());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 20, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 10, "{statuses:?}");
    let overload = world.app.refusals().counts().find(|(refusal, _)| *refusal == Refusal::Overload).unwrap();
    assert_eq!(overload.1, 10);
    assert_eq!(rows(&world).await[0].times, 20);
    assert_eq!(send(&mut world.guest().at("198.51.100.7"), NEW, report("/")).await.status, 204, "others are heard");
    world.pass(Duration::from_mins(1));
    assert_eq!(send(&mut browser, NEW, report("/")).await.status, 204, "and the same one a minute later");
}

#[tokio::test]
async fn the_list_is_bounded_and_the_oldest_go() {
    let world = World::in_public().await;
    let mut browser = world.guest();
    let batch = |from: usize| {
        let reports = (from..from + 10).map(|number| {
            let body = json!({ "blockedURL": "inline", "documentURL": format!("https://talk.example/d/{number}"), "effectiveDirective": "script-src" });
            json!({ "type": "csp-violation", "body": body })
        });
        Value::Array(reports.collect()).to_string()
    };
    for from in (0..600).step_by(10) {
        assert_eq!(send(&mut browser, NEW, batch(from)).await.status, 204);
        world.pass(Duration::from_secs(5));
    }
    let rows = rows(&world).await;
    assert_eq!(rows.len() as u64, reports::MOST);
    assert_eq!((rows[0].document.as_str(), rows[499].document.as_str()), ("/d/100", "/d/599"));
    world.pass(Duration::from_hours(91 * 24));
    housekeeping::sweep(&world.app).await.unwrap();
    assert_eq!(count(&world).await, 0, "what does not come any more is forgotten");
}

#[tokio::test]
async fn an_admin_throws_the_reports_away_and_that_is_written_down() {
    let world = World::in_public().await;
    let mut eve = world.admin("eve").await;
    assert!(eve.get("/admin/reports").await.shows("No reports"));
    send(&mut world.guest(), NEW, report("/")).await;
    assert!(eve.get("/admin/reports").await.shows("Throw all of them away"));
    let answer = eve.submit("/api/site/clear_reports", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/admin/reports?notice=reports_cleared"));
    assert_eq!(count(&world).await, 0);
    assert!(eve.get("/admin/audit").await.shows("Threw the browsers"));
}

#[tokio::test]
async fn a_report_touches_nobodys_session() {
    let world = World::in_public().await;
    let mut ada = world.member("ada").await;
    let cookies = ada.cookies.clone();
    world.pass(Duration::from_mins(5));
    let answer = send(&mut ada, NEW, report("/")).await;
    assert!(answer.status == 204 && answer.cookies().is_empty());
    assert_eq!(ada.cookies, cookies);
}
