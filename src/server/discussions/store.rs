//! Queries over the table `discussions`. A deleted one is not there for anybody.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    accounts::model::{UserId, Username},
    discussions::model::{Discussion, DiscussionId, DiscussionSummary, Opening, Openness, Prominence, Title},
    error::AppError,
    moment::Moment,
    policy::{Granted, Permit, act},
    server::{
        entity::{
            discussion::{ActiveModel, Column, Entity, Relation},
            user,
        },
        error::{Error, Result},
        prose::{self, Rendered},
        search,
    },
    valid::Value,
};

/// Discussions on one page.
pub const PAGE: usize = 30;

/// Where a page of the list begins: after this activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    last_activity: i64,
    id: i64,
}

impl Cursor {
    #[must_use]
    pub fn after(summary: &DiscussionSummary) -> Self {
        Self { last_activity: summary.last_activity.milliseconds(), id: summary.id.0 }
    }

    /// As it stands in an address.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{}-{}", self.last_activity, self.id)
    }

    /// Reads what [`Self::to_text`] wrote; anything else is no cursor.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (last_activity, id) = text.split_once('-')?;
        Some(Self { last_activity: last_activity.parse().ok()?, id: id.parse().ok()? })
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    author_id: i64,
    author_name: String,
    title: String,
    created_at: i64,
    edited_at: Option<i64>,
    last_activity_at: i64,
    locked_at: Option<i64>,
    pinned_at: Option<i64>,
    visible_comments: i64,
    version: i64,
}

#[derive(FromQueryResult)]
struct OpeningRow {
    opening: String,
    opening_html: String,
}

/// All but the texts.
fn summaries() -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::AuthorId,
            Column::Title,
            Column::CreatedAt,
            Column::EditedAt,
            Column::LastActivityAt,
            Column::LockedAt,
            Column::PinnedAt,
            Column::VisibleComments,
            Column::Version,
        ])
        .column_as(user::Column::Name, "author_name")
        .join(JoinType::InnerJoin, Relation::Author.def())
        .filter(Column::DeletedAt.is_null())
}

fn summary_of(row: Row) -> Result<DiscussionSummary> {
    Ok(DiscussionSummary {
        id: DiscussionId(row.id),
        title: Title::parse(&row.title).map_err(|_| Error::broken("a stored title is not one", row.id))?,
        author: UserId(row.author_id),
        author_name: Username::parse(&row.author_name)
            .map_err(|_| Error::broken("a stored user name is not one", row.author_id))?,
        openness: if row.locked_at.is_some() { Openness::Locked } else { Openness::Open },
        prominence: if row.pinned_at.is_some() { Prominence::Pinned } else { Prominence::Usual },
        comments: u64::try_from(row.visible_comments).unwrap_or_default(),
        started: Moment::from_milliseconds(row.created_at),
        last_activity: Moment::from_milliseconds(row.last_activity_at),
        edited: row.edited_at.map(Moment::from_milliseconds),
        version: u64::try_from(row.version).unwrap_or_default(),
    })
}

async fn all(database: &impl ConnectionTrait, query: Select<Entity>) -> Result<Vec<DiscussionSummary>> {
    query.into_model::<Row>().all(database).await?.into_iter().map(summary_of).collect()
}

pub async fn pinned(database: &impl ConnectionTrait) -> Result<Vec<DiscussionSummary>> {
    let query = summaries().filter(Column::PinnedAt.is_not_null()).order_by_desc(Column::PinnedAt).limit(PAGE as u64);
    all(database, query).await
}

/// One more than a page.
pub async fn page(database: &impl ConnectionTrait, after: Option<Cursor>) -> Result<Vec<DiscussionSummary>> {
    let mut query = summaries().filter(Column::PinnedAt.is_null());
    if let Some(cursor) = after {
        let older = Column::LastActivityAt.lt(cursor.last_activity);
        let as_old = Column::LastActivityAt.eq(cursor.last_activity).and(Column::Id.lt(cursor.id));
        query = query.filter(Condition::any().add(older).add(as_old));
    }
    let query = query.order_by_desc(Column::LastActivityAt).order_by_desc(Column::Id).limit(PAGE as u64 + 1);
    all(database, query).await
}

pub async fn find(database: &impl ConnectionTrait, id: DiscussionId) -> Result<Option<Discussion>> {
    let query = summaries().columns([Column::Opening, Column::OpeningHtml]).filter(Column::Id.eq(id.0));
    let Some(row) = query.into_model::<WholeRow>().one(database).await? else {
        return Ok(None);
    };
    let summary = summary_of(row.summary)?;
    Ok(Some(Discussion { summary, opening: row.opening.opening, opening_html: row.opening.opening_html }))
}

#[derive(FromQueryResult)]
struct WholeRow {
    #[sea_orm(nested)]
    summary: Row,
    #[sea_orm(nested)]
    opening: OpeningRow,
}

pub async fn started_by(database: &impl ConnectionTrait, author: UserId, most: u64) -> Result<Vec<DiscussionSummary>> {
    let query = summaries().filter(Column::AuthorId.eq(author.0)).order_by_desc(Column::CreatedAt).limit(most);
    all(database, query).await
}

pub async fn find_once(database: &impl ConnectionTrait, once: &str) -> Result<Option<DiscussionId>> {
    let id: Option<i64> =
        Entity::find().select_only().column(Column::Id).filter(Column::OnceKey.eq(once)).into_tuple().one(database).await?;
    Ok(id.map(DiscussionId))
}

pub async fn insert(
    database: &impl ConnectionTrait,
    granted: &Granted<act::StartDiscussion>,
    title: &Title,
    (opening, html): (&Opening, &Rendered),
    once: &str,
    now: Moment,
) -> Result<DiscussionId> {
    let row = ActiveModel {
        id: NotSet,
        author_id: Set(granted.person.id.0),
        title: Set(title.as_str().to_owned()),
        opening: Set(opening.as_str().to_owned()),
        opening_html: Set(html.as_str().to_owned()),
        prose_rules: Set(prose::RULES),
        once_key: Set(once.to_owned()),
        created_at: Set(now.milliseconds()),
        edited_at: Set(None),
        last_activity_at: Set(now.milliseconds()),
        locked_at: Set(None),
        pinned_at: Set(None),
        deleted_at: Set(None),
        last_number: Set(0),
        visible_comments: Set(0),
        version: Set(1),
    };
    Ok(DiscussionId(Entity::insert(row).exec(database).await?.last_insert_id))
}

pub async fn update(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::EditDiscussion>,
    id: DiscussionId,
    title: &Title,
    (opening, html): (&Opening, &Rendered),
    now: Moment,
) -> Result<()> {
    change(
        database,
        id,
        &[
            (Column::Title, Expr::value(title.as_str())),
            (Column::Opening, Expr::value(opening.as_str())),
            (Column::OpeningHtml, Expr::value(html.as_str())),
            (Column::ProseRules, Expr::value(prose::RULES)),
            (Column::EditedAt, Expr::value(now.milliseconds())),
        ],
    )
    .await
}

/// Which column of a discussion a moderator sets, and to what.
#[derive(Clone, Debug)]
pub enum Setting {
    LockedAt(Option<Moment>),
    PinnedAt(Option<Moment>),
    DeletedAt(Moment),
    Title(Title),
}

pub async fn moderate(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::ModerateDiscussion>,
    id: DiscussionId,
    setting: Setting,
) -> Result<()> {
    let moment = |moment: Option<Moment>| Expr::value(moment.map(Moment::milliseconds));
    let column = match setting {
        Setting::LockedAt(at) => (Column::LockedAt, moment(at)),
        Setting::PinnedAt(at) => (Column::PinnedAt, moment(at)),
        Setting::DeletedAt(at) => (Column::DeletedAt, moment(Some(at))),
        Setting::Title(title) => (Column::Title, Expr::value(title.as_str())),
    };
    change(database, id, &[column]).await
}

/// Every change raises the version.
async fn change(database: &impl ConnectionTrait, id: DiscussionId, columns: &[(Column, Expr)]) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_null());
    for (column, value) in columns {
        update = update.col_expr(*column, value.clone());
    }
    match update.exec(database).await?.rows_affected {
        0 => Err(AppError::NotFound.into()),
        _ => Ok(()),
    }
}

/// What a comment needs to know of its discussion.
#[derive(Clone, Copy, Debug)]
pub struct Bearings {
    pub id: DiscussionId,
    pub openness: Openness,
    pub last_number: i64,
}

/// The bearings of a discussion; on PostgreSQL its row stays locked until the transaction ends, so
/// that its comments are numbered one after the other.
pub async fn lock(database: &impl ConnectionTrait, id: DiscussionId) -> Result<Bearings> {
    let row: Option<(Option<i64>, i64)> = Entity::find()
        .select_only()
        .columns([Column::LockedAt, Column::LastNumber])
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_null())
        .lock_exclusive()
        .into_tuple()
        .one(database)
        .await?;
    let (locked_at, last_number) = row.ok_or(AppError::NotFound)?;
    let openness = if locked_at.is_some() { Openness::Locked } else { Openness::Open };
    Ok(Bearings { id, openness, last_number })
}

/// What a change to a comment does to its discussion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// A comment was written.
    Written { number: i64, at: Moment },
    /// A comment came back into sight.
    Shown,
    /// A comment went out of sight.
    Gone,
    /// A text changed.
    Edited,
}

/// Keeps the discussion's counters true; always in the transaction of the change itself.
pub async fn record_activity(database: &impl ConnectionTrait, id: DiscussionId, moving: Moving) -> Result<()> {
    let count = |by: i64| (Column::VisibleComments, Expr::col(Column::VisibleComments).add(by));
    let columns = match moving {
        Moving::Written { number, at } => {
            vec![count(1), (Column::LastNumber, Expr::value(number)), (Column::LastActivityAt, Expr::value(at.milliseconds()))]
        }
        Moving::Shown => vec![count(1)],
        Moving::Gone => vec![count(-1)],
        Moving::Edited => Vec::new(),
    };
    change(database, id, &columns).await
}

pub async fn started_since(database: &impl ConnectionTrait, author: UserId, since: Moment, most: u64) -> Result<Vec<Moment>> {
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

/// Which discussions to show in the dashboard.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the title.
    pub text: String,
    pub openness: Option<Openness>,
    pub prominence: Option<Prominence>,
    /// Older than this one.
    pub before: Option<DiscussionId>,
}

/// One more than a page, the newest first.
pub async fn filtered(database: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<DiscussionSummary>> {
    let mut query = summaries().filter(search::holds(&[Column::Title], &filter.text));
    query = match filter.openness {
        Some(Openness::Locked) => query.filter(Column::LockedAt.is_not_null()),
        Some(Openness::Open) => query.filter(Column::LockedAt.is_null()),
        None => query,
    };
    if filter.prominence == Some(Prominence::Pinned) {
        query = query.filter(Column::PinnedAt.is_not_null());
    }
    if let Some(before) = filter.before {
        query = query.filter(Column::Id.lt(before.0));
    }
    all(database, query.order_by_desc(Column::Id).limit(PAGE as u64 + 1)).await
}

pub async fn count(database: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().filter(Column::DeletedAt.is_null()).count(database).await?)
}
