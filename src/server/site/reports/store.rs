//! Queries over the table `policy_reports`: one row a kind of report.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::reading::Breach;
use crate::{
    moment::Moment,
    policy::{Permit, act},
    server::{
        entity::policy_report::{ActiveModel, Column, Entity, Model},
        error::Result,
    },
};

/// A kind of report, and how often it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub directive: String,
    /// A word, a scheme or an origin; empty where the browser did not say.
    pub blocked: String,
    pub document: String,
    /// A path of ours or somebody else's origin; empty where the browser did not say.
    pub source: String,
    pub times: i64,
    pub first: Moment,
    pub last: Moment,
}

/// Counts a report, as a new kind or one more of a known one.
pub async fn add(database: &impl ConnectionTrait, breach: &Breach, now: Moment) -> Result<()> {
    let row = ActiveModel {
        id: NotSet,
        directive: Set(breach.directive.to_owned()),
        blocked: Set(breach.blocked.clone()),
        document: Set(breach.document.clone()),
        source: Set(breach.source.clone()),
        times: Set(1),
        first_seen_at: Set(now.milliseconds()),
        last_seen_at: Set(now.milliseconds()),
    };
    let kind = [Column::Directive, Column::Blocked, Column::Document, Column::Source];
    let one_more = OnConflict::columns(kind)
        .value(Column::Times, Expr::col((Entity, Column::Times)).add(1_i64))
        .update_column(Column::LastSeenAt)
        .to_owned();
    Entity::insert(row).on_conflict(one_more).exec_without_returning(database).await?;
    Ok(())
}

/// Deletes all but the newest.
pub async fn forget_beyond(database: &impl ConnectionTrait, most: u64) -> Result<()> {
    let newest = Entity::find().order_by_desc(Column::LastSeenAt).order_by_desc(Column::Id);
    let Some(last) = newest.offset(most).limit(1).one(database).await? else { return Ok(()) };
    let older = Condition::any()
        .add(Column::LastSeenAt.lt(last.last_seen_at))
        .add(Column::LastSeenAt.eq(last.last_seen_at).and(Column::Id.lte(last.id)));
    Entity::delete_many().filter(older).exec(database).await?;
    Ok(())
}

/// Deletes what was last reported before a moment; returns how much.
pub async fn forget_before(database: &impl ConnectionTrait, before: Moment) -> Result<u64> {
    let old = Entity::delete_many().filter(Column::LastSeenAt.lte(before.milliseconds()));
    Ok(old.exec(database).await?.rows_affected)
}

/// The newest first.
pub async fn all(database: &impl ConnectionTrait, most: u64) -> Result<Vec<Record>> {
    let newest = Entity::find().order_by_desc(Column::LastSeenAt).order_by_desc(Column::Id);
    Ok(newest.limit(most).all(database).await?.into_iter().map(record).collect())
}

pub async fn clear(database: &impl ConnectionTrait, _permit: &Permit<act::ClearReports>) -> Result<u64> {
    Ok(Entity::delete_many().exec(database).await?.rows_affected)
}

fn record(row: Model) -> Record {
    Record {
        directive: row.directive,
        blocked: row.blocked,
        document: row.document,
        source: row.source,
        times: row.times,
        first: Moment::from_milliseconds(row.first_seen_at),
        last: Moment::from_milliseconds(row.last_seen_at),
    }
}
