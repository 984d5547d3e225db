//! Queries over the table `known_browsers`.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    accounts::model::UserId,
    moment::Moment,
    server::{
        entity::known_browser::{ActiveModel, Column, Entity},
        error::Result,
    },
};

pub async fn is_known(database: &impl ConnectionTrait, token_hash: &[u8], user: UserId, since: Moment) -> Result<bool> {
    let found = Entity::find_by_id((token_hash.to_vec(), user.0)).filter(Column::LastSeenAt.gt(since.milliseconds()));
    Ok(found.count(database).await? > 0)
}

pub async fn has_any(database: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    Ok(Entity::find().filter(Column::UserId.eq(user.0)).count(database).await? > 0)
}

pub async fn remember(database: &impl ConnectionTrait, token_hash: &[u8], user: UserId, agent: &str, now: Moment) -> Result<()> {
    let row = ActiveModel {
        token_hash: Set(token_hash.to_vec()),
        user_id: Set(user.0),
        agent: Set(agent.to_owned()),
        created_at: Set(now.milliseconds()),
        last_seen_at: Set(now.milliseconds()),
    };
    let again =
        OnConflict::columns([Column::TokenHash, Column::UserId]).update_columns([Column::Agent, Column::LastSeenAt]).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(database).await?;
    Ok(())
}

pub async fn forget_all(database: &impl ConnectionTrait, user: UserId, but: Option<Vec<u8>>) -> Result<()> {
    let mut browsers = Entity::delete_many().filter(Column::UserId.eq(user.0));
    if let Some(kept) = but {
        browsers = browsers.filter(Column::TokenHash.ne(kept));
    }
    browsers.exec(database).await?;
    Ok(())
}

pub async fn sweep(database: &impl ConnectionTrait, before: Moment) -> Result<u64> {
    let old = Entity::delete_many().filter(Column::LastSeenAt.lte(before.milliseconds()));
    Ok(old.exec(database).await?.rows_affected)
}
