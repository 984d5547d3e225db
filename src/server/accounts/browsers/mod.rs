//! Browsers in which somebody has signed in before, known again by a cookie of their own. It gives no
//! right: it keeps strangers' failed tries from locking the owner out, and lets a sign-in from
//! elsewhere be noticed.

mod store;

use std::time::Duration;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{Secret, UserId},
    server::{accounts::token, error::Result, keepsake::Keepsake, visit::Visit},
};

/// How long a browser is known after the last sign-in.
const KNOWN_FOR: Duration = Duration::from_hours(365 * 24);

/// Whether somebody has signed in with this browser before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Familiarity {
    Known,
    /// Never with this one, but with others.
    New,
    /// Never with any.
    First,
}

/// The token of this browser, whoever it is known to belong to.
#[must_use]
pub fn of(visit: &Visit) -> Option<Secret> {
    visit.keepsakes().get(Keepsake::Browser)
}

/// The token of a browser that is known to belong to the account; nothing for all others.
///
/// # Errors
/// The database's.
pub async fn known(visit: &Visit, user: UserId) -> Result<Option<Secret>> {
    known_in(visit, visit.database().reader(), user).await
}

async fn known_in(visit: &Visit, database: &impl ConnectionTrait, user: UserId) -> Result<Option<Secret>> {
    let Some(token) = visit.keepsakes().get(Keepsake::Browser) else { return Ok(None) };
    let is_known = is_known(database, &token::hash(&token), user, visit.now()).await?;
    Ok(is_known.then_some(token))
}

/// Whether the browser with a token of this hash is known to belong to the account.
///
/// # Errors
/// The database's.
pub async fn is_known(
    database: &impl ConnectionTrait,
    token_hash: &[u8],
    user: UserId,
    now: crate::moment::Moment,
) -> Result<bool> {
    store::is_known(database, token_hash, user, now.before(KNOWN_FOR)).await
}

/// Remembers the browser of somebody who has just come in, and says whether it was known.
///
/// # Errors
/// The database's.
pub async fn remember(visit: &Visit, database: &impl ConnectionTrait, user: UserId) -> Result<Familiarity> {
    let familiarity = match known_in(visit, database, user).await? {
        Some(_) => Familiarity::Known,
        None if store::has_any(database, user).await? => Familiarity::New,
        None => Familiarity::First,
    };
    let token = visit.keepsakes().get(Keepsake::Browser).unwrap_or_else(token::fresh);
    let agent = visit.client().map(|client| client.agent.clone()).unwrap_or_default();
    store::remember(database, &token::hash(&token), user, &agent, visit.now()).await?;
    visit.keepsakes().keep(Keepsake::Browser, token, KNOWN_FOR);
    Ok(familiarity)
}

/// Forgets every browser of an account: whoever got into it may have been in one of them.
///
/// # Errors
/// The database's.
pub async fn forget_all(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    store::forget_all(database, user, None).await
}

/// Forgets every browser of an account but the one in which its owner acts.
///
/// # Errors
/// The database's.
pub async fn forget_others(visit: &Visit, database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    let kept = of(visit).map(|token| token::hash(&token));
    store::forget_all(database, user, kept).await
}

/// Deletes browsers that have not been used for so long that they are not known any more.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: crate::moment::Moment) -> Result<u64> {
    store::sweep(database, now.before(KNOWN_FOR)).await
}
