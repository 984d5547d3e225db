//! An account that is held still: its row is locked until the transaction ends, was read again under the lock,
//! and what the act relied on when it began is still so.
//!
//! Hashing a password takes long, and so may a network; meanwhile the owner can have ended the session, the visit
//! that is half signed in, or the link by which somebody acts. Whatever opens a session or sets a credential
//! therefore takes a [`Held`], which only these functions make. Everybody who ends access counts the account's
//! epoch up and so waits for the lock: an act is wholly before or wholly after.

use sea_orm::ConnectionTrait;

use super::{
    door::{self, Entry},
    store,
};
use crate::{
    accounts::model::{EmailAddress, UserId},
    error::{AppError, Conflict, Refusal},
    moment::Moment,
    server::{entity::user, error::Result, session, visit::Visit},
};

/// An account whose row is locked, as it is now.
#[derive(Clone, Debug)]
pub(in crate::server) struct Held(user::Model);

impl Held {
    pub const fn user(&self) -> &user::Model {
        &self.0
    }

    pub const fn id(&self) -> UserId {
        UserId(self.0.id)
    }

    /// The same, where neither the password nor who may be in has changed since the account was looked at.
    ///
    /// # Errors
    /// Something has.
    pub fn unless_changed_since(self, seen: &user::Model) -> Result<Self> {
        if self.is_as(seen) { Ok(self) } else { Err(AppError::Conflict(Conflict::ChangedMeanwhile).into()) }
    }

    fn is_as(&self, seen: &user::Model) -> bool {
        self.0.password == seen.password && self.0.access_epoch == seen.access_epoch
    }
}

/// The account of the person acting, in a session that has not been ended meanwhile.
///
/// # Errors
/// Nobody is signed in any more.
pub(in crate::server) async fn in_session(visit: &Visit, database: &impl ConnectionTrait) -> Result<Held> {
    let (Some(user), Some(session)) = (visit.actor().id(), visit.session_id()) else {
        return Err(AppError::Unauthenticated.into());
    };
    let user = store::lock(database, user).await?.ok_or(AppError::Unauthenticated)?;
    if session::lock(database, session, UserId(user.id)).await? { Ok(Held(user)) } else { Err(AppError::Unauthenticated.into()) }
}

/// The account that is half signed in to, by an entry that is still good.
///
/// # Errors
/// The entry is over.
pub(in crate::server::accounts) async fn in_entry(database: &impl ConnectionTrait, entry: &Entry, now: Moment) -> Result<Held> {
    let user = store::lock(database, entry.user).await?.ok_or(Refusal::EntryOver)?;
    if door::lock(database, entry, now).await? { Ok(Held(user)) } else { Err(Refusal::EntryOver.into()) }
}

/// The account of somebody who was recognised just now: the password, the role and who may be in are what they
/// were then.
///
/// # Errors
/// Something has changed, or the account is gone.
pub(in crate::server::accounts) async fn recognised(database: &impl ConnectionTrait, seen: &user::Model) -> Result<Held> {
    let now = store::lock(database, UserId(seen.id)).await?.map(Held);
    let held = now.filter(|now| now.is_as(seen) && now.0.role == seen.role);
    Ok(held.ok_or(Refusal::Credentials)?)
}

/// The account that a link is for, where the link was handed out or sent to the address that it still has.
///
/// # Errors
/// The account has another address, or is gone.
pub(in crate::server::accounts) async fn by_link(
    database: &impl ConnectionTrait,
    user: UserId,
    sent_to: Option<&EmailAddress>,
) -> Result<Held> {
    let user = store::lock(database, user).await?.ok_or(Refusal::LinkOver)?;
    match sent_to {
        Some(address) if address.as_str() != user.email => Err(Refusal::LinkOver.into()),
        _ => Ok(Held(user)),
    }
}

/// The account of somebody else, by whoever administers it.
///
/// # Errors
/// There is no such account.
pub(in crate::server::accounts) async fn by_others(database: &impl ConnectionTrait, user: UserId) -> Result<Held> {
    Ok(Held(store::lock(database, user).await?.ok_or(AppError::NotFound)?))
}
