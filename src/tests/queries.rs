//! How many statements a page costs: few, and as many for a long thread as for a short one.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tracing::{Subscriber, span};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt, registry::LookupSpan};

use super::support::{Browser, World};

/// Counts the statements that SeaORM sends; each is a span of its own.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Statements {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, _id: &span::Id, _context: Context<'_, S>) {
        let metadata = attributes.metadata();
        let is_statement = metadata.name().starts_with("query_") || metadata.name().starts_with("execute");
        let is_of_the_connection =
            ["sea_orm::database::db_connection", "sea_orm::database::transaction"].contains(&metadata.target());
        if is_statement && is_of_the_connection {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// The statements behind one page. Each test runs on one thread, so nobody else's are counted.
async fn cost(browser: &mut Browser, path: &str) -> usize {
    let statements = Statements::default();
    let answer = {
        let _counting = tracing::subscriber::set_default(tracing_subscriber::registry().with(statements.clone()));
        browser.get(path).await
    };
    assert_eq!(answer.status, 200, "{path}");
    statements.0.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_long_thread_costs_as_many_queries_as_a_short_one() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    let (short, long) = (ada.starts("Bread").await, ada.starts("Soup").await);
    for (discussion, number) in [(short, 5), (long, 100)] {
        let mut parent = ada.says(discussion, "Thought").await;
        for _ in 1..number {
            parent = ada.replies(discussion, parent, "Another thought").await;
        }
    }
    let mut moderator = world.moderator("grace").await;
    for browser in [&mut world.guest(), &mut ada, &mut moderator] {
        let (of_short, of_long) = (cost(browser, &format!("/d/{short}")).await, cost(browser, &format!("/d/{long}")).await);
        assert_eq!(of_short, of_long);
        assert!((2..=4).contains(&of_long), "{of_long} queries");
    }
}

#[tokio::test]
async fn a_long_list_costs_as_many_queries_as_a_short_one() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    ada.starts("Bread").await;
    let short = cost(&mut world.guest(), "/").await;
    for number in 0..30 {
        ada.starts(&format!("Question {number}")).await;
    }
    assert_eq!(cost(&mut world.guest(), "/").await, short);
    assert!((1..=3).contains(&short), "{short} queries");
}

#[tokio::test]
async fn the_dashboard_costs_the_same_however_much_there_is() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.admin("ada").await;
    let discussion = ada.starts("Bread").await;
    ada.says(discussion, "Crust first.").await;
    let pages = ["/admin", "/admin/users", "/admin/comments", "/admin/discussions", "/admin/settings", "/admin/audit"];
    let mut before = Vec::new();
    for page in pages {
        before.push(cost(&mut ada, page).await);
    }
    for number in 0..12 {
        ada.starts(&format!("Question {number}")).await;
        ada.says(discussion, &format!("Thought {number}")).await;
        world.account(&format!("grace{number}"), crate::accounts::model::Role::Member).await;
    }
    for (page, before) in pages.into_iter().zip(before) {
        assert_eq!(cost(&mut ada, page).await, before, "{page}");
        assert!((1..=16).contains(&before), "{page}: {before} queries");
    }
}
