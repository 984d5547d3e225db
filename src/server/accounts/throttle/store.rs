//! The tallies in the database. Counting is one statement per key, so that attempts at the same time
//! are all counted; it runs on the caller's connection, inside a transaction or not.

use std::fmt;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, OnConflict},
};

use super::{Key, LONGEST_DELAY, MEMORY, Rule, Tally, delay, seconds};
use crate::{
    moment::Moment,
    server::entity::throttle::{ActiveModel, Column, Entity, Model},
};

/// Why an attempt may not be made.
#[derive(Debug)]
pub enum ThrottleError {
    /// Too many before it; `retry_after` is in seconds.
    TooMany {
        retry_after: u64,
    },
    Database(DbErr),
}

/// Lets an attempt pass when none of its keys has to wait.
///
/// # Errors
/// The longest wait of all keys, or a failure of the database.
pub async fn check(connection: &impl ConnectionTrait, keys: &[Key], now: Moment) -> Result<(), ThrottleError> {
    let digests = keys.iter().map(|key| key.digest.to_vec());
    let rows = Entity::find().filter(Column::Key.is_in(digests)).all(connection).await?;
    let wait_of = |row: &Model| {
        let key = keys.iter().find(|key| key.digest[..] == row.key)?;
        Some(key.rule.wait(tally_of(row), now))
    };
    match rows.iter().filter_map(wait_of).max().map(seconds) {
        None | Some(0) => Ok(()),
        Some(retry_after) => Err(ThrottleError::TooMany { retry_after }),
    }
}

/// Counts one attempt under each key.
///
/// # Errors
/// A failure of the database.
pub async fn record(connection: &impl ConnectionTrait, keys: &[Key], now: Moment) -> Result<(), DbErr> {
    let mut keys = keys.to_vec();
    // Always in one order: transactions that lock the same rows crosswise would wait for ever.
    keys.sort_unstable_by_key(|key| key.digest);
    for key in keys {
        Entity::insert(first_of_series(&key, now))
            .on_conflict(one_more(key.rule, now))
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Forgives all that was counted under a key.
///
/// # Errors
/// A failure of the database.
pub async fn clear(connection: &impl ConnectionTrait, key: &Key) -> Result<(), DbErr> {
    Entity::delete_by_id(key.digest.to_vec()).exec(connection).await.map(drop)
}

/// Deletes the tallies that no longer count, and says how many they were.
///
/// # Errors
/// A failure of the database.
pub async fn forget_old(connection: &impl ConnectionTrait, now: Moment) -> Result<u64, DbErr> {
    let forgotten = Entity::delete_many().filter(Column::ChangedAt.lte(now.before(MEMORY).milliseconds()));
    Ok(forgotten.exec(connection).await?.rows_affected)
}

fn tally_of(row: &Model) -> Tally {
    Tally { count: u32::try_from(row.failures).unwrap_or(u32::MAX), until: Moment::from_milliseconds(row.blocked_until) }
}

fn first_of_series(key: &Key, now: Moment) -> ActiveModel {
    ActiveModel {
        key: Set(key.digest.to_vec()),
        failures: Set(1),
        blocked_until: Set(key.rule.first_until(now).milliseconds()),
        changed_at: Set(now.milliseconds()),
    }
}

/// What becomes of a row that is already there. Expressions speak of the row as it was.
fn one_more(rule: Rule, now: Moment) -> OnConflict {
    let series_is_over = || match rule {
        Rule::Doubling { .. } => existing(Column::ChangedAt).lte(now.before(MEMORY).milliseconds()),
        Rule::Window { .. } => existing(Column::BlockedUntil).lte(now.milliseconds()),
    };
    let failures = CaseStatement::new().case(series_is_over(), 1_i64).finally(existing(Column::Failures).add(1_i64));
    let anew = CaseStatement::new().case(series_is_over(), rule.first_until(now).milliseconds());
    let blocked_until = match rule {
        Rule::Doubling { free_tries } => with_delays(anew, free_tries, now),
        Rule::Window { .. } => anew.finally(existing(Column::BlockedUntil)),
    };
    OnConflict::column(Column::Key)
        .value(Column::Failures, failures)
        .value(Column::BlockedUntil, blocked_until)
        .value(Column::ChangedAt, now.milliseconds())
        .to_owned()
}

/// [`delay`] as a table in SQL, from the longest wait down to none.
fn with_delays(statement: CaseStatement, free_tries: u32, now: Moment) -> CaseStatement {
    let costly = (free_tries.saturating_add(1)..).map(|failures| (failures, delay(failures, free_tries)));
    let mut table: Vec<_> = costly.clone().take_while(|(_, wait)| *wait < LONGEST_DELAY).collect();
    table.extend(costly.skip(table.len()).take(1));
    table
        .into_iter()
        .rev()
        .fold(statement, |statement, (failures, wait)| {
            let reached = existing(Column::Failures).gte(i64::from(failures) - 1);
            statement.case(reached, now.after(wait).milliseconds())
        })
        .finally(now.milliseconds())
}

/// A column of the row that is already there: PostgreSQL wants to hear of which row.
fn existing(column: Column) -> Expr {
    Expr::col((Entity, column))
}

impl From<DbErr> for ThrottleError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for ThrottleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { retry_after } => write!(formatter, "too many attempts; retry after {retry_after} s"),
            Self::Database(cause) => write!(formatter, "the table throttles cannot be read or written: {cause}"),
        }
    }
}

impl std::error::Error for ThrottleError {}

#[cfg(test)]
mod tests;
