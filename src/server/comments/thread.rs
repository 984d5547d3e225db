//! The order of a thread, what of it can be seen, and which places stay.
//!
//! A comment that cannot be seen keeps its place while a reply below it has one. `replies` counts
//! the direct replies that have a place, so that the question never needs a walk through the thread;
//! the counting walks up instead, when a place comes or goes.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    comments::model::{CommentId, CommentState, ThreadEntry, ThreadPage, ThreadPath, ThreadPosition},
    discussions::model::DiscussionId,
    policy::Sight,
    server::{
        entity::{
            comment::{Column, Entity, Relation},
            discussion,
        },
        error::Result,
    },
};

use super::{PAGE, store};

/// The one predicate of what is shown of a thread.
fn shown_to(sight: Sight) -> Condition {
    let keeps_place = Column::Replies.gt(0);
    match sight {
        Sight::Public => Condition::any().add(Column::State.eq(CommentState::Visible.name())).add(keeps_place),
        Sight::Moderation => Condition::any().add(Column::State.ne(CommentState::Deleted.name())).add(keeps_place),
    }
}

pub async fn page(
    database: &impl ConnectionTrait,
    discussion: DiscussionId,
    sight: Sight,
    position: &ThreadPosition,
) -> Result<ThreadPage> {
    let range = match position {
        ThreadPosition::Beginning => Condition::all(),
        ThreadPosition::From(path) => Condition::all().add(Column::Path.gte(path.as_bytes().to_vec())),
        ThreadPosition::After(path) => Condition::all().add(Column::Path.gt(path.as_bytes().to_vec())),
        ThreadPosition::Before(path) => Condition::all().add(Column::Path.lt(path.as_bytes().to_vec())),
    };
    let order = if matches!(position, ThreadPosition::Before(_)) { Order::Desc } else { Order::Asc };
    let query = store::comments()
        .filter(Column::DiscussionId.eq(discussion.0))
        .filter(range)
        .filter(shown_to(sight))
        .order_by(Column::Path, order.clone())
        .limit(PAGE as u64 + 1);
    let mut rows = query.into_model::<store::Row>().all(database).await?;
    let is_cut = rows.len() > PAGE;
    rows.truncate(PAGE);
    let backwards = order == Order::Desc;
    if backwards {
        rows.reverse();
    }
    let first = rows.first().map(store::Row::path);
    let last = rows.last().map(store::Row::path);
    let (has_before, has_after) = match position {
        ThreadPosition::Beginning => (false, is_cut),
        ThreadPosition::Before(_) => (is_cut, true),
        ThreadPosition::From(_) | ThreadPosition::After(_) => (true, is_cut),
    };
    let entries = rows.into_iter().map(|row| entry_of(row, sight)).collect::<Result<Vec<_>>>()?;
    Ok(ThreadPage { entries, before: first.filter(|_| has_before), after: last.filter(|_| has_after) })
}

fn entry_of(row: store::Row, sight: Sight) -> Result<ThreadEntry> {
    let comment = row.into_comment()?;
    let is_seen = match sight {
        Sight::Public => comment.state == CommentState::Visible,
        Sight::Moderation => comment.state != CommentState::Deleted,
    };
    if is_seen {
        return Ok(ThreadEntry::Comment(Box::new(comment)));
    }
    Ok(ThreadEntry::Placeholder { id: comment.id, number: comment.number, depth: comment.depth, state: comment.state })
}

/// The discussion and the path of a comment that has a place for this visitor.
pub async fn find_path(database: &impl ConnectionTrait, id: CommentId, sight: Sight) -> Result<Option<(DiscussionId, ThreadPath)>> {
    let row: Option<(i64, Vec<u8>)> = Entity::find()
        .select_only()
        .columns([Column::DiscussionId, Column::Path])
        .join(JoinType::InnerJoin, Relation::Discussion.def())
        .filter(discussion::Column::DeletedAt.is_null())
        .filter(Column::Id.eq(id.0))
        .filter(shown_to(sight))
        .into_tuple()
        .one(database)
        .await?;
    Ok(row.map(|(discussion, path)| (DiscussionId(discussion), ThreadPath::from_bytes(path))))
}

/// The first page when the comment is on it, else a page that has it in the middle.
pub async fn position_around(
    database: &impl ConnectionTrait,
    discussion: DiscussionId,
    sight: Sight,
    path: &ThreadPath,
) -> Result<ThreadPosition> {
    let before: Vec<Vec<u8>> = Entity::find()
        .select_only()
        .column(Column::Path)
        .filter(Column::DiscussionId.eq(discussion.0))
        .filter(Column::Path.lt(path.as_bytes().to_vec()))
        .filter(shown_to(sight))
        .order_by_desc(Column::Path)
        .limit(PAGE as u64)
        .into_tuple()
        .all(database)
        .await?;
    let is_on_first_page = before.len() < PAGE;
    let middle = before.into_iter().nth(PAGE / 2).filter(|_| !is_on_first_page);
    Ok(middle.map_or(ThreadPosition::Beginning, |path| ThreadPosition::From(ThreadPath::from_bytes(path))))
}

/// A reply with a place came below this comment. If that gives the comment a place of its own, its
/// parent gains one in turn.
pub async fn gain_reply(database: &impl ConnectionTrait, id: CommentId) -> Result<()> {
    let mut next = Some(id);
    while let Some(id) = next {
        let Some(place) = place(database, id).await? else { return Ok(()) };
        count_replies(database, id, 1).await?;
        next = place.parent.filter(|_| place.state != CommentState::Visible && place.replies == 0);
    }
    Ok(())
}

/// A comment came back into sight: without replies it had no place until now.
pub async fn gain_place(database: &impl ConnectionTrait, id: CommentId) -> Result<()> {
    match place(database, id).await? {
        Some(Place { parent: Some(parent), replies: 0, .. }) => gain_reply(database, parent).await,
        _ => Ok(()),
    }
}

/// A comment went out of sight: without replies its place goes too, and so may those above it.
pub async fn lose_place(database: &impl ConnectionTrait, id: CommentId) -> Result<()> {
    let mut next = place(database, id).await?.filter(|place| place.replies == 0).and_then(|place| place.parent);
    while let Some(id) = next {
        count_replies(database, id, -1).await?;
        let Some(place) = place(database, id).await? else { return Ok(()) };
        next = place.parent.filter(|_| place.state != CommentState::Visible && place.replies == 0);
    }
    Ok(())
}

struct Place {
    parent: Option<CommentId>,
    state: CommentState,
    replies: i64,
}

async fn place(database: &impl ConnectionTrait, id: CommentId) -> Result<Option<Place>> {
    let row: Option<(Option<i64>, String, i64)> = Entity::find()
        .select_only()
        .columns([Column::ParentId, Column::State, Column::Replies])
        .filter(Column::Id.eq(id.0))
        .into_tuple()
        .one(database)
        .await?;
    Ok(row.map(|(parent, state, replies)| Place { parent: parent.map(CommentId), state: store::state_of(&state), replies }))
}

async fn count_replies(database: &impl ConnectionTrait, id: CommentId, by: i64) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Replies, Expr::col(Column::Replies).add(by))
        .filter(Column::Id.eq(id.0))
        .exec(database)
        .await?;
    Ok(())
}
