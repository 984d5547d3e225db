//! Who guesses and who does too much is slowed down, whatever they try to walk around it; who does not
//! is left in peace.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{
    accounts::model::Role,
    error::{AppError, Refusal},
    server::{
        accounts::{administration, throttle},
        config::catalogue,
        entity::throttle::{Column, Entity},
    },
};

const WRONG: &str = "seven quiet harbours sleeping";

async fn sign_in(browser: &mut Browser, login: &str, password: &str) -> Answer {
    browser.call("/api/accounts/sign_in", &[("login", login), ("password", password)]).await
}

/// Sends many requests at the same moment and tells how often each status came.
async fn at_once(requests: Vec<impl Future<Output = Answer> + Send + 'static>) -> impl Fn(u16) -> usize {
    let running: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    let mut statuses = Vec::new();
    for request in running {
        statuses.push(request.await.unwrap().status.as_u16());
    }
    move |wanted| statuses.iter().filter(|status| **status == wanted).count()
}

/// As if everybody who has failed had failed so often in a row.
async fn let_failures_in_a_row_be(world: &World, number: i64) {
    let all = Entity::update_many().col_expr(Column::InARow, Expr::value(number)).filter(Column::InARow.gt(0));
    all.exec(world.app.database().writer()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_moment_are_no_more_than_one_after_the_other() {
    let world = World::with(&[(&catalogue::PASSWORD_AT_ONCE, "16")]).await;
    world.account("ada", Role::Member).await;
    let guesses = (1..=30).map(|number| {
        let mut stranger = world.guest().at(&format!("198.51.100.{number}"));
        async move { sign_in(&mut stranger, "ada", WRONG).await }
    });
    let times = at_once(guesses.collect()).await;
    assert!((1..=6).contains(&times(403)), "{} were compared", times(403));
    assert_eq!(times(403) + times(429) + times(503), 30);
    assert!(times(429) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_that_tries_many_names_at_the_same_moment_gets_no_more_tries() {
    let world = World::with(&[(&catalogue::LIMITS_SIGN_IN_FREE_TRIES, "1")]).await;
    let guesses = (0..20).map(|number| {
        let mut stranger = world.guest();
        async move { sign_in(&mut stranger, &format!("somebody{number}"), WRONG).await }
    });
    let times = at_once(guesses.collect()).await;
    assert!((1..=5).contains(&times(403)), "{} were compared", times(403));
    assert_eq!(times(403) + times(429) + times(503), 20);
}

#[tokio::test]
async fn a_hundred_failures_in_a_row_end_all_tries_but_the_owners_until_there_is_a_new_password() {
    let world = World::new().await;
    let id = world.account("ada", Role::Member).await;
    let mut own = world.signed_in("ada").await;
    own.call("/api/accounts/sign_out", &[]).await.landing();
    for login in ["ada", "nobody-here"] {
        assert_eq!(sign_in(&mut world.guest(), login, WRONG).await.status, 403);
    }
    let_failures_in_a_row_be(&world, 99).await;
    for login in ["ada", "nobody-here"] {
        let last = sign_in(&mut world.guest(), login, WRONG).await;
        assert_eq!(last.error(), AppError::Forbidden(Refusal::Credentials), "{login}: the hundredth is looked at");
    }
    world.pass(Duration::from_hours(24 * 20));
    crate::server::housekeeping::sweep(&world.app).await.unwrap();
    for login in ["ada", "ADA", "nobody-here"] {
        let refused = sign_in(&mut world.guest().at("198.51.100.7"), login, PASSWORD).await;
        assert_eq!(refused.error(), AppError::Forbidden(Refusal::Stopped), "{login}");
    }
    // The browser in which the owner has signed in before is not stopped by strangers.
    sign_in(&mut own, "ada", PASSWORD).await.landing();

    let link = administration::make_password_link(&world.operator(), id).await.unwrap().address;
    world.holder(&link).await.call("/api/accounts/use_password_link", &[("password", WRONG)]).await.landing();
    sign_in(&mut world.guest(), "ada", WRONG).await.landing();
    assert_eq!(sign_in(&mut world.guest(), "nobody-here", WRONG).await.error(), AppError::Forbidden(Refusal::Stopped));
}

#[tokio::test]
async fn the_plain_page_says_what_ends_a_stop() {
    let world = World::new().await;
    sign_in(&mut world.guest(), "ada", WRONG).await.error();
    let_failures_in_a_row_be(&world, 100).await;
    let mut guest = world.guest();
    guest.get("/sign-in").await;
    let page = guest.submit("/api/accounts/sign_in", &[("login", "ada"), ("password", WRONG)]).await;
    assert_eq!(page.status, 403);
    assert!(page.shows("A link that sets a new password opens this again"), "{}", page.text());
}

#[tokio::test]
async fn many_small_networks_of_one_customer_share_an_allowance_of_their_own() {
    let world = World::with(&[(&catalogue::LIMITS_SIGN_IN_FREE_TRIES, "1")]).await;
    for number in 0..17 {
        let mut stranger = world.guest().at(&format!("2001:db8:7:{number:x}::1"));
        assert_eq!(sign_in(&mut stranger, &format!("somebody{number}"), WRONG).await.status, 403, "{number}");
    }
    let mut next = world.guest().at("2001:db8:7:ffff::1");
    assert_eq!(sign_in(&mut next, "somebody-else", WRONG).await.status, 429);
    let mut elsewhere = world.guest().at("2001:db8:8:1::1");
    assert_eq!(sign_in(&mut elsewhere, "somebody-else", WRONG).await.status, 403);
}

#[tokio::test]
async fn an_account_of_ones_own_buys_a_network_no_more_tries() {
    let world = World::with(&[(&catalogue::LIMITS_SIGN_IN_FREE_TRIES, "1")]).await;
    world.account("eve", Role::Member).await;
    for number in 0..5 {
        assert_eq!(sign_in(&mut world.guest(), &format!("somebody{number}"), WRONG).await.status, 403);
        if number < 4 {
            sign_in(&mut world.guest(), "eve", PASSWORD).await.landing();
        }
    }
    assert_eq!(sign_in(&mut world.guest(), "somebody-else", WRONG).await.status, 429);
}

#[tokio::test]
async fn who_signs_in_rightly_is_never_made_to_wait_by_it() {
    let world = World::with(&[(&catalogue::LIMITS_SIGN_IN_FREE_TRIES, "1")]).await;
    world.account("ada", Role::Member).await;
    for _ in 0..12 {
        sign_in(&mut world.guest(), "ada", PASSWORD).await.landing();
    }
}

#[tokio::test]
async fn tallies_outlive_a_restart_and_decay_with_time() {
    let mut world = World::new().await;
    for _ in 0..6 {
        sign_in(&mut world.guest(), "ada", WRONG).await;
    }
    world.restart_with(|_| {}).await;
    assert_eq!(sign_in(&mut world.guest(), "ada", WRONG).await.error(), AppError::TooMany { retry_after: 1 });
    world.pass(Duration::from_hours(6));
    for _ in 0..6 {
        assert_eq!(sign_in(&mut world.guest(), "ada", WRONG).await.status, 403);
    }
    assert_eq!(sign_in(&mut world.guest(), "ada", WRONG).await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_busy_to_look_does_not_count_the_try() {
    let world = World::with(&[(&catalogue::PASSWORD_ITERATIONS, "12"), (&catalogue::PASSWORD_AT_ONCE, "1")]).await;
    let guesses = (1..=6).map(|number| {
        let mut stranger = world.guest().at(&format!("198.51.100.{number}"));
        async move { sign_in(&mut stranger, "ada", WRONG).await }
    });
    let times = at_once(guesses.collect()).await;
    assert!(times(503) > 0, "an account may have two hashes in the queue");
    assert_eq!(times(403) + times(503), 6);
    let rows = Entity::find().filter(Column::InARow.gt(0)).all(world.app.database().reader()).await.unwrap();
    let counted: Vec<_> = rows.iter().map(|row| (row.failures, row.in_a_row)).collect();
    let compared = i64::try_from(times(403)).unwrap();
    assert_eq!(counted, [(compared, compared)]);
}

#[tokio::test]
async fn a_network_cannot_fill_the_queue_of_hashes_for_others() {
    let world = World::with(&[(&catalogue::PASSWORD_ITERATIONS, "12"), (&catalogue::PASSWORD_AT_ONCE, "1")]).await;
    world.account("ada", Role::Member).await;
    let crowd = (0..16).map(|number| {
        let mut stranger = world.guest();
        async move { sign_in(&mut stranger, &format!("somebody{number}"), WRONG).await }
    });
    let crowd = tokio::spawn(at_once(crowd.collect()));
    let mut ada = world.guest().at("198.51.100.9");
    let answer = sign_in(&mut ada, "ada", PASSWORD).await;
    let times = crowd.await.unwrap();
    assert!(times(503) >= 1, "a network may have eight in the queue");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_accounts_are_made_in_an_hour_however_many_ask_at_once() {
    let world = World::with(&[(&catalogue::LIMITS_REGISTRATIONS_PER_HOUR, "2")]).await;
    let newcomers = (0..8).map(|number| {
        let mut browser = world.guest();
        async move {
            let (name, email) = (format!("newcomer{number}"), format!("newcomer{number}@mail.example"));
            let fields = [("username", name.as_str()), ("email", &email), ("password", PASSWORD)];
            browser.call("/api/accounts/register", &fields).await
        }
    });
    let times = at_once(newcomers.collect()).await;
    assert_eq!((times(200), times(429)), (2, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_discussions_are_started_in_an_hour_however_many_at_once() {
    let world = World::new().await;
    world.set(|settings| settings.discussions_per_hour = 3).await;
    let ada = world.member("ada").await;
    let starts = (0..12).map(|number| {
        let mut ada = ada.clone();
        let title = format!("Bread {number}");
        async move { ada.call("/api/discussions/start", &[("title", title.as_str()), ("opening", "Crust first.")]).await }
    });
    let times = at_once(starts.collect()).await;
    assert_eq!((times(200), times(429)), (3, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_comments_are_said_in_a_minute_over_all_discussions() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let mut discussions = Vec::new();
    for number in 0..5 {
        discussions.push(ada.starts(&format!("Bread {number}")).await.to_string());
    }
    world.set(|settings| settings.comments_per_minute = 2).await;
    let comments = discussions.iter().chain(&discussions).map(|discussion| {
        let (mut ada, discussion) = (ada.clone(), discussion.clone());
        async move { ada.call("/api/comments/publish", &[("discussion", discussion.as_str()), ("body", "Crust first.")]).await }
    });
    let times = at_once(comments.collect()).await;
    assert_eq!((times(200), times(429)), (2, 8));
}

#[tokio::test]
async fn a_person_sees_so_many_previews_in_a_minute() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    for number in 0..30 {
        let (action, field) =
            if number % 2 == 0 { ("/api/comments/preview", "body") } else { ("/api/discussions/preview", "opening") };
        assert_eq!(ada.call(action, &[(field, "Crust **first**.")]).await.status, 200, "{number}");
    }
    for (action, field) in [("/api/comments/preview", "body"), ("/api/discussions/preview", "opening")] {
        assert_eq!(ada.call(action, &[(field, "Crust")]).await.error(), AppError::TooMany { retry_after: 60 });
    }
    let mut grace = world.member("grace").await;
    assert_eq!(grace.call("/api/comments/preview", &[("body", "Crumb")]).await.status, 200);
    world.pass(Duration::from_mins(1));
    assert_eq!(ada.call("/api/comments/preview", &[("body", "Crust")]).await.status, 200);
}

#[tokio::test]
async fn a_moderator_searches_so_often_in_a_minute_and_looks_without_limit() {
    let world = World::new().await;
    let mut mia = world.admin("mia").await;
    for number in 0..60 {
        let page = ["/admin/comments", "/admin/discussions", "/admin/users"][number % 3];
        assert_eq!(mia.get(&format!("{page}?text=crust")).await.status, 200, "{number}");
    }
    let refused = mia.get("/admin/comments?text=crust").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "60");
    for page in ["/admin/comments", "/admin/discussions", "/admin/users"] {
        assert_eq!(mia.get(page).await.status, 200, "{page}");
    }
}

#[tokio::test]
async fn the_site_feels_pressure_from_many_failures_over_many_accounts_only() {
    let limit = (&catalogue::LIMITS_FAILED_SIGN_INS_BEFORE_CHALLENGE, "6");
    let world = World::with(&[limit, (&catalogue::LIMITS_SIGN_IN_FREE_TRIES, "1")]).await;
    world.account("ada", Role::Member).await;
    let mut own = world.signed_in("ada").await;
    own.call("/api/accounts/sign_out", &[]).await.landing();
    let is_on = async || throttle::is_under_pressure(&world.operator()).await.unwrap();
    for _ in 0..8 {
        sign_in(&mut own, "ada", WRONG).await;
        world.pass(Duration::from_millis(1));
    }
    assert!(!is_on().await, "failures in the owner's browser are no attack on many");
    for number in 0..6 {
        assert!(!is_on().await, "{number}");
        let mut stranger = world.guest().at(&format!("198.51.100.{number}"));
        sign_in(&mut stranger, &format!("somebody{number}"), WRONG).await;
    }
    assert!(is_on().await);
    world.pass(Duration::from_mins(10));
    assert!(!is_on().await);
}
