//! Queries over the discussions of one author.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    accounts::model::UserId,
    discussions::model::DiscussionId,
    moment::Moment,
    policy::{Permit, act},
    server::{
        entity::discussion::{Column, Entity},
        error::Result,
    },
};

/// A discussion as its author takes it along.
#[derive(Clone, Debug)]
pub struct OwnDiscussion {
    pub id: DiscussionId,
    pub title: String,
    /// As typed.
    pub opening: String,
    /// Rendered and sanitised.
    pub opening_html: String,
    pub started: Moment,
    pub edited: Option<Moment>,
    pub deleted: Option<Moment>,
}

pub async fn everything_by(database: &impl ConnectionTrait, author: UserId) -> Result<Vec<OwnDiscussion>> {
    let rows = Entity::find().filter(Column::AuthorId.eq(author.0)).order_by_asc(Column::Id).all(database).await?;
    let discussions = rows.into_iter().map(|row| OwnDiscussion {
        id: DiscussionId(row.id),
        title: row.title,
        opening: row.opening,
        opening_html: row.opening_html,
        started: Moment::from_milliseconds(row.created_at),
        edited: row.edited_at.map(Moment::from_milliseconds),
        deleted: row.deleted_at.map(Moment::from_milliseconds),
    });
    Ok(discussions.collect())
}

pub async fn empty_openings(database: &impl ConnectionTrait, _permit: &Permit<act::EraseAccount>, author: UserId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Opening, Expr::value(""))
        .col_expr(Column::OpeningHtml, Expr::value(""))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::AuthorId.eq(author.0))
        .exec(database)
        .await?;
    Ok(())
}

pub async fn delete_unanswered(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::EraseAccount>,
    author: UserId,
    now: Moment,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(now.milliseconds()))
        .filter(Column::AuthorId.eq(author.0))
        .filter(Column::VisibleComments.eq(0))
        .filter(Column::DeletedAt.is_null())
        .exec(database)
        .await?;
    Ok(())
}
