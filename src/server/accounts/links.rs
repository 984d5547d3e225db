//! Links that do one thing once: set the site up, set a password, prove an address, take a change back.
//!
//! A token has 256 random bits and stands in the database as its SHA-256. Looking at a link does not
//! use it up; using it deletes its row in the transaction of what it does, so that it works once
//! however often it is clicked at the same time (OWASP Forgot Password Cheat Sheet).
//!
//! A link that was sent to an e-mail address is bound to it: whoever uses it up names the address, and
//! the row of a link for another address is not touched.

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    accounts::model::{EmailAddress, Secret, UserId},
    error::Refusal,
    moment::Moment,
    server::{
        entity::link::{ActiveModel, Column, Entity, Model},
        error::{Error, Result},
        keepsake::Keepsake,
        visit::Visit,
    },
    valid::Value,
};

use super::token::{fresh, hash};

/// What a link is for. A token is only ever good for its own purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    SetUp,
    Password,
    /// Proves the address that an account has.
    Verification,
    /// Proves the address that an account shall have.
    EmailChange,
    /// Takes a change of the address back.
    EmailUndo,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::Password => "password",
            Self::Verification => "verification",
            Self::EmailChange => "email_change",
            Self::EmailUndo => "email_undo",
        }
    }

    /// How long a link of this kind lives.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self {
            Self::SetUp | Self::Verification | Self::EmailChange => Duration::from_hours(24),
            Self::EmailUndo => Duration::from_hours(7 * 24),
            Self::Password => Duration::from_mins(30),
        }
    }
}

/// A link that is in force.
#[derive(Clone, Debug)]
pub struct Link {
    pub user: Option<UserId>,
    /// The e-mail address that it was sent to; none for links that were handed out or printed.
    pub address: Option<EmailAddress>,
    pub made: Moment,
}

impl Link {
    fn of(row: Model) -> Result<Self> {
        let address = row.address.as_deref().map(EmailAddress::parse).transpose();
        let address = address.map_err(|_| Error::broken("a link's e-mail address is not one", row.purpose))?;
        Ok(Self { user: row.user_id.map(UserId), address, made: Moment::from_milliseconds(row.created_at) })
    }
}

/// Makes a link and returns its token, which is kept nowhere. Older links of the same kind for the
/// same person end.
///
/// # Errors
/// The database's.
pub async fn make(database: &impl ConnectionTrait, purpose: Purpose, user: Option<UserId>, now: Moment) -> Result<Secret> {
    let of_user = user.map_or_else(|| Column::UserId.is_null(), |user| Column::UserId.eq(user.0));
    Entity::delete_many().filter(Column::Purpose.eq(purpose.name())).filter(of_user).exec(database).await?;
    insert(database, purpose, user, None, now).await
}

/// Makes a link that is sent to an e-mail address. Those that were sent before stay in force until one of
/// them is used: otherwise whoever asks for a new one, again and again, would kill the owner's.
///
/// # Errors
/// The database's.
pub async fn make_for(
    database: &impl ConnectionTrait,
    purpose: Purpose,
    user: UserId,
    address: &EmailAddress,
    now: Moment,
) -> Result<Secret> {
    insert(database, purpose, Some(user), Some(address), now).await
}

async fn insert(
    database: &impl ConnectionTrait,
    purpose: Purpose,
    user: Option<UserId>,
    address: Option<&EmailAddress>,
    now: Moment,
) -> Result<Secret> {
    let token = fresh();
    let row = ActiveModel {
        token_hash: Set(hash(&token)),
        purpose: Set(purpose.name().to_owned()),
        user_id: Set(user.map(|user| user.0)),
        created_at: Set(now.milliseconds()),
        ends_at: Set(now.after(purpose.life()).milliseconds()),
        address: Set(address.map(|address| address.as_str().to_owned())),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(token)
}

/// The link of a kind that was made for somebody last, in force or not.
///
/// # Errors
/// The database's.
pub async fn latest(database: &impl ConnectionTrait, purpose: Purpose, user: UserId) -> Result<Option<Link>> {
    let links = Entity::find().filter(Column::Purpose.eq(purpose.name())).filter(Column::UserId.eq(user.0));
    links.order_by_desc(Column::CreatedAt).one(database).await?.map(Link::of).transpose()
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
    Link::of(found.ok_or(Refusal::LinkOver)?)
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

/// Uses up a link that was sent to this address for this person; one for any other stays as it is.
///
/// # Errors
/// As for [`consume`], or it proves something else.
pub async fn consume_for(
    database: &impl ConnectionTrait,
    token: &Secret,
    purpose: Purpose,
    (user, address): (UserId, &EmailAddress),
    now: Moment,
) -> Result<()> {
    let deleted = Entity::delete_many()
        .filter(Column::TokenHash.eq(hash(token)))
        .filter(Column::Purpose.eq(purpose.name()))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::Address.eq(address.as_str()))
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

/// Ends the links of a kind that somebody has and that were made at this moment or later.
///
/// # Errors
/// The database's.
pub async fn cancel_since(database: &impl ConnectionTrait, purpose: Purpose, user: UserId, since: Moment) -> Result<()> {
    let links = Entity::delete_many().filter(Column::Purpose.eq(purpose.name())).filter(Column::UserId.eq(user.0));
    links.filter(Column::CreatedAt.gte(since.milliseconds())).exec(database).await?;
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
