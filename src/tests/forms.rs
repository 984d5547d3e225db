//! Forms without scripts: what comes back when they are refused, and what is not even read.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::error::AppError;

const ATTACK: &str = r#"</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>"'"#;

/// The page that a form stands on, where it goes, and what is in it.
type Form<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>);

async fn post_as(browser: &mut Browser, path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = browser.request(Method::POST, path).header("sec-fetch-site", "same-origin").header("accept", "text/html");
    let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
    browser.send(request.body(body.into()).unwrap()).await
}

#[track_caller]
fn assert_harmless(answer: &Answer) {
    let page = answer.text();
    for dangerous in ["<script>alert", "<img src=x", "</textarea></title>"] {
        assert!(!page.contains(dangerous), "{dangerous} in {page}");
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    ada.get("/new").await;
    let answer = ada.submit("/api/discussions/start", &[("title", "ab"), ("opening", "What <do> you think?")]).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("Please use at least 3 characters for the title."), "{page}");
    assert!(page.contains("value=\"ab\"") && page.contains("What &lt;do&gt; you think?"), "{page}");
    assert!(page.contains("aria-invalid=\"true\"") && page.contains("<title>Start a discussion"), "{page}");
    assert!(page.contains("name=\"from\" value=\"/new\""), "it comes back as often as it must: {page}");
}

#[tokio::test]
async fn a_refused_registration_keeps_what_was_typed_but_never_the_password() {
    let world = World::new().await;
    let mut guest = world.guest();
    guest.get("/register").await;
    let secret = "correct-horse";
    let fields = [("username", "a"), ("email", "ada@mail.example"), ("password", secret)];
    let answer = guest.submit("/api/accounts/register", &fields).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("<title>Register"), "{page}");
    assert!(page.contains("value=\"a\"") && page.contains("ada@mail.example"), "{page}");
    assert!(page.contains("Please use at least 2 characters for the user name."), "{page}");
    assert!(page.contains("Please use at least 15 characters for the password."), "{page}");
    assert!(!page.contains(secret), "{page}");
}

#[tokio::test]
async fn no_refused_form_shows_a_secret_again() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let secrets = [("current_password", "my old secret"), ("password", "my new secret"), ("token", "my token")];
    let forms = [
        ("/account", "/api/accounts/change_password", true),
        ("/prove", "/api/accounts/prove", true),
        ("/sign-in", "/api/accounts/sign_in", false),
        ("/register", "/api/accounts/register", false),
        ("/set-up/my-link", "/api/accounts/set_up", false),
        ("/password/my-link", "/api/accounts/use_password_link", false),
    ];
    for (page, action, needs_person) in forms {
        let mut guest = world.guest();
        let browser = if needs_person { &mut ada } else { &mut guest };
        browser.open(page).await;
        let fields = [&[("username", "b"), ("email", "x"), ("login", "somebody")], &secrets[..]].concat();
        let answer = browser.submit(action, &fields).await;
        assert!(answer.status.is_client_error(), "{action}: {}", answer.status);
        assert!(!answer.shows("secret") && !answer.shows("my token"), "{action}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_form_refused_for_another_reason_comes_back_with_its_text() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let (page, number) = (format!("/d/{discussion}"), discussion.to_string());
    let long = "ä".repeat(10_000);
    let fields = [("discussion", number.as_str()), ("body", long.as_str())];
    ada.get(&page).await;
    world.moderator("grace").await.locks(discussion).await;
    let answer = ada.submit("/api/comments/publish", &fields).await;
    assert_eq!(answer.status, 403);
    assert!(answer.shows("This discussion is locked and takes no more comments.") && answer.shows(&long));

    ada.cookies.clear();
    let answer = ada.submit("/api/comments/publish", &fields).await;
    assert_eq!(answer.status, 401, "the session has ended meanwhile");
    assert!(answer.shows("Please sign in first.") && answer.shows(&long));
}

#[tokio::test]
async fn a_change_that_happened_leads_on() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await.to_string();
    ada.get(&format!("/d/{discussion}")).await;
    let answer = ada.submit("/api/comments/publish", &[("discussion", &discussion), ("body", "Crust first.")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(
        answer.location().starts_with("/c/") && answer.location().contains("notice=comment_published"),
        "{}",
        answer.location()
    );
    let page = ada.open(answer.location()).await;
    assert!(page.shows("Crust first.") && page.shows("Your comment is published."));
}

#[tokio::test]
async fn a_preview_without_scripts_shows_the_text_and_keeps_it() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await.to_string();
    ada.get(&format!("/d/{discussion}")).await;
    let answer = ada.submit("/api/comments/preview", &[("discussion", &discussion), ("body", "Crust **first**.")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.shows("Crust <strong>first</strong>.") && answer.shows("Crust **first**."), "{}", answer.text());
}

#[tokio::test]
async fn a_form_comes_back_to_pages_of_this_site_only() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    for from in ["//evil.example", "https://evil.example/", "/\\evil", "", "/nothing/here", "/api/accounts/sign_out", "/d/99"] {
        ada.page = from.to_owned();
        let answer = ada.submit("/api/discussions/start", &[("title", ""), ("opening", "")]).await;
        assert!(answer.status.is_client_error(), "{from}: {}", answer.status);
        assert_eq!(answer.location(), "");
        assert!(answer.shows("<!DOCTYPE html>") || answer.text().is_empty(), "{from}");
        assert_eq!(ada.get("/new").await.status, 200, "{from} was called");
    }
}

#[tokio::test]
async fn fields_that_are_missing_doubled_or_of_another_kind_are_refused() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let bodies = [
        String::new(),
        "body=x".to_owned(),
        format!("discussion={discussion}"),
        format!("discussion={discussion}&discussion={discussion}&body=x"),
        format!("discussion={discussion}&body=x&body=y"),
        format!("discussion={discussion}&body[]=x"),
        format!("discussion={discussion}&body[a]=x"),
        "discussion=many&body=x".to_owned(),
        "discussion=99999999999999999999&body=x".to_owned(),
        format!("discussion={discussion}&body=x&parent=none"),
        "%".to_owned(),
        "=&=&&".to_owned(),
    ];
    for body in bodies {
        let answer = ada.submit_body("/api/comments/publish", body.clone()).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404 | 422), "{body}: {} {}", answer.status, answer.text());
    }
    let answer = ada.submit_body("/api/comments/publish", format!("discussion={discussion}&body=x&colour=red&from=%2F")).await;
    assert_eq!(answer.status, 303, "what nobody asked for is nobody's business");
    assert_eq!(ada.call("/api/comments/publish", &[("body", "x")]).await.error(), AppError::BadRequest);
}

#[tokio::test]
async fn bytes_that_are_no_text_do_not_get_in() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let raw = [b"title=Bread&opening=".as_slice(), &[0xff, 0xfe, 0x00, 0xc3, 0x28]].concat();
    let answer = ada.submit_body("/api/discussions/start", raw).await;
    assert_eq!(answer.status, 400);
    let answer = ada.submit_body("/api/discussions/start", "title=Bread%ff&opening=%fe%00").await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    for text in ["nul\0", "bell\u{7}"] {
        let answer = ada.call("/api/discussions/start", &[("title", "Bread"), ("opening", text)]).await;
        assert_eq!(answer.status, 422, "{text:?}");
    }
}

#[tokio::test]
async fn a_form_beyond_the_limit_is_refused_with_and_without_its_length() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let form = "application/x-www-form-urlencoded";
    let large = format!("body={}", "x".repeat(128 * 1_024));
    let refused = ada.submit_body("/api/comments/preview", large.clone()).await;
    assert!(refused.status == 413 && refused.shows("larger than this site takes"), "{}", refused.text());
    // As with HTTP/1.1 in chunks: nothing says beforehand how much will come.
    assert_eq!(post_as(&mut ada, "/api/comments/preview", form, large).await.status, 413);
    let small = format!("body={}", "x".repeat(9_000));
    assert_eq!(post_as(&mut ada, "/api/comments/preview", form, small).await.status, 200);
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    for content_type in ["", "application/json", "text/plain", "multipart/form-data; boundary=x", "application/cbor"] {
        let answer = post_as(&mut ada, "/api/comments/preview", content_type, "body=x").await;
        assert_eq!(answer.status, 415, "{content_type:?}");
    }
    let with_charset = "application/x-www-form-urlencoded; charset=utf-8";
    assert_eq!(post_as(&mut ada, "/api/comments/preview", with_charset, "body=x").await.status, 200);
}

#[tokio::test]
async fn scripts_in_refused_fields_come_back_as_text() {
    let world = World::new().await;
    let mut ada = world.admin("ada").await;
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Crust first.").await;
    let (thread, number) = (format!("/d/{discussion}"), discussion.to_string());
    let (edit, comment) = (format!("/c/{comment}/edit"), comment.to_string());
    let long = format!("{ATTACK}{}", "x".repeat(10_000));
    let forms: [Form; 9] = [
        ("/new", "/api/discussions/start", vec![("title", &long), ("opening", ATTACK)]),
        ("/new", "/api/discussions/start", vec![("title", ATTACK), ("opening", &long), ("once", ATTACK)]),
        (&thread, "/api/comments/publish", vec![("discussion", &number), ("body", &long), ("parent", ""), ("once", ATTACK)]),
        (&thread, "/api/discussions/rename", vec![("discussion", &number), ("title", &long), ("next", ATTACK)]),
        (&thread, "/api/comments/moderate", vec![("comments[0]", &comment), ("deed", "hide"), ("reason", &long)]),
        (&edit, "/api/comments/edit", vec![("comment", &comment), ("body", &long)]),
        ("/admin/users/1", "/api/accounts/suspend", vec![("user", "1"), ("reason", ATTACK), ("days", ATTACK)]),
        (
            "/admin/settings",
            "/api/site/save_settings",
            vec![
                ("name", &long),
                ("description", &long),
                ("registration", "open"),
                ("comment_length", ATTACK),
                ("comments_per_minute", ATTACK),
                ("discussions_per_hour", ATTACK),
                ("edit_window", ATTACK),
            ],
        ),
        ("/admin/settings", "/api/site/save_settings", vec![("name", ATTACK), ("registration", ATTACK)]),
    ];
    for (page, action, fields) in forms {
        ada.get(page).await;
        let answer = ada.submit(action, &fields).await;
        assert!(answer.status.is_client_error(), "{action}: {}", answer.status);
        assert_harmless(&answer);
    }
    let mut guest = world.guest();
    for (page, action) in [("/register", "/api/accounts/register"), ("/sign-in", "/api/accounts/sign_in")] {
        guest.get(page).await;
        let fields = [("username", ATTACK), ("email", ATTACK), ("login", ATTACK), ("password", ATTACK), ("next", ATTACK)];
        let answer = guest.submit(action, &fields).await;
        assert!(answer.status.is_client_error(), "{action}: {}", answer.status);
        assert_harmless(&answer);
    }
}

#[tokio::test]
async fn scripts_that_were_accepted_are_shown_as_text_everywhere() {
    let world = World::new().await;
    let mut ada = world.admin("ada").await;
    let answer = ada.call("/api/discussions/start", &[("title", ATTACK), ("opening", ATTACK)]).await;
    let discussion = crate::discussions::model::DiscussionId(1);
    assert_eq!(answer.landing().path.as_str(), "/d/1");
    let comment = ada.says(discussion, ATTACK).await;
    let fields = [("deed", "hide"), ("reason", ATTACK), ("comments[0]", &comment.to_string())];
    ada.call("/api/comments/moderate", &fields).await.landing();
    world.account("grace", crate::accounts::model::Role::Member).await;
    ada.call("/api/accounts/suspend", &[("user", "2"), ("reason", ATTACK)]).await.landing();
    world
        .set(|settings| {
            settings.name = crate::valid::Value::parse("<script>alert(1)</script>").unwrap();
            settings.description = crate::valid::Value::parse(ATTACK).unwrap();
        })
        .await;
    let mut grace = world.guest();
    grace.call("/api/accounts/sign_in", &[("login", "grace"), ("password", PASSWORD)]).await.landing();
    assert_harmless(&grace.get("/").await);
    let searched = format!("/admin/comments?{}", super::support::encoded(&[("text", ATTACK)]));
    let pages = [
        "/",
        "/d/1",
        "/d/1/edit",
        "/u/ada",
        "/account",
        "/admin",
        "/admin/users",
        "/admin/users/2",
        "/admin/comments",
        "/admin/discussions",
        "/admin/settings",
        "/admin/audit",
        &searched,
        "/nothing?notice=%3Cscript%3Ealert(1)%3C/script%3E",
    ];
    for page in pages {
        let answer = ada.get(page).await;
        assert!(answer.status.is_success() || page.starts_with("/nothing"), "{page}: {}", answer.status);
        assert_harmless(&answer);
    }
}

#[tokio::test]
async fn what_was_written_is_shown_even_when_its_page_is_gone() {
    let world = World::new().await;
    let (mut ada, mut mia) = (world.member("ada").await, world.moderator("mia").await);
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Linen.").await;
    ada.get(&format!("/c/{comment}/reply")).await;
    mia.moderates("delete", comment).await;
    let (discussion, parent) = (discussion.to_string(), comment.to_string());
    let fields = [("discussion", discussion.as_str()), ("parent", &parent), ("body", "A long & careful answer")];
    let answer = ada.submit("/api/comments/publish", &fields).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(answer.text().contains("A long &amp; careful answer"), "{}", answer.text());
}
