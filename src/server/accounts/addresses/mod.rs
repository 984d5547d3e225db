//! Whose an e-mail address is. An account *claims* an address when its `email_key` holds it, and has
//! *proven* it when `email_verified_at` is set as well: a proven address is always claimed. A claim that
//! nobody has proven gives way to a proof; a proof gives way to nothing.
//!
//! Tokens, addresses and accounts cannot be swapped by requests at the same moment: a link is bound to
//! account and address, the account's row is locked before a link is used up, and both happen in one
//! transaction.

pub mod change;
mod store;
pub mod verification;

use sea_orm::ConnectionTrait;

pub(in crate::server::accounts) use store::release_unproven;

use crate::{
    accounts::model::{AddressProof, EmailAddress, Mailbox, UserId},
    error::{AppError, Conflict},
    policy::{self, act},
    server::{
        accounts::store as accounts,
        entity::user,
        error::{Error, Result},
        visit::Visit,
    },
    valid::Value,
};

/// Where letters to the person acting go.
///
/// # Errors
/// Nobody is signed in.
pub async fn own(visit: &Visit) -> Result<Mailbox> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    let user = accounts::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?;
    Ok(Mailbox {
        address: EmailAddress::parse(&user.email).map_err(|_| Error::broken("a stored e-mail address is not one", id))?,
        proven: if user.email_verified_at.is_some() { AddressProof::Proven } else { AddressProof::Unproven },
    })
}

/// What one link to an address can do for an account; what it sends is decided by who has the address.
#[derive(Debug)]
enum Holder {
    /// Nobody, the account itself, or somebody who has not proven it.
    Free,
    /// Another account, which has proven it.
    Proven(Box<user::Model>),
}

/// Who has an address, as seen by an account that wants it.
async fn holder(database: &impl ConnectionTrait, address: &EmailAddress, wanting: UserId) -> Result<Holder> {
    Ok(match accounts::find_by_email(database, address).await? {
        Some(user) if user.id != wanting.0 && user.email_verified_at.is_some() => Holder::Proven(Box::new(user)),
        _ => Holder::Free,
    })
}

/// Two accounts cannot prove one address: whoever was faster has it.
fn taken(error: Error) -> Error {
    if error.is_duplicate() { AppError::Conflict(Conflict::AddressTaken).into() } else { error }
}
