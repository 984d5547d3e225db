//! Queries over every table that has something sealed.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::Sealed;
use crate::{
    policy::{Permit, act},
    server::{
        entity::{letter, totp_secret},
        error::Result,
    },
};

/// Something sealed, and the number of whose or which it is.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: i64,
    pub sealed: Vec<u8>,
}

pub async fn count(database: &impl ConnectionTrait) -> Result<u64> {
    let letters = letter::Entity::find().filter(letter::Column::Sealed.is_not_null()).count(database).await?;
    Ok(totp_secret::Entity::find().count(database).await? + letters)
}

pub async fn batch(database: &impl ConnectionTrait, table: Sealed, after: i64, most: u64) -> Result<Vec<Row>> {
    Ok(match table {
        Sealed::TotpSecrets => {
            let rows = totp_secret::Entity::find().filter(totp_secret::Column::UserId.gt(after));
            let rows = rows.order_by_asc(totp_secret::Column::UserId).limit(most).all(database).await?;
            rows.into_iter().map(|row| Row { id: row.user_id, sealed: row.sealed }).collect()
        }
        Sealed::Letters => {
            let rows = letter::Entity::find().filter(letter::Column::Id.gt(after)).filter(letter::Column::Sealed.is_not_null());
            let rows = rows.order_by_asc(letter::Column::Id).limit(most).all(database).await?;
            rows.into_iter().map(|row| Row { id: row.id, sealed: row.sealed.unwrap_or_default() }).collect()
        }
    })
}

/// Not where the row has changed since it was read.
pub async fn replace(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::RotateKeys>,
    table: Sealed,
    row: &Row,
    sealed: Vec<u8>,
) -> Result<bool> {
    let replaced = match table {
        Sealed::TotpSecrets => {
            totp_secret::Entity::update_many()
                .col_expr(totp_secret::Column::Sealed, Expr::value(sealed))
                .filter(totp_secret::Column::UserId.eq(row.id))
                .filter(totp_secret::Column::Sealed.eq(row.sealed.clone()))
                .exec(database)
                .await?
        }
        Sealed::Letters => {
            letter::Entity::update_many()
                .col_expr(letter::Column::Sealed, Expr::value(sealed))
                .filter(letter::Column::Id.eq(row.id))
                .filter(letter::Column::Sealed.eq(row.sealed.clone()))
                .exec(database)
                .await?
        }
    };
    Ok(replaced.rows_affected == 1)
}
