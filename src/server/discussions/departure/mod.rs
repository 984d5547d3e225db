//! What becomes of somebody's discussions when they take their data along, or leave.

mod store;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    moment::Moment,
    policy::{Permit, act},
    server::error::Result,
};

pub use store::OwnDiscussion;

/// Everything that somebody has started, in the order of starting.
///
/// # Errors
/// The database's.
pub async fn everything_by(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::TakeOwnData>,
    author: UserId,
) -> Result<Vec<OwnDiscussion>> {
    store::everything_by(database, author).await
}

/// Takes the opening texts of somebody away. A discussion that others have taken part in stays, with its
/// title; one that nobody answered goes.
///
/// # Errors
/// The database's.
pub async fn remove_all_by(
    database: &impl ConnectionTrait,
    permit: &Permit<act::EraseAccount>,
    author: UserId,
    now: Moment,
) -> Result<()> {
    store::empty_openings(database, permit, author).await?;
    store::delete_unanswered(database, permit, author, now).await
}
