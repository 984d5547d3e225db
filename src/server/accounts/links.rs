//! Links that do one thing once: set the site up, set a password.
//!
//! A token has 256 random bits and stands in the database as its SHA-256. Looking at a link does not
//! use it up; using it deletes its row in the transaction of what it does, so that it works once
//! however often it is clicked at the same time (OWASP Forgot Password Cheat Sheet).

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    accounts::model::{Secret, UserId},
    error::Refusal,
    moment::Moment,
    server::{
        entity::link::{ActiveModel, Column, Entity},
        error::Result,
        keepsake::Keepsake,
        visit::Visit,
    },
};

use super::token::{fresh, hash};

/// What a link is for. A token is only ever good for its own purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    SetUp,
    Password,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::Password => "password",
        }
    }

    /// How long a link of this kind lives.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self {
            Self::SetUp => Duration::from_hours(24),
            Self::Password => Duration::from_mins(30),
        }
    }
}

/// A link that is in force.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub user: Option<UserId>,
}

/// Makes a link and returns its token, which is kept nowhere. Older links of the same kind for the
/// same person end.
///
/// # Errors
/// The database's.
pub async fn make(database: &impl ConnectionTrait, purpose: Purpose, user: Option<UserId>, now: Moment) -> Result<Secret> {
    let token = fresh();
    let of_user = user.map_or_else(|| Column::UserId.is_null(), |user| Column::UserId.eq(user.0));
    Entity::delete_many().filter(Column::Purpose.eq(purpose.name())).filter(of_user).exec(database).await?;
    let row = ActiveModel {
        token_hash: Set(hash(&token)),
        purpose: Set(purpose.name().to_owned()),
        user_id: Set(user.map(|user| user.0)),
        created_at: Set(now.milliseconds()),
        ends_at: Set(now.after(purpose.life()).milliseconds()),
        address: Set(None),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(token)
}

/// Takes the token of a link that was opened out of the address: the browser keeps it in a cookie, so
/// that it stands in no history, no page and no `Referer`.
pub fn open(visit: &Visit, token: Secret, purpose: Purpose) {
    visit.keepsakes().keep(Keepsake::Link, token, purpose.life());
}

/// The token of the link that this browser opened last.
///
/// # Errors
/// It opened none, or long ago.
pub fn opened(visit: &Visit) -> Result<Secret> {
    Ok(visit.keepsakes().get(Keepsake::Link).ok_or(Refusal::LinkOver)?)
}

/// The link of a token, without using it up.
///
/// # Errors
/// It is not in force, or not for this purpose.
pub async fn find(database: &impl ConnectionTrait, token: &Secret, purpose: Purpose, now: Moment) -> Result<Link> {
    let found = Entity::find_by_id(hash(token))
        .filter(Column::Purpose.eq(purpose.name()))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .one(database)
        .await?;
    Ok(found.map(|row| Link { user: row.user_id.map(UserId) }).ok_or(Refusal::LinkOver)?)
}

/// Uses a link up.
///
/// # Errors
/// It is not in force any more: somebody was faster.
pub async fn consume(database: &impl ConnectionTrait, token: &Secret, purpose: Purpose, now: Moment) -> Result<()> {
    let deleted = Entity::delete_many()
        .filter(Column::TokenHash.eq(hash(token)))
        .filter(Column::Purpose.eq(purpose.name()))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .exec(database)
        .await?;
    if deleted.rows_affected == 1 { Ok(()) } else { Err(Refusal::LinkOver.into()) }
}

/// Ends the links of a kind that somebody has.
///
/// # Errors
/// The database's.
pub async fn cancel(database: &impl ConnectionTrait, purpose: Purpose, user: UserId) -> Result<()> {
    let links = Entity::delete_many().filter(Column::Purpose.eq(purpose.name())).filter(Column::UserId.eq(user.0));
    links.exec(database).await?;
    Ok(())
}

/// Deletes links that have ended.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    let deleted = Entity::delete_many().filter(Column::EndsAt.lte(now.milliseconds())).exec(database).await?;
    Ok(deleted.rows_affected)
}
