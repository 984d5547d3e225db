//! What browsers refused to do on our pages, as they report it (CSP Level 3; Reporting API), for admins.
//!
//! **Promise.** Anybody can send a report, so nothing of one is believed: it is taken apart into a word from
//! our own list, an origin and paths without queries and tokens, counted, and shown as text. The table is
//! bounded, and so is how often it is written to. No session and no cookie is looked at.

mod gate;
pub mod page;
mod reading;
mod store;

pub use store::Record;

use crate::{
    audit::model::{Deed, Subject},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{self, act},
    server::{
        app::App,
        audit::{self, Line},
        error::Result,
        visit::Visit,
    },
    words,
};

use reading::Breach;

/// Where browsers send their reports.
pub const PATH: &str = "/reports";

/// Kinds of reports that are kept; the oldest go first.
pub const MOST: u64 = 500;

/// Keeps what a browser reported.
async fn keep(app: &App, mut breaches: Vec<Breach>) -> Result<()> {
    // In one order, or two requests at once could each wait for a row of the other's.
    breaches.sort();
    let now = app.clock().now();
    let transaction = app.database().begin().await?;
    for breach in &breaches {
        store::add(&transaction, breach, now).await?;
    }
    store::forget_beyond(&transaction, MOST).await?;
    transaction.commit().await?;
    Ok(())
}

/// All that is kept, the newest first: at most [`MOST`].
///
/// # Errors
/// Not an admin, or the database's.
pub async fn reports(visit: &Visit) -> Result<Vec<Record>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::all(visit.database().reader(), MOST).await
}

/// Throws all of them away.
///
/// # Errors
/// Not an admin, or the database's.
pub async fn clear(visit: &Visit) -> Result<Landing> {
    let permit = policy::may::<act::ClearReports>(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let gone = store::clear(&transaction, &permit).await?;
    let line = Line::of(Deed::ReportsCleared, Subject::Site).detailed(words::counted(gone, "kind"));
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/admin/reports")).saying(Notice::ReportsCleared))
}

/// Forgets kinds that were not reported since a moment; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl sea_orm::ConnectionTrait, before: Moment) -> Result<u64> {
    store::forget_before(database, before).await
}
