//! One's own data: taken along as an archive, or left behind for good. Both by the person alone.

pub mod archive;
mod content;
pub mod erasure;
pub mod page;
mod store;

use std::time::Duration;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{ArchiveRecord, ArchiveState, UserId},
    error::AppError,
    moment::Moment,
    server::error::Result,
};

/// How long an archive can be taken once it is ready.
pub const ARCHIVE_LIFE: Duration = Duration::from_hours(7 * 24);

/// Deletes archives whose time is over; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    store::sweep(database, now).await
}

/// The archive that somebody asked for last, if it can still be told of.
async fn latest(database: &impl ConnectionTrait, user: UserId, now: Moment) -> Result<Option<ArchiveRecord>> {
    store::latest(database, user, now).await
}

/// Whether another archive may be asked for: one at a time.
fn refuse_second(record: Option<ArchiveRecord>) -> Result<()> {
    match record.map(|record| record.state) {
        Some(ArchiveState::Waiting | ArchiveState::Building) => Err(AppError::TooMany { retry_after: 60 }.into()),
        _ => Ok(()),
    }
}
