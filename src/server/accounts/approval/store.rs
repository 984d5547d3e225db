//! Queries over the accounts that wait for consent.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use crate::{
    accounts::model::{Applicant, Application, DeclineReason, UserId, Username},
    moment::Moment,
    policy::{Permit, act},
    server::{
        accounts::store::MakesAccount,
        entity::user::{Column, Entity, Model},
        error::{Error, Result},
    },
    valid::Value,
};

/// Those who wait that the dashboard lists.
const LISTED: u64 = 50;

/// Has an account wait for consent.
pub async fn await_consent<A: MakesAccount>(
    database: &impl ConnectionTrait,
    _permit: &Permit<A>,
    id: UserId,
    application: &Application,
    now: Moment,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::AwaitingSince, Expr::value(now.milliseconds()))
        .col_expr(Column::Application, Expr::value(application.as_str()))
        .filter(Column::Id.eq(id.0))
        .exec(database)
        .await?;
    Ok(())
}

/// Everybody who waits for consent, the longest first.
pub async fn applicants(database: &impl ConnectionTrait) -> Result<Vec<Applicant>> {
    let waiting = Entity::find().filter(Column::AwaitingSince.is_not_null()).filter(Column::DeclinedAt.is_null());
    let rows = waiting.order_by_asc(Column::AwaitingSince).limit(LISTED).all(database).await?;
    rows.iter().map(applicant).collect()
}

fn applicant(user: &Model) -> Result<Applicant> {
    Ok(Applicant {
        id: UserId(user.id),
        name: Username::parse(&user.name).map_err(|_| Error::broken("a stored user name is not one", user.id))?,
        since: Moment::from_milliseconds(user.awaiting_since.unwrap_or(user.created_at)),
        application: user.application.clone().unwrap_or_default(),
    })
}

/// Whether they were waiting.
pub async fn approve(database: &impl ConnectionTrait, _permit: &Permit<act::DecideRegistration>, id: UserId) -> Result<bool> {
    let approved = Entity::update_many()
        .col_expr(Column::AwaitingSince, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id.0))
        .filter(Column::AwaitingSince.is_not_null())
        .filter(Column::DeclinedAt.is_null());
    Ok(approved.exec(database).await?.rows_affected == 1)
}

/// Whether they were waiting.
pub async fn decline(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::DecideRegistration>,
    id: UserId,
    reason: &DeclineReason,
    now: Moment,
) -> Result<bool> {
    let declined = Entity::update_many()
        .col_expr(Column::DeclinedAt, Expr::value(now.milliseconds()))
        .col_expr(Column::DeclineReason, Expr::value(reason.as_str()))
        .filter(Column::Id.eq(id.0))
        .filter(Column::AwaitingSince.is_not_null())
        .filter(Column::DeclinedAt.is_null());
    Ok(declined.exec(database).await?.rows_affected == 1)
}

/// Deletes the accounts of those who were not let in long ago; they have never done anything.
pub async fn forget_declined(database: &impl ConnectionTrait, before: Moment) -> Result<u64> {
    let declined = Entity::delete_many().filter(Column::DeclinedAt.lte(before.milliseconds()));
    Ok(declined.exec(database).await?.rows_affected)
}
