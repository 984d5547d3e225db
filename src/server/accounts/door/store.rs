//! Queries over the table `entries`. Each that counts or uses up is one statement.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

use super::{Arrival, ENTRY_LIFE, ENTRY_TRIES};
use crate::{
    accounts::model::{Keeping, Proven, UserId},
    landing::LocalPath,
    moment::Moment,
    server::{
        entity::entry::{ActiveModel, Column, Entity, Model},
        error::{Error, Result},
    },
    valid::Value,
};

/// A visit that is half signed in.
#[derive(Clone, Debug)]
pub struct Entry {
    token_hash: Vec<u8>,
    pub user: UserId,
    pub proven: Proven,
    pub keeping: Keeping,
    pub next: Option<LocalPath>,
}

impl Entry {
    /// The same entry, of which more is proven.
    #[must_use]
    pub fn proven_by(self, proven: Proven) -> Self {
        Self { proven, ..self }
    }

    fn of(row: Model) -> Result<Self> {
        let proven = Proven::from_words(&row.proven)
            .ok_or_else(|| Error::broken("an entry was proven by something unknown", row.user_id))?;
        Ok(Self {
            token_hash: row.token_hash,
            user: UserId(row.user_id),
            proven,
            keeping: Keeping::from_name(&row.keeping),
            next: LocalPath::parse(&row.next).ok(),
        })
    }
}

pub async fn begin(database: &impl ConnectionTrait, token_hash: &[u8], arrival: &Arrival<'_>, now: Moment) -> Result<()> {
    let row = ActiveModel {
        token_hash: Set(token_hash.to_vec()),
        user_id: Set(arrival.user.id),
        proven: Set(arrival.proven.words()),
        keeping: Set(arrival.keeping.name().to_owned()),
        next: Set(arrival.next.clone().map(String::from).unwrap_or_default()),
        tries: Set(0),
        created_at: Set(now.milliseconds()),
        ends_at: Set(now.after(ENTRY_LIFE).milliseconds()),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

/// Entries that are neither over nor out of tries.
fn alive(token_hash: &[u8], now: Moment) -> Select<Entity> {
    Entity::find_by_id(token_hash.to_vec()).filter(Column::EndsAt.gt(now.milliseconds())).filter(Column::Tries.lt(ENTRY_TRIES))
}

pub async fn find(database: &impl ConnectionTrait, token_hash: &[u8], now: Moment) -> Result<Option<Entry>> {
    let row = alive(token_hash, now).one(database).await?;
    row.map(Entry::of).transpose()
}

/// Whether the entry is still good, which it stays until the transaction ends. Its tries do not matter: the last
/// of them may have been the right one.
pub async fn lock(database: &impl ConnectionTrait, entry: &Entry, now: Moment) -> Result<bool> {
    let row = Entity::find_by_id(entry.token_hash.clone()).filter(Column::EndsAt.gt(now.milliseconds()));
    Ok(row.lock_exclusive().one(database).await?.is_some())
}

/// Whether there was a try left.
pub async fn spend_try(database: &impl ConnectionTrait, entry: &Entry, now: Moment) -> Result<bool> {
    let spent = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::TokenHash.eq(entry.token_hash.clone()))
        .filter(Column::Tries.lt(ENTRY_TRIES))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .exec(database)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Notes what has been proven since.
pub async fn note(database: &impl ConnectionTrait, entry: &Entry, now: Moment) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Proven, Expr::value(entry.proven.words()))
        .filter(Column::TokenHash.eq(entry.token_hash.clone()))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .exec(database)
        .await?;
    Ok(())
}

/// Uses an entry up; not when another request did, or it is over. Its tries do not matter any more:
/// the last of them may have been the right one.
pub async fn take(database: &impl ConnectionTrait, entry: &Entry, now: Moment) -> Result<bool> {
    let taken = Entity::delete_many()
        .filter(Column::TokenHash.eq(entry.token_hash.clone()))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .exec(database)
        .await?;
    Ok(taken.rows_affected == 1)
}

pub async fn cancel(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.0)).exec(database).await?;
    Ok(())
}

/// Ends every entry of the owner but this one.
pub async fn cancel_others(database: &impl ConnectionTrait, entry: &Entry) -> Result<()> {
    let others =
        Entity::delete_many().filter(Column::UserId.eq(entry.user.0)).filter(Column::TokenHash.ne(entry.token_hash.clone()));
    others.exec(database).await?;
    Ok(())
}

/// Deletes entries that are over; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    let over = Entity::delete_many().filter(Column::EndsAt.lte(now.milliseconds()));
    Ok(over.exec(database).await?.rows_affected)
}
