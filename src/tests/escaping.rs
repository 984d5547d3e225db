//! What a person types is shown as typed and never runs: every context that the site has, read by the parser
//! that belongs to it. Browsers themselves are asked in `end2end/specs/escaping.spec.ts`; Markdown has tests of
//! its own in `src/server/prose/tests`, headers of letters in `src/server/letters/message.rs`,
//! lines of the log in `src/server/log.rs`.
//!
//! Contexts that the site does not have, and which get their tests when it does: CSV (one's own data is JSON and
//! a page), Atom, and scripts with data in them (islands take theirs from attributes).

use std::io::{self, Cursor};

use scraper::{ElementRef, Html, Selector};
use url::Url;
use zip::ZipArchive;

use super::support::{Answer, Browser, World};
use crate::{
    accounts::model::Role, comments::model::CommentId, discussions::model::DiscussionId, server::own_data::archive,
    site::model::RegistrationMode,
};

/// Each tries to leave the context that it is shown in. None is longer than the shortest field takes.
const HOSTILE: [&str; 12] = [
    r#""><script>alert(1)</script>"#,
    "</textarea><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "`onmouseover=alert(1)",
    "--><!--<b>]]><b>",
    "&lt;b&gt; &quot;&#x3c;i&#62; &amp;amp;",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "javascript:alert(1)//",
    "</style></script></noscript><b>",
    r#"=HYPERLINK("http://evil.example")"#,
    r"\u003cb\u003e %0d%0aSet-Cookie:a=b %3Cb%3E",
];

fn parsed(answer: &Answer) -> Html {
    Html::parse_document(&answer.text())
}

fn all(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect()
}

/// Nothing on the page can run but our loader, load but from here, or look like anything but the site.
#[track_caller]
fn assert_sound(answer: &Answer, at: &str) {
    let page = parsed(answer);
    let policy = answer.header("content-security-policy").to_owned();
    for element in page.select(&all("*")) {
        let name = element.value().name();
        assert!(
            !["iframe", "object", "embed", "base", "style", "noscript", "frame", "applet", "img"].contains(&name),
            "<{name}> on {at}"
        );
        if name == "script" {
            let nonce = element.attr("nonce").unwrap_or_default();
            assert!(!nonce.is_empty() && policy.contains(nonce), "a script of somebody else on {at}");
            assert!(!text_of(element).contains("alert("), "typed text in a script on {at}");
        }
        for (attribute, value) in element.value().attrs() {
            let may_stand = !attribute.starts_with("on") && !["style", "srcdoc"].contains(&attribute);
            assert!(may_stand, "{attribute}={value:?} on {at}");
            if ["href", "src", "action", "formaction", "xlink:href"].contains(&attribute) {
                let leads_to = Url::parse("https://talk.example/d/1").unwrap().join(value).unwrap();
                assert!(["http", "https", "mailto"].contains(&leads_to.scheme()), "{attribute}={value:?} on {at}");
            }
            if attribute == "class" {
                let is_ours =
                    |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || "- ".contains(character);
                assert!(value.chars().all(is_ours), "class={value:?} on {at}");
            }
        }
    }
}

#[track_caller]
fn assert_shown(answer: &Answer, selector: &str, typed: &str, at: &str) {
    let page = parsed(answer);
    let shown: Vec<_> = page.select(&all(selector)).map(text_of).collect();
    assert!(shown.iter().any(|text| text.contains(typed)), "{typed:?} is not among {shown:?} on {at}");
}

/// Pages that anybody may ask for, opened by everybody.
async fn open_everywhere(readers: &mut [(&str, &mut Browser)], paths: &[String]) {
    for path in paths {
        for (who, browser) in readers.iter_mut() {
            let answer = browser.open(path).await;
            assert_sound(&answer, &format!("{path}, seen by {who}"));
        }
    }
}

async fn starts(browser: &mut Browser, title: &str, opening: &str) -> DiscussionId {
    let answer = browser.call("/api/discussions/start", &[("title", title), ("opening", opening)]).await;
    let path = answer.landing().path;
    DiscussionId(path.as_str().strip_prefix("/d/").unwrap().parse().unwrap())
}

async fn hides(browser: &mut Browser, comment: CommentId, reason: &str) {
    let fields = [("deed", "hide"), ("reason", reason), ("comments[0]", &comment.to_string())];
    browser.call("/api/comments/moderate", &fields).await.landing();
}

#[tokio::test]
async fn titles_texts_and_reasons_are_shown_as_typed_to_everybody() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let (mut guest, mut ada, mut mia, mut eve) =
        (world.guest(), world.member("ada").await, world.moderator("mia").await, world.admin("eve").await);
    for typed in HOSTILE {
        let discussion = starts(&mut ada, &format!("Title {typed}"), typed).await;
        let comment = ada.says(discussion, &format!("Words {typed}")).await;
        let hidden = ada.says(discussion, &format!("Hidden {typed}")).await;
        ada.replies(discussion, hidden, "Why?").await;
        hides(&mut mia, hidden, &format!("Reason {typed}")).await;
        let paths = [
            "/".to_owned(),
            format!("/d/{discussion}"),
            format!("/d/{discussion}/edit"),
            format!("/c/{comment}/edit"),
            format!("/c/{comment}/reply"),
            format!("/c/{comment}/delete"),
            "/u/ada".to_owned(),
            "/account".to_owned(),
            "/admin".to_owned(),
            "/admin/comments?state=hidden".to_owned(),
            "/admin/discussions".to_owned(),
            "/admin/audit".to_owned(),
        ];
        let mut readers = [("a guest", &mut guest), ("the author", &mut ada), ("a moderator", &mut mia), ("an admin", &mut eve)];
        open_everywhere(&mut readers, &paths).await;
        let (title, reason) = (format!("Title {typed}"), format!("Reason {typed}"));
        let page = guest.get(&paths[1]).await;
        assert_shown(&page, "h1", &title, "the discussion");
        assert_shown(&page, "title", &title, "the discussion's head");
        assert_shown(&guest.get("/").await, "a", &title, "the list");
        assert_shown(&ada.get(&paths[2]).await, "textarea", typed, "the form of the discussion");
        assert_shown(&ada.get(&paths[3]).await, "textarea", &format!("Words {typed}"), "the form of the comment");
        assert_shown(&ada.get("/account").await, "main", &reason, "the author's account");
        assert_shown(&mia.get("/admin/comments?state=hidden").await, "main", &reason, "the dashboard");
        assert_shown(&eve.get("/admin/audit").await, "main", &reason, "the audit log");
    }
}

#[tokio::test]
async fn what_an_admin_writes_is_shown_as_typed_on_every_page() {
    let world = World::new().await;
    let ada = world.account("ada", Role::Member).await;
    let (mut guest, mut member, mut eve) = (world.guest(), world.signed_in("ada").await, world.admin("eve").await);
    for typed in HOSTILE {
        let fields = [
            ("name", typed),
            ("description", typed),
            ("registration", "open"),
            ("staff_factor", "optional"),
            ("comment_length", "10000"),
            ("comments_per_minute", "6"),
            ("discussions_per_hour", "10"),
            ("edit_window", "30"),
        ];
        eve.call("/api/site/save_settings", &fields).await.landing();
        let suspension = [("user", &*ada.to_string()), ("reason", typed), ("days", "1")];
        eve.call("/api/accounts/suspend", &suspension).await.landing();
        let invitation = [("note", typed), ("uses", "1"), ("days", "7")];
        assert_eq!(eve.call("/api/accounts/invite", &invitation).await.status, 200);
        let paths = ["/", "/sign-in", "/register", "/nowhere", "/u/ada", "/account", "/admin/settings", "/admin/joining"];
        let paths: Vec<_> = paths.into_iter().map(str::to_owned).chain([format!("/admin/users/{ada}")]).collect();
        let mut readers = [("a guest", &mut guest), ("a member", &mut member), ("an admin", &mut eve)];
        open_everywhere(&mut readers, &paths).await;
        let home = guest.get("/").await;
        assert_shown(&home, ".site-name", typed, "the header");
        assert_shown(&home, "title", typed, "the head");
        assert_shown(&home, "footer", typed, "the footer");
        let page = parsed(&home);
        let description = page.select(&all("meta[name=description]")).next().and_then(|meta| meta.attr("content"));
        assert_eq!(description, Some(typed));
        let settings = eve.get("/admin/settings").await;
        assert!(parsed(&settings).select(&all("input[name=name]")).any(|field| field.attr("value") == Some(typed)), "{typed}");
        assert_shown(&member.get("/").await, "[role]", &format!("Reason given: {typed}"), "the notice");
        assert_shown(&eve.get("/admin/joining").await, "main", typed, "the note of an invitation");
    }
}

#[tokio::test]
async fn every_form_that_comes_back_shows_what_was_typed_as_typed() {
    let world = World::new().await;
    let (mut guest, mut ada) = (world.guest(), world.member("ada").await);
    let discussion = ada.starts("Bread").await;
    let long = |typed: &str| format!("{typed}{}", "x".repeat(10_000));
    for typed in HOSTILE {
        guest.get("/register").await;
        let answer =
            guest.submit("/api/accounts/register", &[("username", typed), ("email", typed), ("password", "short")]).await;
        assert_sound(&answer, "/register");
        let page = parsed(&answer);
        for field in ["input[name=username]", "input[name=email]"] {
            assert_eq!(page.select(&all(field)).next().and_then(|field| field.attr("value")), Some(typed));
        }
        ada.get("/new").await;
        let answer = ada.submit("/api/discussions/start", &[("title", ""), ("opening", typed)]).await;
        assert_sound(&answer, "/new");
        assert_shown(&answer, "textarea[name=opening]", typed, "/new");
        ada.get(&format!("/d/{discussion}")).await;
        let fields = [("discussion", &*discussion.to_string()), ("body", &long(typed))];
        let answer = ada.submit("/api/comments/publish", &fields).await;
        assert_eq!(answer.status, 422);
        assert_sound(&answer, "the discussion");
        assert_shown(&answer, "textarea[name=body]", &long(typed), "the discussion");
        let search = form_urlencoded::byte_serialize(typed.as_bytes()).collect::<String>();
        assert_sound(&guest.get(&format!("/sign-in?next={search}&notice={search}&{search}={search}")).await, "/sign-in");
    }
}

#[tokio::test]
async fn islands_take_their_data_from_attributes_and_get_it_as_typed() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = starts(&mut ada, "Bread", "What do you think?").await;
    for typed in HOSTILE {
        let comment = ada.says(discussion, typed).await;
        let answer = ada.get(&format!("/c/{comment}/edit")).await;
        let page = parsed(&answer);
        let islands: Vec<_> = page.select(&all("leptos-island")).collect();
        assert!(!islands.is_empty());
        let data: Vec<serde_json::Value> = islands
            .iter()
            .filter_map(|island| island.attr("data-props"))
            .map(|data| serde_json::from_str(data).expect("the data of an island is JSON"))
            .collect();
        assert!(data.iter().any(|data| holds(data, typed)), "{typed:?} is not in {data:?}");
        world.pass(std::time::Duration::from_mins(1));
    }
}

fn holds(data: &serde_json::Value, typed: &str) -> bool {
    match data {
        serde_json::Value::String(text) => text == typed,
        serde_json::Value::Array(parts) => parts.iter().any(|part| holds(part, typed)),
        serde_json::Value::Object(parts) => parts.values().any(|part| holds(part, typed)),
        _ => false,
    }
}

#[tokio::test]
async fn no_link_that_somebody_wrote_leads_to_a_script() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let written = "[a](javascript:alert(1)) <javascript:alert(1)> [b](JAVASCRIPT&colon;alert(1)) [c](data:text/html,<script>alert(1)</script>) \
                   [d](vbscript:x) [e](//evil.example) ![f](https://evil.example/x.png) [g](https://example.org/?a=1&b=\"2\")";
    ada.says(discussion, written).await;
    let answer = world.guest().get(&format!("/d/{discussion}")).await;
    assert_sound(&answer, "the discussion");
    let page = parsed(&answer);
    let links: Vec<_> = page.select(&all(".prose a[href]")).filter_map(|link| link.attr("href")).collect();
    assert!(links.iter().all(|link| link.starts_with("https://")), "{links:?}");
    assert!(links.contains(&"https://example.org/?a=1&b=%222%22"), "{links:?}");
}

#[tokio::test]
async fn a_letter_carries_what_was_typed_as_words_in_both_forms() {
    let world = World::with_letters().await;
    let mut eve = world.admin("eve").await;
    for (place, typed) in HOSTILE.into_iter().enumerate() {
        world
            .set(|settings| {
                settings.registration = RegistrationMode::Approval;
                settings.name = crate::valid::Value::parse(typed).unwrap();
            })
            .await;
        let (name, email) = (format!("newcomer{place}"), format!("new{place}@mail.example"));
        let registration =
            [("username", &*name), ("email", &email), ("password", super::support::PASSWORD), ("application", typed)];
        assert_eq!(world.guest().call("/api/accounts/register", &registration).await.status, 200);
        let joining = eve.get("/admin/joining").await;
        assert_sound(&joining, "/admin/joining");
        assert_shown(&joining, "main", typed, "/admin/joining");
        let page = parsed(&joining);
        let user = page.select(&all("input[name=user]")).next().and_then(|field| field.attr("value")).unwrap();
        eve.call("/api/accounts/decline", &[("user", user), ("reason", typed)]).await.landing();
        let letter = world.last_letter_to(&email).await;
        let html = Html::parse_document(&letter.html);
        let ours = ["html", "head", "meta", "title", "body", "p", "br", "a", "blockquote"];
        for element in html.select(&all("*")) {
            assert!(ours.contains(&element.value().name()), "<{}> in a letter: {}", element.value().name(), letter.html);
            assert!(element.value().attrs().all(|(name, _)| ["lang", "charset", "href"].contains(&name)), "{}", letter.html);
        }
        let quoted = html.select(&all("blockquote")).map(text_of).collect::<String>();
        // Spaces keep mail programs from making links.
        assert_eq!(quoted.split_whitespace().collect::<String>(), typed.split_whitespace().collect::<String>());
        assert!(letter.text.contains("> "), "{}", letter.text);
        assert!(letter.header("Subject").is_ascii() && !letter.header("Subject").is_empty());
    }
}

#[tokio::test]
async fn an_archive_has_fixed_names_and_a_page_on_which_nothing_runs() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    for typed in HOSTILE {
        world.set(|settings| settings.name = crate::valid::Value::parse(typed).unwrap()).await;
        let discussion = starts(&mut ada, &format!("Title {typed}"), typed).await;
        ada.says(discussion, typed).await;
    }
    ada.call("/api/accounts/ask_for_archive", &[]).await.landing();
    archive::build_waiting(&world.app).await.unwrap();
    let page = ada.get("/account/data").await;
    let path = parsed(&page).select(&all("a[download]")).next().and_then(|link| link.attr("href")).unwrap().to_owned();
    let answer = ada.get(&path).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"my-data.zip\"");
    let mut archive = ZipArchive::new(Cursor::new(answer.bytes().to_vec())).unwrap();
    let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["data.json", "index.html"]);
    let data = io::read_to_string(archive.by_name("data.json").unwrap()).unwrap();
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert!(HOSTILE.iter().all(|typed| holds(&data, typed)), "{data}");
    let html = io::read_to_string(archive.by_name("index.html").unwrap()).unwrap();
    let html = Html::parse_document(&html);
    for element in html.select(&all("*")) {
        let name = element.value().name();
        assert!(!["script", "img", "svg", "iframe", "style", "textarea", "form"].contains(&name), "<{name}> in an archive");
        assert!(element.value().attrs().all(|(name, _)| !name.starts_with("on") && name != "style"));
    }
    let titles: Vec<_> = html.select(&all("h3")).map(text_of).collect();
    assert!(HOSTILE.iter().all(|typed| titles.contains(&format!("Title {typed}"))), "{titles:?}");
}
