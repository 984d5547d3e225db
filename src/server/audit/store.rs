//! Queries over the table `audit_entries`. Entries are never changed, and only failed sign-ins are
//! ever deleted.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::ExprTrait,
};

use crate::{
    accounts::model::UserId,
    audit::model::{Deed, Entry, Subject},
    moment::Moment,
    server::{
        entity::audit_entry::{ActiveModel, Column, Entity, Model},
        error::{Error, Result},
    },
};

/// Entries on one page.
pub const PAGE: u64 = 50;

/// Which entries to show.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub deed: Option<Deed>,
    /// Done by this person, or to this person.
    pub person: Option<UserId>,
    /// Older than this entry.
    pub before: Option<i64>,
}

pub async fn insert(database: &impl ConnectionTrait, entry: Entry) -> Result<()> {
    let row = ActiveModel {
        id: NotSet,
        at: Set(entry.at.milliseconds()),
        actor_id: Set(entry.actor.map(|actor| actor.0)),
        actor_name: Set(entry.actor_name),
        deed: Set(entry.deed.name().to_owned()),
        subject_kind: Set(entry.subject.kind().to_owned()),
        subject_id: Set(entry.subject.id()),
        subject_name: Set(entry.subject_name),
        detail: Set(entry.detail),
        reason: Set(entry.reason),
        address: Set(entry.address),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

/// What the filter lets through, the newest first.
pub async fn page(database: &impl ConnectionTrait, filter: &Filter, most: u64) -> Result<Vec<Entry>> {
    let mut query = Entity::find();
    if let Some(deed) = filter.deed {
        query = query.filter(Column::Deed.eq(deed.name()));
    }
    if let Some(person) = filter.person {
        let done_to = Column::SubjectKind.eq("user").and(Column::SubjectId.eq(person.0));
        query = query.filter(Column::ActorId.eq(person.0).or(done_to));
    }
    if let Some(before) = filter.before {
        query = query.filter(Column::Id.lt(before));
    }
    let rows = query.order_by_desc(Column::Id).limit(most).all(database).await?;
    rows.into_iter().map(entry_of).collect()
}

pub async fn count_since(database: &impl ConnectionTrait, deed: Deed, since: Moment) -> Result<u64> {
    let query = Entity::find().filter(Column::Deed.eq(deed.name())).filter(Column::At.gte(since.milliseconds()));
    Ok(query.count(database).await?)
}

pub async fn delete_before(database: &impl ConnectionTrait, deed: Deed, before: Moment) -> Result<u64> {
    let old = Entity::delete_many().filter(Column::Deed.eq(deed.name())).filter(Column::At.lt(before.milliseconds()));
    Ok(old.exec(database).await?.rows_affected)
}

fn entry_of(row: Model) -> Result<Entry> {
    let deed =
        Deed::from_name(&row.deed).ok_or_else(|| Error::broken("a row of audit_entries has an unknown deed", &row.deed))?;
    Ok(Entry {
        id: row.id,
        at: Moment::from_milliseconds(row.at),
        actor: row.actor_id.map(UserId),
        actor_name: row.actor_name,
        deed,
        subject: Subject::from_parts(&row.subject_kind, row.subject_id),
        subject_name: row.subject_name,
        detail: row.detail,
        reason: row.reason,
        address: row.address,
    })
}
