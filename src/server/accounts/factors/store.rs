//! Queries over the tables of second factors. Whatever is used up or put into force is so by one
//! statement whose count of rows decides.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::StaffMember;
use crate::{
    accounts::model::{Role, SecondFactors, SecurityRecord, UserId},
    moment::Moment,
    policy::{Permit, act},
    server::{
        accounts::held::Held,
        entity::{passkey, recovery_code, totp_secret, user},
        error::Result,
    },
};

pub async fn in_force(database: &impl ConnectionTrait, user: UserId) -> Result<SecondFactors> {
    let confirmed = totp_secret::Entity::find_by_id(user.0).filter(totp_secret::Column::ConfirmedAt.is_not_null());
    let passkeys = passkey::Entity::find().filter(passkey::Column::UserId.eq(user.0));
    Ok(SecondFactors { totp: confirmed.count(database).await? > 0, passkeys: passkeys.count(database).await? > 0 })
}

pub async fn security_of(database: &impl ConnectionTrait, user: UserId) -> Result<SecurityRecord> {
    let app = confirmed_totp(database, user).await?;
    Ok(SecurityRecord {
        app_since: app.and_then(|row| row.confirmed_at).map(Moment::from_milliseconds),
        recovery_codes_left: codes_left(database, user).await?,
        ..SecurityRecord::default()
    })
}

pub async fn staff(database: &impl ConnectionTrait) -> Result<Vec<StaffMember>> {
    let roles = [Role::Moderator, Role::Admin].map(Role::name);
    let users =
        user::Entity::find().filter(user::Column::Role.is_in(roles)).order_by_asc(user::Column::NameKey).all(database).await?;
    let mut staff = Vec::with_capacity(users.len());
    for user in users {
        let factors = in_force(database, UserId(user.id)).await?;
        staff.push(StaffMember { role: Role::from_name(&user.role).unwrap_or(Role::Member), name: user.name, factors });
    }
    Ok(staff)
}

/// Whether there is a secret to confirm now; not where one is in force.
pub async fn begin_totp(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SetUpFactor>,
    (user, session): (UserId, i64),
    sealed: Vec<u8>,
    now: Moment,
) -> Result<bool> {
    use totp_secret::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        user_id: Set(user.0),
        sealed: Set(sealed),
        confirmed_at: Set(None),
        last_step: Set(0),
        created_at: Set(now.milliseconds()),
        session_number: Set(Some(session)),
    };
    let unless_in_force = OnConflict::column(Column::UserId)
        .update_columns([Column::Sealed, Column::CreatedAt, Column::SessionNumber])
        .action_and_where(Expr::col((Entity, Column::ConfirmedAt)).is_null())
        .to_owned();
    match Entity::insert(row).on_conflict(unless_in_force).exec_without_returning(database).await {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The secret that waits to be confirmed in this session of its owner's.
pub async fn pending_totp(
    database: &impl ConnectionTrait,
    (user, session): (UserId, i64),
    since: Moment,
) -> Result<Option<totp_secret::Model>> {
    use totp_secret::{Column, Entity};
    let pending = Entity::find_by_id(user.0).filter(Column::ConfirmedAt.is_null()).filter(Column::SessionNumber.eq(session));
    Ok(pending.filter(Column::CreatedAt.gt(since.milliseconds())).one(database).await?)
}

pub async fn confirmed_totp(database: &impl ConnectionTrait, user: UserId) -> Result<Option<totp_secret::Model>> {
    use totp_secret::{Column, Entity};
    Ok(Entity::find_by_id(user.0).filter(Column::ConfirmedAt.is_not_null()).one(database).await?)
}

/// Puts exactly this secret into force; not when another request did, or replaced it.
pub async fn confirm_totp(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SetUpFactor>,
    (held, row): (&Held, &totp_secret::Model),
    step: i64,
    now: Moment,
) -> Result<bool> {
    use totp_secret::{Column, Entity};
    let confirmed = Entity::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(now.milliseconds()))
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::UserId.eq(held.id().0))
        .filter(Column::ConfirmedAt.is_null())
        .filter(Column::Sealed.eq(row.sealed.clone()))
        .exec(database)
        .await?;
    Ok(confirmed.rows_affected == 1)
}

/// Uses a step up; not when it, or a later one, was used before.
pub async fn accept_step(database: &impl ConnectionTrait, user: UserId, step: i64) -> Result<bool> {
    use totp_secret::{Column, Entity};
    let accepted = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::ConfirmedAt.is_not_null())
        .filter(Column::LastStep.lt(step))
        .exec(database)
        .await?;
    Ok(accepted.rows_affected == 1)
}

/// Whether there was an app in force.
pub async fn delete_totp(database: &impl ConnectionTrait, _permit: &Permit<act::RemoveFactor>, user: UserId) -> Result<bool> {
    use totp_secret::{Column, Entity};
    let in_force = Entity::delete_many().filter(Column::UserId.eq(user.0)).filter(Column::ConfirmedAt.is_not_null());
    Ok(in_force.exec(database).await?.rows_affected == 1)
}

pub async fn forget_unconfirmed(database: &impl ConnectionTrait, before: Moment) -> Result<u64> {
    use totp_secret::{Column, Entity};
    let old = Entity::delete_many().filter(Column::ConfirmedAt.is_null()).filter(Column::CreatedAt.lte(before.milliseconds()));
    Ok(old.exec(database).await?.rows_affected)
}

pub async fn replace_codes(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SetUpFactor>,
    user: UserId,
    hashes: impl Iterator<Item = Vec<u8>>,
    now: Moment,
) -> Result<()> {
    use recovery_code::{ActiveModel, Entity};
    delete_codes(database, user).await?;
    let rows = hashes.map(|hash| ActiveModel {
        code_hash: Set(hash),
        user_id: Set(user.0),
        created_at: Set(now.milliseconds()),
        used_at: Set(None),
    });
    Entity::insert_many(rows).exec_without_returning(database).await?;
    Ok(())
}

pub async fn delete_codes(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user.0)).exec(database).await?;
    Ok(())
}

/// Uses a code up; not when it is nobody's, somebody else's, or was used before.
pub async fn use_code(database: &impl ConnectionTrait, user: UserId, hash: &[u8], now: Moment) -> Result<bool> {
    use recovery_code::{Column, Entity};
    let marked = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.milliseconds()))
        .filter(Column::CodeHash.eq(hash.to_vec()))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::UsedAt.is_null())
        .exec(database)
        .await?;
    Ok(marked.rows_affected == 1)
}

pub async fn codes_left(database: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    use recovery_code::{Column, Entity};
    Ok(Entity::find().filter(Column::UserId.eq(user.0)).filter(Column::UsedAt.is_null()).count(database).await?)
}

/// Takes everything away that stands beside the password.
pub async fn delete_all(database: &impl ConnectionTrait, _permit: &Permit<act::AdministerPerson>, user: UserId) -> Result<()> {
    totp_secret::Entity::delete_by_id(user.0).exec(database).await?;
    passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(user.0)).exec(database).await?;
    delete_codes(database, user).await
}
