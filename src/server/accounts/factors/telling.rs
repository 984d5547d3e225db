//! What owners are told of their second factors, and on which address they may have some.

use sea_orm::ConnectionTrait;

use crate::{
    error::Refusal,
    server::{
        entity::user,
        error::Result,
        letters::{self, Factor, Letter},
        visit::Visit,
    },
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
pub async fn told(visit: &Visit, database: &impl ConnectionTrait, user: &user::Model, event: Event) -> Result<()> {
    let letter = match event {
        Event::AppSetUp => Letter::FactorAdded { factor: Factor::AuthenticatorApp },
        Event::PasskeyAdded { .. } => Letter::FactorAdded { factor: Factor::Passkey },
        Event::AppRemoved => Letter::FactorRemoved { factor: Factor::AuthenticatorApp },
        Event::PasskeyRemoved { .. } => Letter::FactorRemoved { factor: Factor::Passkey },
        Event::RecoveryCodesMade => Letter::FactorAdded { factor: Factor::RecoveryCodes },
        Event::RecoveryCodeUsed { left } => Letter::RecoveryCodeUsed { left },
        Event::FactorsReset => Letter::FactorRemoved { factor: Factor::All },
    };
    letters::tell(database, visit.app(), user, letter).await
}

/// A second factor on an address that is not its owner's would lock the owner out. Where no mail is sent,
/// no address can be proven and none is asked for.
///
/// # Errors
/// The address is yet to be proven.
pub fn refuse_unverified(visit: &Visit, user: &user::Model) -> Result<()> {
    if visit.app().sends_letters() && user.email_verified_at.is_none() {
        return Err(Refusal::EmailUnverified.into());
    }
    Ok(())
}
