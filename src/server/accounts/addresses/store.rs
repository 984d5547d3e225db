//! Queries over the e-mail addresses in the table `users`. The unique column `email_key` decides who
//! has one.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    accounts::model::{EmailAddress, UserId},
    moment::Moment,
    policy::{Permit, act},
    server::{
        entity::user::{Column, Entity},
        error::Result,
    },
};

/// Acts that come with the proof of an address.
pub trait ProvesAddress {}
impl ProvesAddress for act::ProveAddress {}
impl ProvesAddress for act::UndoEmailChange {}

/// Takes the claim of an address from whoever has not proven it.
pub async fn release_unproven(database: &impl ConnectionTrait, address: &EmailAddress, but: Option<UserId>) -> Result<()> {
    let mut release = Entity::update_many()
        .col_expr(Column::EmailKey, Expr::value(Option::<String>::None))
        .filter(Column::EmailKey.eq(address.key()))
        .filter(Column::EmailVerifiedAt.is_null());
    if let Some(user) = but {
        release = release.filter(Column::Id.ne(user.0));
    }
    release.exec(database).await?;
    Ok(())
}

/// The account has this address from now on, proven. Whether it still was as expected.
pub async fn prove<A: ProvesAddress>(
    database: &impl ConnectionTrait,
    _permit: &Permit<A>,
    (user, expected): (UserId, &str),
    address: &EmailAddress,
    now: Moment,
) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Email, Expr::value(address.as_str()))
        .col_expr(Column::EmailKey, Expr::value(address.key()))
        .col_expr(Column::EmailVerifiedAt, Expr::value(now.milliseconds()))
        .filter(Column::Id.eq(user.0))
        .filter(Column::Email.eq(expected));
    Ok(update.exec(database).await?.rows_affected == 1)
}

/// Corrects an address that nobody has proven. Whether it still was unproven.
pub async fn correct(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SignIn>,
    user: UserId,
    address: &EmailAddress,
    claim: Option<String>,
) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Email, Expr::value(address.as_str()))
        .col_expr(Column::EmailKey, Expr::value(claim))
        .filter(Column::Id.eq(user.0))
        .filter(Column::EmailVerifiedAt.is_null());
    Ok(update.exec(database).await?.rows_affected == 1)
}
