//! Queries over the table `invitations`.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

use crate::{
    accounts::model::{InvitationNote, InvitationRecord, UserId, Username},
    moment::Moment,
    policy::{Permit, act},
    server::{
        entity::{
            invitation::{ActiveModel, Column, Entity, Model},
            user,
        },
        error::{Error, Result},
    },
    valid::Value,
};

/// Invitations that the dashboard lists.
const LISTED: u64 = 50;

/// The number of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationId(pub i64);

pub struct New<'a> {
    pub code_hash: Vec<u8>,
    pub by: UserId,
    pub note: &'a InvitationNote,
    pub uses: u32,
    pub ends: Moment,
    pub now: Moment,
}

pub async fn insert(database: &impl ConnectionTrait, _permit: &Permit<act::Invite>, new: New<'_>) -> Result<()> {
    let uses = i32::try_from(new.uses).unwrap_or(i32::MAX);
    let row = ActiveModel {
        id: NotSet,
        code_hash: Set(new.code_hash),
        made_by: Set(new.by.0),
        note: Set(new.note.as_str().to_owned()),
        uses: Set(uses),
        uses_left: Set(uses),
        created_at: Set(new.now.milliseconds()),
        ends_at: Set(new.ends.milliseconds()),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

/// Ends an invitation now; returns what it was for.
pub async fn withdraw(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::Invite>,
    id: InvitationId,
    now: Moment,
) -> Result<Option<String>> {
    let Some(found) = Entity::find_by_id(id.0).one(database).await? else { return Ok(None) };
    Entity::update_many()
        .col_expr(Column::EndsAt, Expr::value(now.milliseconds()))
        .filter(Column::Id.eq(id.0))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .exec(database)
        .await?;
    Ok(Some(found.note))
}

fn in_force(code_hash: &[u8], now: Moment) -> Select<Entity> {
    Entity::find()
        .filter(Column::CodeHash.eq(code_hash.to_vec()))
        .filter(Column::UsesLeft.gt(0))
        .filter(Column::EndsAt.gt(now.milliseconds()))
}

pub async fn is_in_force(database: &impl ConnectionTrait, code_hash: &[u8], now: Moment) -> Result<bool> {
    Ok(in_force(code_hash, now).count(database).await? > 0)
}

/// Whether there was a use left; it is this account's now.
pub async fn consume(database: &impl ConnectionTrait, code_hash: &[u8], user: UserId, now: Moment) -> Result<bool> {
    let Some(invitation) = in_force(code_hash, now).one(database).await? else { return Ok(false) };
    let taken = Entity::update_many()
        .col_expr(Column::UsesLeft, Expr::col(Column::UsesLeft).sub(1))
        .filter(Column::Id.eq(invitation.id))
        .filter(Column::UsesLeft.gt(0))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .exec(database)
        .await?;
    if taken.rows_affected != 1 {
        return Ok(false);
    }
    user::Entity::update_many()
        .col_expr(user::Column::InvitationId, Expr::value(invitation.id))
        .filter(user::Column::Id.eq(user.0))
        .exec(database)
        .await?;
    Ok(true)
}

pub async fn list(database: &impl ConnectionTrait) -> Result<Vec<InvitationRecord>> {
    let rows = Entity::find().order_by_desc(Column::Id).limit(LISTED).all(database).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let makers: Vec<i64> = rows.iter().map(|row| row.made_by).collect();
    let concerned = user::Column::InvitationId.is_in(ids).or(user::Column::Id.is_in(makers));
    let people = user::Entity::find().filter(concerned).order_by_asc(user::Column::Id).all(database).await?;
    let names = people.iter().map(|user| Ok((user.id, name_of(user)?))).collect::<Result<HashMap<_, _>>>()?;
    rows.into_iter().map(|row| record(row, &people, &names)).collect()
}

fn record(row: Model, people: &[user::Model], names: &HashMap<i64, Username>) -> Result<InvitationRecord> {
    let name = |id: i64| names.get(&id).cloned().ok_or_else(|| Error::broken("an invitation was made by nobody", row.id));
    let joined = people.iter().filter(|user| user.invitation_id == Some(row.id));
    Ok(InvitationRecord {
        id: row.id,
        made_by: name(row.made_by)?,
        made: Moment::from_milliseconds(row.created_at),
        ends: Moment::from_milliseconds(row.ends_at),
        uses: u32::try_from(row.uses).unwrap_or_default(),
        uses_left: u32::try_from(row.uses_left).unwrap_or_default(),
        joined: joined.map(|user| Ok((UserId(user.id), name(user.id)?))).collect::<Result<_>>()?,
        note: row.note,
    })
}

fn name_of(user: &user::Model) -> Result<Username> {
    Username::parse(&user.name).map_err(|_| Error::broken("a stored user name is not one", user.id))
}

pub async fn inviter(database: &impl ConnectionTrait, id: InvitationId) -> Result<Option<Username>> {
    let Some(invitation) = Entity::find_by_id(id.0).one(database).await? else { return Ok(None) };
    let maker = user::Entity::find_by_id(invitation.made_by).one(database).await?;
    maker.as_ref().map(name_of).transpose()
}
