//! Challenges that were used. Inserting decides who was first.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::OnConflict};
use sha2::{Digest, Sha256};

use crate::{
    moment::Moment,
    server::{
        entity::solved_challenge::{ActiveModel, Column, Entity},
        error::Result,
    },
};

/// Whether nobody has used it before.
pub async fn use_up(database: &impl ConnectionTrait, challenge: &str, ends: Moment) -> Result<bool> {
    let row = ActiveModel { challenge_hash: Set(hash(challenge)), ends_at: Set(ends.milliseconds()) };
    let once = OnConflict::column(Column::ChallengeHash).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(once).exec_without_returning(database).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub async fn forget(database: &impl ConnectionTrait, challenge: &str) -> Result<()> {
    Entity::delete_by_id(hash(challenge)).exec(database).await?;
    Ok(())
}

pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::EndsAt.lte(now.milliseconds())).exec(database).await?.rows_affected)
}

fn hash(challenge: &str) -> Vec<u8> {
    Sha256::digest(challenge).to_vec()
}
