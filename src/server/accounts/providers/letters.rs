//! What somebody is told by letter when a way into their account is made or taken away.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    server::{
        error::Result,
        letters::{self, Letter},
        visit::Visit,
    },
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Linked,
    Unlinked,
}

/// The one place from which that letter is sent, within the transaction of the change.
///
/// # Errors
/// The database's.
pub async fn tell(database: &impl ConnectionTrait, visit: &Visit, user: UserId, change: Change, provider: &str) -> Result<()> {
    let provider = provider.to_owned();
    let letter = match change {
        Change::Linked => Letter::ProviderLinked { provider },
        Change::Unlinked => Letter::ProviderUnlinked { provider },
    };
    letters::tell_owner(database, visit.app(), user, letter).await
}
