//! Figures for a monitoring program (Prometheus, in `OpenMetrics` 1.0), on a listener of their own that the
//! public cannot reach.
//!
//! **Promises.** Labels are words of closed lists and templates of routes: nothing that a client sends makes a
//! new one, so their number is bounded. No figure is about a person.

mod process;
mod server;

use std::{fmt, time::Duration};

use axum::http::StatusCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    app::App,
    error::{Error, Result},
    letters,
};

pub use server::{router, start};

/// In seconds. The last is what a request may take.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// What stands for addresses that no page and no file has.
const NO_ROUTE: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    /// The template, such as `/d/{discussion}`.
    route: String,
    /// The first digit tells: `2xx`.
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVersion {
    version: &'static str,
}

type Latencies = Family<Answered, Histogram, fn() -> Histogram>;

/// What was asked since the program started, and how long each answer took. Clones count together.
#[derive(Clone)]
pub struct Figures {
    requests: Latencies,
    /// How many connections are open; the listeners keep it.
    pub connections: Gauge,
}

impl Default for Figures {
    fn default() -> Self {
        Self { requests: Family::new_with_constructor(|| Histogram::new(BUCKETS)), connections: Gauge::default() }
    }
}

impl Figures {
    /// Notes an answer.
    pub fn note(&self, route: Option<&str>, status: StatusCode, took: Duration) {
        let answered = Answered { route: route.unwrap_or(NO_ROUTE).to_owned(), status: class(status) };
        self.requests.get_or_create(&answered).observe(took.as_secs_f64());
    }
}

const fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

/// All figures as they are now.
///
/// # Errors
/// They cannot be written.
async fn text(app: &App) -> Result<String> {
    let mut registry = Registry::with_prefix("locutory");
    registry.register("request_seconds", "Requests by route and status, and how long they took", app.figures().requests.clone());
    register_counts(&mut registry, app);
    // The other figures are wanted most when the database is away.
    let letters_waiting = letters::waiting(app.database().reader()).await.ok();
    register_states(&mut registry, app, letters_waiting);
    let mut text = String::new();
    let encoded = encode(&mut text, &registry).and_then(|()| {
        text.truncate(text.len() - "# EOF\n".len());
        encode(&mut text, &process::registry())
    });
    encoded.map_err(|cause| Error::broken("the figures cannot be written", cause))?;
    Ok(text)
}

fn register_counts(registry: &mut Registry, app: &App) {
    let refused = Family::<OfKind, Counter>::default();
    for (refusal, number) in app.refusals().counts() {
        refused.get_or_create(&OfKind { kind: refusal.word() }).inc_by(number);
    }
    registry.register("refused", "Connections and requests turned away before any page was asked, by kind", refused);
    let events = Family::<OfKind, Counter>::default();
    for (event, number) in app.events().counts() {
        events.get_or_create(&OfKind { kind: event.name() }).inc_by(number);
    }
    registry.register("security_events", "Security events of requests, by their names in the log", events);
}

fn register_states(registry: &mut Registry, app: &App, letters_waiting: Option<u64>) {
    let queue = app.passwords().queue_figures();
    let turns: Counter = Counter::default();
    turns.inc_by(queue.turns);
    registry.register("password_hashes", "Password hashes that had their turn", turns);
    let waited = Counter::<f64, std::sync::atomic::AtomicU64>::default();
    waited.inc_by(queue.waited.as_secs_f64());
    registry.register("password_hash_wait_seconds", "How long they waited for it, together", waited);
    gauge(registry, "password_hashes_waiting", "Password hashes that wait for their turn", queue.waiting);
    registry.register("connections_open", "Open connections of clients", app.figures().connections.clone());
    let (open, idle) = app.database().connections();
    gauge(registry, "database_connections_open", "Open connections to the database", open);
    gauge(registry, "database_connections_idle", "Connections to the database that wait for work", idle);
    if let Some(waiting) = letters_waiting {
        gauge(registry, "letters_waiting", "Letters that are yet to be sent", waiting);
    }
    let build = Family::<OfVersion, Gauge>::default();
    build.get_or_create(&OfVersion { version: env!("CARGO_PKG_VERSION") }).set(1);
    registry.register("build", "The version that runs", build);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: impl TryInto<i64>) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value.try_into().unwrap_or(i64::MAX));
    registry.register(name, help, gauge);
}

impl fmt::Debug for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Figures")
    }
}
