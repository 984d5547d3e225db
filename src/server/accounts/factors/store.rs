//! Queries over the tables of second factors.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    accounts::model::{SecondFactors, UserId},
    server::{
        entity::{passkey, totp_secret},
        error::Result,
    },
};

pub async fn in_force(database: &impl ConnectionTrait, user: UserId) -> Result<SecondFactors> {
    let confirmed = totp_secret::Entity::find_by_id(user.0).filter(totp_secret::Column::ConfirmedAt.is_not_null());
    let passkeys = passkey::Entity::find().filter(passkey::Column::UserId.eq(user.0));
    Ok(SecondFactors { totp: confirmed.count(database).await? > 0, passkeys: passkeys.count(database).await? > 0 })
}
