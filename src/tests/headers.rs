//! The headers of every kind of answer, and who may send a change at all.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{Method, StatusCode, header},
    middleware::from_fn_with_state,
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{
    accounts::model::{EmailAddress, Role},
    server::{accounts::administration, config::catalogue, layers, router},
    valid::Value,
};

const FIXED: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
];

#[track_caller]
fn assert_guarded(what: &str, answer: &Answer) {
    for (name, value) in FIXED {
        assert_eq!(answer.header(name), *value, "{name} of {what}");
    }
    let nonce = format!("'nonce-{}'", nonce_of(answer));
    assert_eq!(answer.header("content-security-policy").replacen(&nonce, "'nonce-N'", 1), policy_of(answer), "{what}");
    assert_eq!(answer.header("reporting-endpoints"), "pages=\"/reports\"", "{what}");
    assert!(["same-origin", "no-referrer"].contains(&answer.header("referrer-policy")), "{what}");
    for banner in ["server", "x-powered-by", "via"] {
        assert_eq!(answer.header(banner), "", "{what} says what it was made by");
    }
    assert_permissions(answer.header("permissions-policy"), what);
    assert!(!answer.header("cache-control").is_empty(), "{what} does not say how long it may be kept");
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
}

/// The whole policy under TLS, word by word. Only a page with islands may make a policy of Trusted Types, and only that one.
fn policy_of(answer: &Answer) -> String {
    let is_page = answer.header("content-type").starts_with("text/html");
    let has_islands = is_page && answer.text().contains("<leptos-island");
    let trusted_types = if has_islands { "locutory-preview" } else { "'none'" };
    format!(
        "default-src 'none'; script-src 'nonce-N' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types {trusted_types}; report-uri /reports; report-to pages"
    )
}

/// Everything is off but passkeys, which only our own pages may ask for.
#[track_caller]
fn assert_permissions(permissions: &str, what: &str) {
    let features: Vec<_> = permissions.split(", ").filter_map(|feature| feature.split_once('=')).collect();
    assert!(features.len() > 25, "{what}: {permissions}");
    for (feature, allowed) in features {
        let expected = if feature.starts_with("publickey-credentials-") { "(self)" } else { "()" };
        assert_eq!(allowed, expected, "{feature} on {what}");
    }
}

fn nonce_of(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\''));
    nonce.map(|(nonce, _)| nonce.to_owned()).expect("the policy has a nonce")
}

async fn post(browser: &mut Browser, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = browser.request(Method::POST, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn every_kind_of_answer_carries_the_headers() {
    let world = World::in_public().await;
    let mut member = world.member("ada").await;
    let discussion = member.starts("Bread").await;
    let comment = member.says(discussion, "Crust first.").await;
    let large = format!("body={}", "x".repeat(200_000));
    let json = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let answers = [
        ("a page", 200, member.get("/").await),
        ("a page with an island", 200, member.get(&format!("/d/{discussion}")).await),
        ("a redirect", 303, member.get(&format!("/c/{comment}")).await),
        ("the page of a form", 200, member.get("/new").await),
        ("a form that led on", 303, member.submit("/api/site/choose_theme", &[("theme", "dark")]).await),
        ("an answer to an island", 200, member.call("/api/comments/preview", &[("body", "x")]).await),
        ("a refusal to an island", 422, member.call("/api/comments/preview", &[("body", "")]).await),
        ("a refused form", 422, member.submit("/api/discussions/start", &[("title", ""), ("opening", "")]).await),
        ("a page for members only", 401, world.guest().get("/new").await),
        ("nothing", 404, member.get("/nothing/here").await),
        ("the dashboard of others", 404, member.get("/admin").await),
        ("a form to a page", 405, member.submit("/", &[]).await),
        ("a form that is too large", 413, member.submit_body("/api/comments/preview", large).await),
        ("another content type", 415, post(&mut member, "/api/comments/preview", &json, "{}").await),
        ("a form of another site", 403, post(&mut member, "/api/comments/preview", &[], "body=x").await),
        ("a sign of life", 200, member.get("/healthz").await),
        ("a sign of readiness", 200, member.get("/readyz").await),
        ("a file that is not there", 404, member.get("/assets/nothing.js").await),
        ("a head", 200, with_method(&mut member, Method::HEAD, "/").await),
        ("a question about methods", 405, with_method(&mut member, Method::OPTIONS, "/").await),
        ("an unknown method", 403, with_method(&mut member, Method::from_bytes(b"LOOK").unwrap(), "/").await),
        ("no contact for holes", 404, member.get("/.well-known/security.txt").await),
        ("a report", 204, post(&mut member, "/reports", &[("content-type", "application/reports+json")], "[]").await),
        ("no report", 400, post(&mut member, "/reports", &[("content-type", "application/reports+json")], "").await),
        ("the address for reports", 405, member.get("/reports").await),
    ];
    for (what, status, answer) in &answers {
        assert_eq!(answer.status.as_u16(), *status, "{what}: {}", answer.text());
        assert_guarded(what, answer);
    }
}

async fn with_method(browser: &mut Browser, method: Method, path: &str) -> Answer {
    let request = browser.request(method, path).body(Body::empty()).unwrap();
    browser.send(request).await
}

/// A request that fails before it has reached a page.
#[tokio::test]
async fn a_panic_and_a_request_that_lasts_too_long_are_answered_with_the_headers_too() {
    let world = World::in_public().await;
    let stuck = async || {
        std::future::pending::<()>().await;
    };
    let router = Router::new()
        .route("/panic", get(async || -> &'static str { panic!("a secret of the program's") }))
        .route("/stuck", get(stuck))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(1)))
        .layer(CatchPanicLayer::custom(layers::trouble::panicked))
        .layer(from_fn_with_state(world.app.clone(), layers::headers::layer))
        .layer(from_fn_with_state(world.app.clone(), layers::trace::layer));
    let mut browser = Browser::new(router, "https://talk.example");
    for (path, status) in [("/panic", 500), ("/stuck", 408)] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, status);
        assert_guarded(path, &answer);
        assert!(!answer.shows("a secret of the program's"), "{}", answer.text());
    }
}

#[tokio::test]
async fn no_page_is_kept_by_a_browser_whoever_asks_and_however_it_ends() {
    let world = World::in_public().await;
    let (mut guest, mut eve) = (world.guest(), world.admin("eve").await);
    eve.starts("Bread").await;
    for (path, _) in router::pages() {
        let path = path.replace("{name}", "eve").replace("{discussion}", "1").replace("{user}", "1");
        for browser in [&mut guest, &mut eve] {
            let answer = browser.get(&path).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}, {}", answer.status);
        }
    }
}

#[tokio::test]
async fn no_browser_names_an_address_with_a_secret_to_the_next_page() {
    let world = World::in_public().await;
    let mut guest = world.guest();
    for (path, _) in router::pages() {
        let carries_secret = path.contains("{token}") || path.starts_with("/sign-in/provider/");
        let expected = if carries_secret { "no-referrer" } else { "same-origin" };
        assert_eq!(guest.get(&path.replace(['{', '}'], "")).await.header("referrer-policy"), expected, "{path}");
    }
    let ada = world.account("ada", Role::Member).await;
    let address = EmailAddress::parse("ada@mail.example").unwrap();
    let unsubscribe = crate::server::letters::unsubscribe::path(world.app.seals(), ada, &address);
    let page = guest.get(&unsubscribe).await;
    assert_eq!((page.status.as_u16(), page.header("referrer-policy")), (200, "no-referrer"));
    // Such a page says `null` of its origin.
    let headers = [("sec-fetch-site", "same-origin"), ("origin", "null"), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(post(&mut guest, "/api/site/choose_theme", &headers, "theme=dark").await.status, 200);
}

#[tokio::test]
async fn whoever_finds_a_hole_reads_where_to_tell_of_it() {
    let settings = [
        (&catalogue::SITE_ADDRESS, "https://talk.example"),
        (&catalogue::LISTEN_BEHIND_PROXY, "127.0.0.1"),
        (&catalogue::SITE_SECURITY_CONTACT, "mailto:security@talk.example"),
        (&catalogue::SITE_SECURITY_POLICY, "https://talk.example/d/1"),
    ];
    let world = World::with(&settings).await;
    let answer = world.guest().get("/.well-known/security.txt").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert_guarded("security.txt", &answer);
    let text = answer.text();
    let field = |name: &str| text.lines().filter_map(|line| line.strip_prefix(&format!("{name}: "))).collect::<Vec<_>>();
    assert_eq!(field("Contact"), ["mailto:security@talk.example"]);
    assert_eq!(field("Canonical"), ["https://talk.example/.well-known/security.txt"]);
    assert_eq!((field("Policy"), field("Preferred-Languages")), (vec!["https://talk.example/d/1"], vec!["en"]));
    let expires = |text: &str| text.split_once("Expires: ").map(|(_, rest)| rest.lines().next().unwrap().to_owned()).unwrap();
    let now = world.clock.now();
    let (soonest, latest) =
        (now.after(Duration::from_hours(150 * 24)).to_rfc3339(), now.after(Duration::from_hours(365 * 24)).to_rfc3339());
    assert!((soonest..latest).contains(&expires(&text)), "{text}");
    world.pass(Duration::from_hours(400 * 24));
    let later = world.guest().get("/.well-known/security.txt").await.text();
    assert!(expires(&later) > world.clock.now().after(Duration::from_hours(150 * 24)).to_rfc3339(), "{later}");
}

#[tokio::test]
async fn plain_http_asks_for_reports_in_the_one_way_that_works_there() {
    let world = World::new().await;
    let answer = world.guest().get("/").await;
    let policy = answer.header("content-security-policy");
    assert!(policy.ends_with("; report-uri /reports"), "{policy}");
    assert_eq!(answer.header("reporting-endpoints"), "");
}

#[tokio::test]
async fn a_file_says_how_long_it_may_be_kept_and_is_guarded_too() {
    let world = World::in_public().await;
    let path = crate::server::assets::path("icons.svg");
    let answer = world.guest().get(&path).await;
    assert_guarded("a file", &answer);
    // Without a built site there is no file, and then the answer is a refusal that is not kept.
    let expected =
        if answer.status == StatusCode::OK { answer.header("cache-control") != "no-store" } else { answer.status == 404 };
    assert!(expected, "{} {}", answer.status, answer.header("cache-control"));
}

#[tokio::test]
async fn a_page_is_kept_nowhere_and_its_nonce_is_used_once() {
    let world = World::new().await;
    let mut member = world.member("ada").await;
    let page = format!("/d/{}", member.starts("Bread").await);
    let (one, other) = (member.get(&page).await, member.get(&page).await);
    assert_ne!(nonce_of(&one), nonce_of(&other));
    for answer in [one, other] {
        assert_eq!(answer.header("cache-control"), "no-store");
        let nonce = format!("nonce=\"{}\"", nonce_of(&answer));
        assert_eq!(answer.text().matches("<script").count(), answer.text().matches(&nonce).count(), "{}", answer.text());
        assert!(answer.shows(&nonce));
    }
}

#[tokio::test]
async fn a_refused_form_has_the_nonce_of_its_own_answer() {
    let world = World::new().await;
    let mut member = world.member("ada").await;
    member.get("/new").await;
    let answer = member.submit("/api/discussions/start", &[("title", ""), ("opening", "x")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.shows(&format!("nonce=\"{}\"", nonce_of(&answer))), "{}", answer.text());
}

#[tokio::test]
async fn plain_http_on_loopback_promises_no_https() {
    let world = World::new().await;
    assert_eq!(world.guest().get("/").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn a_change_that_did_not_begin_on_our_pages_is_refused_before_anything_is_read() {
    let world = World::in_public().await;
    world.account("ada", Role::Member).await;
    let form = "login=ada&password=lantern+copper+meadow+thistle";
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://talk.example")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    for headers in foreign {
        let headers = [headers, &[("content-type", "application/x-www-form-urlencoded")]].concat();
        let answer = post(&mut world.guest(), "/api/accounts/sign_in", &headers, form).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.cookies().is_empty());
        // The limit of the body and the content type are looked at later, if at all.
        let large = post(&mut world.guest(), "/api/accounts/sign_in", &headers[..headers.len() - 1], "x".repeat(200_000)).await;
        assert_eq!(large.status, 403, "{headers:?}");
    }
    let ours = [("origin", "https://talk.example"), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(post(&mut world.guest(), "/api/accounts/sign_in", &ours, form).await.status, 200);
}

#[tokio::test]
async fn no_server_function_can_be_called_by_following_a_link() {
    let world = World::new().await;
    let mut admin = world.admin("ada").await;
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() > 20, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path}");
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
            let request = admin.request(method.clone(), path).header("sec-fetch-site", "same-origin");
            let answer = admin.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header(header::ALLOW.as_str()), "POST", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_address_of_a_client_is_believed_from_a_declared_proxy_only() {
    let world = World::in_public().await;
    let ada = world.account("ada", Role::Member).await;
    let fields = format!("login=ada&password={}", PASSWORD.replace(' ', "+"));
    for (peer, seen) in [("127.0.0.1", "198.51.100.7"), ("192.0.2.9", "192.0.2.9")] {
        let mut browser = world.guest().at(peer);
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-forwarded-for", "203.0.113.1, 198.51.100.7"),
        ];
        assert_eq!(post(&mut browser, "/api/accounts/sign_in", &headers, fields.clone()).await.status, 200);
        let (_, sessions) = administration::account(&world.operator(), ada).await.unwrap();
        let addresses: Vec<_> = sessions.into_iter().map(|session| session.address).collect();
        assert!(addresses.contains(&seen.to_owned()), "{addresses:?}");
    }
}

/// As RFC 9309 has it: the longest rule that fits decides.
#[test]
fn robots_may_read_what_everybody_reads_and_nothing_with_a_secret() {
    let rules: Vec<_> =
        include_str!("../../public/robots.txt").lines().map(|line| line.split_once(": ").expect("a name and a value")).collect();
    assert_eq!(rules[0], ("User-agent", "*"));
    let may_read = |path: &str| {
        let fitting = rules[1..].iter().filter(|(_, prefix)| path.starts_with(prefix));
        let (rule, _) = fitting.max_by_key(|(_, prefix)| prefix.len()).expect("the rule about everything fits");
        assert!(["Allow", "Disallow"].contains(rule), "{rule}");
        *rule == "Allow"
    };
    for path in ["/", "/d/7", "/u/ada", "/sign-in", "/register", "/assets/locutory.css", "/.well-known/security.txt"] {
        assert!(may_read(path), "{path}");
    }
    for (path, _) in router::pages() {
        let is_private = ["/account", "/admin", "/new", "/prove"].iter().any(|prefix| path.starts_with(prefix));
        assert!(!may_read(path) || !(is_private || path.contains("{token}")), "{path}");
    }
    assert!(!may_read("/api/accounts/sign_in") && !may_read("/sign-in/provider/acme") && !may_read("/reports"));
}
