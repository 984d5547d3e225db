//! What proves who somebody is beside the password: authenticator apps, recovery codes, passkeys.

mod store;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{SecondFactors, UserId},
    server::error::Result,
};

/// The second factors that an account has in force. An app whose code was never confirmed is none.
///
/// # Errors
/// The database's.
pub async fn in_force(database: &impl ConnectionTrait, user: UserId) -> Result<SecondFactors> {
    store::in_force(database, user).await
}
