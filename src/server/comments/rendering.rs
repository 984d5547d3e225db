//! Bringing stored comments up to the rules of today.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use crate::{
    comments::model::CommentId,
    server::{
        entity::comment::{Column, Entity},
        error::Result,
        prose,
    },
};

/// Renders the comments after `after` anew, at most `most` of them; returns those it did.
pub async fn rerender(database: &impl ConnectionTrait, after: CommentId, most: u64) -> Result<Vec<CommentId>> {
    let rows: Vec<(i64, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Body])
        .filter(Column::Id.gt(after.0))
        .filter(Column::ProseRules.ne(prose::RULES))
        .order_by_asc(Column::Id)
        .limit(most)
        .into_tuple()
        .all(database)
        .await?;
    let mut done = Vec::with_capacity(rows.len());
    for (id, body) in rows {
        Entity::update_many()
            .col_expr(Column::BodyHtml, Expr::value(prose::render(&body).as_str()))
            .col_expr(Column::ProseRules, Expr::value(prose::RULES))
            .filter(Column::Id.eq(id))
            .exec(database)
            .await?;
        done.push(CommentId(id));
    }
    Ok(done)
}

pub async fn count_outdated(database: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().filter(Column::ProseRules.ne(prose::RULES)).count(database).await?)
}
