//! Whether somebody is left who can administer the site. An admin counts who could come in now: who was let
//! in, has proven their address where letters are sent, is not suspended and is not about to leave.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{Role, Standing, UserId},
    policy::door::Verification,
    server::{entity::user, error::Result, session::Account, visit::Visit},
};

use super::{door, store};

/// How many such admins there are apart from one. On PostgreSQL the rows of all admins stay locked until the
/// transaction ends, so that two who resign at once cannot both find the other in place.
///
/// # Errors
/// The database's.
pub(in crate::server) async fn lock_others(database: &impl ConnectionTrait, visit: &Visit, subject: UserId) -> Result<u64> {
    let admins = store::lock_admins(database).await?;
    Ok(admins.iter().filter(|user| user.id != subject.0 && can_come_in(visit, user)).count() as u64)
}

/// Whether the site would have no such admin without this one. Locks like [`lock_others`].
///
/// # Errors
/// The database's.
pub(in crate::server) async fn is_last(database: &impl ConnectionTrait, visit: &Visit, user: UserId) -> Result<bool> {
    let others = lock_others(database, visit, user).await?;
    let role = store::find(database, user).await?.map(|user| Account::of(&user).role);
    Ok(role == Some(Role::Admin) && others == 0)
}

/// Whether an account was let in by whoever decides that, or needed nobody's consent.
pub(super) const fn is_let_in(user: &user::Model) -> bool {
    user.awaiting_since.is_none() && user.declined_at.is_none()
}

fn can_come_in(visit: &Visit, user: &user::Model) -> bool {
    is_let_in(user)
        && door::verification_of(visit, user) == Verification::NotOwed
        && user.deletes_at.is_none()
        && Account::of(user).standing.at(visit.now()) == Standing::Good
}
