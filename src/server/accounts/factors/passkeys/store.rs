//! Queries over the tables of passkeys and of the exchanges about them.

use std::time::Duration;

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use webauthn_rs::prelude::Passkey;

use super::ceremony::Purpose;
use crate::{
    accounts::model::{PasskeyBackup, PasskeyId, PasskeyName, PasskeyRecord, UserId},
    moment::Moment,
    policy::{Permit, act},
    server::{
        accounts::held::Held,
        entity::{
            ceremony,
            passkey::{ActiveModel, Column, Entity, Model},
            user,
        },
        error::{Error, Result},
    },
};

/// How long a passkey may take to answer.
const CEREMONY_LIFE: Duration = Duration::from_mins(5);

/// A passkey with what verifies its answers.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: PasskeyId,
    pub user: UserId,
    pub passkey: Passkey,
    /// As it was read: whoever changes it shows that nobody else has.
    credential: String,
}

impl Stored {
    fn of(row: Model) -> Result<Self> {
        let passkey =
            serde_json::from_str(&row.credential).map_err(|cause| Error::broken("a stored passkey cannot be read", cause))?;
        Ok(Self { id: PasskeyId(row.id), user: UserId(row.user_id), passkey, credential: row.credential })
    }
}

pub async fn records(database: &impl ConnectionTrait, user: UserId) -> Result<Vec<PasskeyRecord>> {
    let rows = Entity::find().filter(Column::UserId.eq(user.0)).order_by_asc(Column::Id).all(database).await?;
    let record = |row: Model| PasskeyRecord {
        id: PasskeyId(row.id),
        name: row.name,
        made: Moment::from_milliseconds(row.created_at),
        last_used: row.last_used_at.map(Moment::from_milliseconds),
        backup: PasskeyBackup::from_name(&row.backup),
    };
    Ok(rows.into_iter().map(record).collect())
}

pub async fn all_of(database: &impl ConnectionTrait, user: UserId) -> Result<Vec<Stored>> {
    let rows = Entity::find().filter(Column::UserId.eq(user.0)).order_by_asc(Column::Id).all(database).await?;
    rows.into_iter().map(Stored::of).collect()
}

pub async fn find(database: &impl ConnectionTrait, credential_id: &[u8]) -> Result<Option<Stored>> {
    let row = Entity::find().filter(Column::CredentialId.eq(credential_id.to_vec())).one(database).await?;
    row.map(Stored::of).transpose()
}

pub async fn count(database: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    Ok(Entity::find().filter(Column::UserId.eq(user.0)).count(database).await?)
}

/// Not when the credential is somebody's already.
pub async fn insert(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SetUpFactor>,
    held: &Held,
    name: &PasskeyName,
    passkey: &Passkey,
    now: Moment,
) -> Result<()> {
    let credential = written(passkey)?;
    let row = ActiveModel {
        id: NotSet,
        user_id: Set(held.id().0),
        credential_id: Set(passkey.cred_id().clone()),
        name: Set(name.as_str().to_owned()),
        backup: Set(backup_in(&credential).name().to_owned()),
        credential: Set(credential),
        created_at: Set(now.milliseconds()),
        last_used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

/// Notes a use, with the counter and the state of the backup as the authenticator told them; not when
/// another request noted one in the meantime.
pub async fn note_use(database: &impl ConnectionTrait, stored: &Stored, after: &Passkey, now: Moment) -> Result<bool> {
    let credential = written(after)?;
    let noted = Entity::update_many()
        .col_expr(Column::Backup, Expr::value(backup_in(&credential).name()))
        .col_expr(Column::Credential, Expr::value(credential))
        .col_expr(Column::LastUsedAt, Expr::value(now.milliseconds()))
        .filter(Column::Id.eq(stored.id.0))
        .filter(Column::Credential.eq(stored.credential.clone()))
        .exec(database)
        .await?;
    Ok(noted.rows_affected == 1)
}

/// The old name.
pub async fn rename(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SetUpFactor>,
    (user, id): (UserId, PasskeyId),
    name: &PasskeyName,
) -> Result<Option<String>> {
    let Some(row) = owned(user, id).one(database).await? else { return Ok(None) };
    let renamed = Entity::update_many().col_expr(Column::Name, Expr::value(name.as_str())).filter(Column::Id.eq(id.0));
    renamed.exec(database).await?;
    Ok(Some(row.name))
}

/// The name of the passkey that went; nothing where another request removed it, or it is somebody else's.
pub async fn delete(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::RemoveFactor>,
    user: UserId,
    id: PasskeyId,
) -> Result<Option<String>> {
    let Some(row) = owned(user, id).one(database).await? else { return Ok(None) };
    let deleted = Entity::delete_many().filter(Column::Id.eq(id.0)).filter(Column::UserId.eq(user.0)).exec(database).await?;
    Ok((deleted.rows_affected == 1).then_some(row.name))
}

fn owned(user: UserId, id: PasskeyId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::UserId.eq(user.0))
}

/// The number that authenticators know an account by: random, so that it tells nothing. The first one
/// that is stored stays.
pub async fn handle(database: &impl ConnectionTrait, user: UserId, fresh: [u8; 16]) -> Result<[u8; 16]> {
    user::Entity::update_many()
        .col_expr(user::Column::PasskeyHandle, Expr::value(fresh.to_vec()))
        .filter(user::Column::Id.eq(user.0))
        .filter(user::Column::PasskeyHandle.is_null())
        .exec(database)
        .await?;
    let row = user::Entity::find_by_id(user.0).one(database).await?;
    let handle = row.and_then(|row| row.passkey_handle).and_then(|handle| handle.try_into().ok());
    handle.ok_or_else(|| Error::broken("an account has no handle for passkeys", user))
}

pub async fn begin(
    database: &impl ConnectionTrait,
    token_hash: &[u8],
    (purpose, user): (Purpose, Option<UserId>),
    state: String,
    now: Moment,
) -> Result<()> {
    let row = ceremony::ActiveModel {
        token_hash: Set(token_hash.to_vec()),
        purpose: Set(purpose.name().to_owned()),
        user_id: Set(user.map(|user| user.0)),
        state: Set(state),
        ends_at: Set(now.after(CEREMONY_LIFE).milliseconds()),
    };
    ceremony::Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

/// The state of an exchange, which is over with that; nothing when another request has taken it, or it
/// is for something or somebody else.
pub async fn take(
    database: &impl ConnectionTrait,
    token_hash: &[u8],
    (purpose, user): (Purpose, Option<UserId>),
    now: Moment,
) -> Result<Option<String>> {
    let Some(row) = ceremony::Entity::find_by_id(token_hash.to_vec()).one(database).await? else { return Ok(None) };
    let taken = ceremony::Entity::delete_by_id(token_hash.to_vec()).exec(database).await?;
    let is_it = row.purpose == purpose.name() && row.user_id == user.map(|user| user.0) && row.ends_at > now.milliseconds();
    Ok((taken.rows_affected == 1 && is_it).then_some(row.state))
}

pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    let over = ceremony::Entity::delete_many().filter(ceremony::Column::EndsAt.lte(now.milliseconds()));
    Ok(over.exec(database).await?.rows_affected)
}

fn written(passkey: &Passkey) -> Result<String> {
    serde_json::to_string(passkey).map_err(|cause| Error::broken("a passkey cannot be written down", cause))
}

/// The library keeps it to itself, but writes it down.
fn backup_in(credential: &str) -> PasskeyBackup {
    let value: serde_json::Value = serde_json::from_str(credential).unwrap_or_default();
    PasskeyBackup::of(value["cred"]["backup_state"].as_bool().unwrap_or_default())
}
