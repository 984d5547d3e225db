//! Throws away what has ended: sessions, links, half sign-ins, browsers, tallies of failed attempts, and old failed sign-ins, letters of last month.
//! Nothing depends on it, since everything that ends carries its end; it keeps the tables small.

use std::time::Duration;

use tokio::{task::JoinHandle, time::interval};

use crate::server::{
    accounts::{approval, browsers, challenge, door, factors, links, providers, throttle},
    app::App,
    audit,
    error::Result,
    letters,
    own_data::{self, archive, erasure},
    session,
    site::reports,
};

const INTERVAL: Duration = Duration::from_mins(10);

/// How long failed sign-ins stay in the audit log: anybody can cause them, so they may not pile up.
const FAILURES_KEPT: Duration = Duration::from_hours(90 * 24);

/// How long somebody who was not let in can read why.
const DECLINED_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long reports of browsers are listed that do not come any more.
const REPORTS_KEPT: Duration = Duration::from_hours(90 * 24);

/// How long somebody waits for an archive at most before it is begun.
const ARCHIVE_INTERVAL: Duration = Duration::from_secs(5);

/// Builds archives that people asked for, until the task is aborted.
#[must_use]
pub fn start_archives(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = interval(ARCHIVE_INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = archive::build_waiting(&app).await {
                tracing::warn!(?error, "archives of people's data could not be built");
            }
        }
    })
}

/// Sweeps now and then until the task is aborted.
#[must_use]
pub fn start(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = interval(INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = sweep(&app).await {
                tracing::warn!(?error, "what has ended could not be swept away");
            }
        }
    })
}

/// Sweeps once; returns how many rows went.
///
/// # Errors
/// The database's.
pub async fn sweep(app: &App) -> Result<u64> {
    let (database, now) = (app.database().writer(), app.clock().now());
    let sessions = session::sweep(database, now, &app.lifetimes()).await?;
    let links = links::sweep(database, now).await?;
    let entries = door::sweep(database, now).await? + browsers::sweep(database, now).await?;
    let flows = providers::sweep(database, now).await?;
    let declined = approval::forget_declined(database, now.before(DECLINED_KEPT)).await?;
    let departures = erasure::erase_due(app).await? + own_data::sweep(database, now).await?;
    let unconfirmed = factors::sweep(database, now).await?;
    let tallies = throttle::forget_old(database, now).await? + challenge::sweep(database, now).await?;
    let failures = audit::forget_failures(database, now.before(FAILURES_KEPT)).await?;
    let reports = reports::sweep(database, now.before(REPORTS_KEPT)).await?;
    let letters = letters::sweep(database, now).await?;
    Ok(reports + letters + sessions + links + entries + flows + declined + departures + unconfirmed + tallies + failures)
}
