//! Queries over the table `comments` that are not about its order; those are in `thread.rs`.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, Select,
    sea_query::Expr,
};

use crate::{
    accounts::model::{UserId, Username},
    comments::model::{Comment, CommentBody, CommentId, CommentState, ListedComment, ModerationReason, ThreadPath},
    discussions::model::{DiscussionId, Title},
    error::AppError,
    moment::{Day, Moment},
    policy::{Granted, Permit, act},
    server::{
        count,
        entity::{
            comment::{ActiveModel, Column, Entity, Relation},
            discussion, user,
        },
        error::{Error, Result},
        prose::{self, Rendered},
        search,
    },
    valid::Value,
};

use super::moderation::{Filter, PAGE};

/// A row with its author's name, without the text as typed.
#[derive(FromQueryResult)]
pub struct Row {
    id: i64,
    discussion_id: i64,
    parent_id: Option<i64>,
    author_id: i64,
    author_name: String,
    number: i64,
    path: Vec<u8>,
    state: String,
    body_html: String,
    reason: Option<String>,
    created_at: i64,
    edited_at: Option<i64>,
}

impl Row {
    pub fn path(&self) -> ThreadPath {
        ThreadPath::from_bytes(self.path.clone())
    }

    pub fn into_comment(self) -> Result<Comment> {
        let author_name =
            Username::parse(&self.author_name).map_err(|_| Error::broken("a stored user name is not one", self.author_id))?;
        Ok(Comment {
            id: CommentId(self.id),
            discussion: DiscussionId(self.discussion_id),
            parent: self.parent_id.map(CommentId),
            author: UserId(self.author_id),
            author_name,
            number: u32::try_from(self.number).unwrap_or(u32::MAX),
            depth: ThreadPath::from_bytes(self.path).depth(),
            state: state_of(&self.state),
            body_html: self.body_html,
            written: Moment::from_milliseconds(self.created_at),
            edited: self.edited_at.map(Moment::from_milliseconds),
            reason: self.reason,
        })
    }
}

/// A state that nobody knows is shown to nobody.
pub fn state_of(name: &str) -> CommentState {
    CommentState::from_name(name).unwrap_or(CommentState::Deleted)
}

/// Comments of discussions that are not deleted, with their authors' names.
pub fn comments() -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::DiscussionId,
            Column::ParentId,
            Column::AuthorId,
            Column::Number,
            Column::Path,
            Column::State,
            Column::BodyHtml,
            Column::Reason,
            Column::CreatedAt,
            Column::EditedAt,
        ])
        .column_as(user::Column::Name, "author_name")
        .join(JoinType::InnerJoin, Relation::Author.def())
}

fn in_live_discussions(query: Select<Entity>) -> Select<Entity> {
    query.join(JoinType::InnerJoin, Relation::Discussion.def()).filter(discussion::Column::DeletedAt.is_null())
}

pub async fn find(database: &impl ConnectionTrait, id: CommentId) -> Result<Option<Comment>> {
    let row = in_live_discussions(comments()).filter(Column::Id.eq(id.0)).into_model::<Row>().one(database).await?;
    row.map(Row::into_comment).transpose()
}

/// The text as typed.
pub async fn body(database: &impl ConnectionTrait, id: CommentId) -> Result<Option<String>> {
    Ok(Entity::find().select_only().column(Column::Body).filter(Column::Id.eq(id.0)).into_tuple().one(database).await?)
}

pub async fn find_once(database: &impl ConnectionTrait, once: &str) -> Result<Option<CommentId>> {
    let id: Option<i64> =
        Entity::find().select_only().column(Column::Id).filter(Column::OnceKey.eq(once)).into_tuple().one(database).await?;
    Ok(id.map(CommentId))
}

#[derive(FromQueryResult)]
struct ListedRow {
    #[sea_orm(nested)]
    comment: Row,
    discussion_title: String,
}

impl ListedRow {
    fn into_listed(self) -> Result<ListedComment> {
        let discussion_title = Title::parse(&self.discussion_title)
            .map_err(|_| Error::broken("a stored title is not one", self.comment.discussion_id))?;
        Ok(ListedComment { comment: self.comment.into_comment()?, discussion_title })
    }
}

async fn listed(database: &impl ConnectionTrait, query: Select<Entity>, most: u64) -> Result<Vec<ListedComment>> {
    let query = in_live_discussions(query).column_as(discussion::Column::Title, "discussion_title");
    let rows = query.order_by_desc(Column::Id).limit(most).into_model::<ListedRow>().all(database).await?;
    rows.into_iter().map(ListedRow::into_listed).collect()
}

/// One more than a page of what everybody may see of a person's comments.
pub async fn said_by(database: &impl ConnectionTrait, author: UserId, before: Option<CommentId>) -> Result<Vec<ListedComment>> {
    let mut query = comments().filter(Column::AuthorId.eq(author.0)).filter(Column::State.eq(CommentState::Visible.name()));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before.0));
    }
    listed(database, query, PAGE + 1).await
}

/// What moderators took out of sight or deleted of a person's comments, the newest first.
pub async fn taken_down(database: &impl ConnectionTrait, author: UserId, most: u64) -> Result<Vec<ListedComment>> {
    let query = comments().filter(Column::AuthorId.eq(author.0)).filter(Column::State.ne(CommentState::Visible.name()));
    listed(database, query.filter(Column::Reason.is_not_null()), most).await
}

pub async fn count_by(database: &impl ConnectionTrait, author: UserId) -> Result<u64> {
    let query = in_live_discussions(Entity::find()).filter(Column::AuthorId.eq(author.0));
    Ok(query.filter(Column::State.eq(CommentState::Visible.name())).count(database).await?)
}

/// What the dashboard's filter lets through, the newest first.
pub async fn filtered(database: &impl ConnectionTrait, filter: &Filter, most: u64) -> Result<Vec<ListedComment>> {
    let mut query = comments().filter(search::holds(&[Column::Body], &filter.text));
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.name()));
    }
    if let Some(author) = filter.author {
        query = query.filter(Column::AuthorId.eq(author.0));
    }
    if let Some(before) = filter.before {
        query = query.filter(Column::Id.lt(before.0));
    }
    listed(database, query, most).await
}

/// How many comments are in each state that occurs.
pub async fn count_by_state(database: &impl ConnectionTrait) -> Result<Vec<(CommentState, u64)>> {
    let query = in_live_discussions(Entity::find().select_only())
        .column(Column::State)
        .expr_as(Column::Id.count(), "number")
        .group_by(Column::State);
    let rows: Vec<(String, i64)> = query.into_tuple().all(database).await?;
    Ok(rows.into_iter().map(|(state, number)| (state_of(&state), u64::try_from(number).unwrap_or_default())).collect())
}

/// How many comments were written on each day since a moment, whatever became of them; days without any are left out.
pub async fn count_by_day(database: &impl ConnectionTrait, since: Moment) -> Result<Vec<(Day, u64)>> {
    let query = Entity::find().filter(Column::CreatedAt.gte(since.milliseconds()));
    Ok(count::by_day(database, query, Column::CreatedAt).await?)
}

pub async fn said_since(database: &impl ConnectionTrait, author: UserId, since: Moment, most: u64) -> Result<Vec<Moment>> {
    let moments: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::AuthorId.eq(author.0))
        .filter(Column::CreatedAt.gt(since.milliseconds()))
        .order_by_desc(Column::CreatedAt)
        .limit(most)
        .into_tuple()
        .all(database)
        .await?;
    Ok(moments.into_iter().map(Moment::from_milliseconds).collect())
}

/// A comment about to be written.
pub struct Saying<'a> {
    pub discussion: DiscussionId,
    pub parent: Option<CommentId>,
    pub number: i64,
    pub path: &'a ThreadPath,
    pub body: &'a CommentBody,
    pub html: &'a Rendered,
    pub once: &'a str,
}

pub async fn insert(
    database: &impl ConnectionTrait,
    granted: &Granted<act::PublishComment>,
    saying: &Saying<'_>,
    now: Moment,
) -> Result<CommentId> {
    let row = ActiveModel {
        id: NotSet,
        discussion_id: Set(saying.discussion.0),
        parent_id: Set(saying.parent.map(|parent| parent.0)),
        author_id: Set(granted.person.id.0),
        number: Set(saying.number),
        path: Set(saying.path.as_bytes().to_vec()),
        state: Set(CommentState::Visible.name().to_owned()),
        replies: Set(0),
        body: Set(saying.body.as_str().to_owned()),
        body_html: Set(saying.html.as_str().to_owned()),
        prose_rules: Set(prose::RULES),
        once_key: Set(saying.once.to_owned()),
        reason: Set(None),
        created_at: Set(now.milliseconds()),
        edited_at: Set(None),
    };
    Ok(CommentId(Entity::insert(row).exec(database).await?.last_insert_id))
}

pub async fn update(
    database: &impl ConnectionTrait,
    _granted: &Granted<act::EditComment>,
    id: CommentId,
    (body, html): (&CommentBody, &Rendered),
    now: Moment,
) -> Result<()> {
    let columns = [
        (Column::Body, Expr::value(body.as_str())),
        (Column::BodyHtml, Expr::value(html.as_str())),
        (Column::ProseRules, Expr::value(prose::RULES)),
        (Column::EditedAt, Expr::value(now.milliseconds())),
    ];
    change(database, id, CommentState::Visible, &columns).await
}

/// Takes the words away; the row stays, for its place.
pub async fn delete(database: &impl ConnectionTrait, _permit: &Permit<act::DeleteComment>, id: CommentId) -> Result<()> {
    change(database, id, CommentState::Visible, &emptied()).await
}

/// Moves a comment from one state to another; deleting takes the words away.
pub async fn set_state(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::ModerateComments>,
    id: CommentId,
    (from, to): (CommentState, CommentState),
    reason: &ModerationReason,
) -> Result<()> {
    let kept_reason = (to != CommentState::Visible).then(|| reason.as_str());
    let mut columns = vec![(Column::State, Expr::value(to.name())), (Column::Reason, Expr::value(kept_reason))];
    if to == CommentState::Deleted {
        columns = emptied().into_iter().chain([(Column::Reason, Expr::value(kept_reason))]).collect();
    }
    change(database, id, from, &columns).await
}

fn emptied() -> Vec<(Column, Expr)> {
    vec![
        (Column::State, Expr::value(CommentState::Deleted.name())),
        (Column::Body, Expr::value("")),
        (Column::BodyHtml, Expr::value("")),
    ]
}

/// Changes a comment that is still in the state it was found in.
async fn change(database: &impl ConnectionTrait, id: CommentId, from: CommentState, columns: &[(Column, Expr)]) -> Result<()> {
    let mut update = Entity::update_many().filter(Column::Id.eq(id.0)).filter(Column::State.eq(from.name()));
    for (column, value) in columns {
        update = update.col_expr(*column, value.clone());
    }
    match update.exec(database).await?.rows_affected {
        0 => Err(AppError::Conflict(crate::error::Conflict::ChangedMeanwhile).into()),
        _ => Ok(()),
    }
}
