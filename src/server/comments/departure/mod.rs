//! What becomes of somebody's comments when they take their data along, or leave.

mod store;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    comments::model::CommentState,
    error::AppError,
    policy::{Permit, act},
    server::{
        discussions::{self, Moving},
        error::{Error, Result},
    },
};

pub use store::OwnComment;

use super::thread;

/// Everything that somebody has said, in whatever state, in the order of writing.
///
/// # Errors
/// The database's.
pub async fn everything_by(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::TakeOwnData>,
    author: UserId,
) -> Result<Vec<OwnComment>> {
    store::everything_by(database, author).await
}

/// Takes all words of somebody away; places stay while there are replies.
///
/// # Errors
/// The database's.
pub async fn remove_all_by(database: &impl ConnectionTrait, permit: &Permit<act::EraseAccount>, author: UserId) -> Result<()> {
    for (id, discussion, state) in store::remaining_of(database, author).await? {
        let is_shown = state == CommentState::Visible;
        match discussions::lock(database, discussion).await {
            Ok(_) => {}
            // Nobody sees a deleted discussion; the words go all the same.
            Err(Error::Told(AppError::NotFound)) => {
                store::empty(database, permit, id).await?;
                continue;
            }
            Err(other) => return Err(other),
        }
        store::empty(database, permit, id).await?;
        if is_shown {
            thread::lose_place(database, id).await?;
            discussions::record_activity(database, discussion, Moving::Gone).await?;
        }
    }
    Ok(())
}
