//! What owners are told of their second factors, and on which address they may have some.

use sea_orm::ConnectionTrait;

use crate::{
    error::Refusal,
    server::{entity::user, error::Result, visit::Visit},
};

/// What has happened to somebody's second factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    AppSetUp,
    AppRemoved,
    PasskeyAdded {
        name: String,
    },
    PasskeyRemoved {
        name: String,
    },
    RecoveryCodesMade,
    RecoveryCodeUsed {
        left: u64,
    },
    /// By the operator.
    FactorsReset,
}

/// Tells the owner of an account, in the transaction of what has happened.
///
/// # Errors
/// The database's.
#[allow(clippy::unused_async, reason = "a letter is written here once the site can send some")]
pub async fn told(_visit: &Visit, _database: &impl ConnectionTrait, _user: &user::Model, _event: Event) -> Result<()> {
    Ok(())
}

/// Whether the site can have an address proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mail {
    #[allow(dead_code, reason = "there is no mail yet")]
    Sent,
    None,
}

/// Whether this site sends mail.
const fn mail_of(_visit: &Visit) -> Mail {
    Mail::None
}

/// A second factor on an address that is not its owner's would lock the owner out. Where no mail is sent,
/// no address can be proven and none is asked for.
///
/// # Errors
/// The address is yet to be proven.
pub fn refuse_unverified(visit: &Visit, user: &user::Model) -> Result<()> {
    match (mail_of(visit), user.email_verified_at) {
        (Mail::Sent, None) => Err(Refusal::EmailUnverified.into()),
        _ => Ok(()),
    }
}
