//! Queries over the comments of one author.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use crate::{
    accounts::model::UserId,
    comments::model::{CommentId, CommentState},
    discussions::model::DiscussionId,
    moment::Moment,
    policy::{Permit, act},
    server::{
        comments::store::state_of,
        entity::{
            comment::{Column, Entity},
            discussion,
        },
        error::Result,
    },
};

/// A comment as its author takes it along.
#[derive(Clone, Debug)]
pub struct OwnComment {
    pub id: CommentId,
    pub discussion: DiscussionId,
    /// Not of a discussion of somebody else's that is gone.
    pub discussion_title: Option<String>,
    pub state: CommentState,
    /// As typed.
    pub body: String,
    /// Rendered and sanitised.
    pub body_html: String,
    pub written: Moment,
    pub edited: Option<Moment>,
    /// Why it was hidden or deleted, where a moderator did it.
    pub reason: Option<String>,
}

pub async fn everything_by(database: &impl ConnectionTrait, author: UserId) -> Result<Vec<OwnComment>> {
    let query = Entity::find().filter(Column::AuthorId.eq(author.0)).order_by_asc(Column::Id);
    let rows = query.find_also_related(discussion::Entity).all(database).await?;
    let comments = rows.into_iter().map(|(row, discussion)| OwnComment {
        id: CommentId(row.id),
        discussion: DiscussionId(row.discussion_id),
        discussion_title: discussion
            .filter(|found| found.deleted_at.is_none() || found.author_id == author.0)
            .map(|found| found.title),
        state: state_of(&row.state),
        body: row.body,
        body_html: row.body_html,
        written: Moment::from_milliseconds(row.created_at),
        edited: row.edited_at.map(Moment::from_milliseconds),
        reason: row.reason,
    });
    Ok(comments.collect())
}

/// The comments that still have their words.
pub async fn remaining_of(
    database: &impl ConnectionTrait,
    author: UserId,
) -> Result<Vec<(CommentId, DiscussionId, CommentState)>> {
    let rows: Vec<(i64, i64, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::DiscussionId, Column::State])
        .filter(Column::AuthorId.eq(author.0))
        .filter(Column::State.ne(CommentState::Deleted.name()))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|(id, discussion, state)| (CommentId(id), DiscussionId(discussion), state_of(&state))).collect())
}

pub async fn empty(database: &impl ConnectionTrait, _permit: &Permit<act::EraseAccount>, id: CommentId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(CommentState::Deleted.name()))
        .col_expr(Column::Body, Expr::value(""))
        .col_expr(Column::BodyHtml, Expr::value(""))
        .filter(Column::Id.eq(id.0))
        .exec(database)
        .await?;
    Ok(())
}
