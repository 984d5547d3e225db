//! Bringing stored openings up to the rules of today.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    discussions::model::DiscussionId,
    server::{
        entity::discussion::{Column, Entity},
        error::Result,
        prose,
    },
};

/// Renders the openings after `after` anew, at most `most` of them; returns those it did.
pub async fn rerender(database: &impl ConnectionTrait, after: DiscussionId, most: u64) -> Result<Vec<DiscussionId>> {
    let rows: Vec<(i64, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Opening])
        .filter(Column::Id.gt(after.0))
        .filter(Column::ProseRules.ne(prose::RULES))
        .order_by_asc(Column::Id)
        .limit(most)
        .into_tuple()
        .all(database)
        .await?;
    let mut done = Vec::with_capacity(rows.len());
    for (id, opening) in rows {
        Entity::update_many()
            .col_expr(Column::OpeningHtml, Expr::value(prose::render(&opening).as_str()))
            .col_expr(Column::ProseRules, Expr::value(prose::RULES))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::Id.eq(id))
            .exec(database)
            .await?;
        done.push(DiscussionId(id));
    }
    Ok(done)
}

pub async fn count_outdated(database: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().filter(Column::ProseRules.ne(prose::RULES)).count(database).await?)
}
