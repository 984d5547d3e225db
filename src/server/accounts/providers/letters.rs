//! What somebody is told by letter when a way into their account is made or taken away.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    server::{error::Result, visit::Visit},
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Linked,
    Unlinked,
}

/// The one place from which that letter is sent, within the transaction of the change. The site sends no
/// letters yet: until it does, the audit log is what tells.
///
/// # Errors
/// The database's.
#[allow(clippy::unused_async, reason = "queueing a letter writes to the database")]
pub async fn tell(_database: &impl ConnectionTrait, _visit: &Visit, user: UserId, change: Change, title: &str) -> Result<()> {
    tracing::debug!(%user, ?change, title, "a way into an account has changed");
    Ok(())
}
