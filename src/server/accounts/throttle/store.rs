//! The tallies in the database. Asking whether one more may pass and counting it is one statement, whose
//! number of rows decides; it runs on the caller's connection, inside a transaction or not.

use std::{fmt, time::Duration};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, OnConflict},
};

use super::{
    key::{Key, Secret},
    rule::{Rule, STOP, costly_delays, seconds},
};
use crate::{
    moment::Moment,
    server::entity::throttle::{ActiveModel, Column, Entity, Model},
};

/// How long tallies stay that nothing was added to: a few failures, many of them in a row, and as many as
/// end all tries.
const MEMORY: Duration = Duration::from_hours(24);
const MEMORY_OF_MANY: Duration = Duration::from_hours(30 * 24);
const MEMORY_OF_STOPS: Duration = Duration::from_hours(365 * 24);
/// From here on failures in a row are many.
const MANY: i64 = 10;

/// Why an attempt may not be made.
#[derive(Debug)]
pub enum ThrottleError {
    /// Too many before it; `retry_after` is in seconds.
    TooMany {
        retry_after: u64,
    },
    /// So many failures in a row that no waiting helps.
    Stopped,
    Database(DbErr),
}

/// Counts one under every key, or, where one of them has no room, under none.
///
/// # Errors
/// The longest wait of all keys, or a failure of the database.
pub async fn count_all(
    connection: &impl ConnectionTrait,
    secret: &Secret,
    keys: &[Key],
    now: Moment,
) -> Result<(), ThrottleError> {
    for (place, key) in keys.iter().enumerate() {
        if !count(connection, secret, key, now).await? {
            let refusal = refusal(connection, secret, keys, now).await?;
            for counted in &keys[..place] {
                give_back(connection, secret, counted, now).await?;
            }
            return Err(refusal);
        }
    }
    Ok(())
}

/// Counts one under a key when there is room for it; says whether there was.
///
/// # Errors
/// A failure of the database.
pub async fn count(connection: &impl ConnectionTrait, secret: &Secret, key: &Key, now: Moment) -> Result<bool, DbErr> {
    let statement = Entity::insert(first_of_series(secret, key, now)).on_conflict(one_more(key.rule, now));
    match statement.exec_without_returning(connection).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes one back that does not count after all. What has to be waited for it goes with it: whoever was
/// let in had no wait before.
///
/// # Errors
/// A failure of the database.
pub async fn give_back(connection: &impl ConnectionTrait, secret: &Secret, key: &Key, now: Moment) -> Result<(), DbErr> {
    let one_less =
        |column: Column| CaseStatement::new().case(existing(column).gt(0_i64), existing(column).sub(1_i64)).finally(0_i64);
    let mut update = Entity::update_many()
        .col_expr(Column::Failures, one_less(Column::Failures).into())
        .col_expr(Column::InARow, one_less(Column::InARow).into())
        .filter(Column::Key.eq(secret.row_of(key)));
    if let Rule::Guesses { .. } = key.rule {
        update = update.col_expr(Column::BlockedUntil, Expr::value(now.milliseconds()));
    }
    update.exec(connection).await.map(drop)
}

/// Forgives all that was counted under a key.
///
/// # Errors
/// A failure of the database.
pub async fn clear(connection: &impl ConnectionTrait, secret: &Secret, key: &Key) -> Result<(), DbErr> {
    Entity::delete_by_id(secret.row_of(key)).exec(connection).await.map(drop)
}

/// Whether one of the keys is blocked now.
///
/// # Errors
/// A failure of the database.
pub async fn is_any_blocked(
    connection: &impl ConnectionTrait,
    secret: &Secret,
    keys: &[Key],
    now: Moment,
) -> Result<bool, DbErr> {
    let rows = rows(connection, secret, keys).await?;
    Ok(rows.iter().any(|row| row.blocked_until > now.milliseconds()))
}

/// Deletes the tallies that no longer count, and says how many they were.
///
/// # Errors
/// A failure of the database.
pub async fn forget_old(connection: &impl ConnectionTrait, now: Moment) -> Result<u64, DbErr> {
    let quiet_for = |memory: Duration| Column::ChangedAt.lte(now.before(memory).milliseconds());
    let over = Condition::any()
        .add(Column::InARow.lt(MANY).and(quiet_for(MEMORY)))
        .add(Column::InARow.lt(STOP).and(quiet_for(MEMORY_OF_MANY)))
        .add(quiet_for(MEMORY_OF_STOPS));
    let forgotten = Entity::delete_many().filter(over).filter(Column::BlockedUntil.lte(now.milliseconds()));
    Ok(forgotten.exec(connection).await?.rows_affected)
}

async fn rows(connection: &impl ConnectionTrait, secret: &Secret, keys: &[Key]) -> Result<Vec<Model>, DbErr> {
    let ids = keys.iter().map(|key| secret.row_of(key));
    Entity::find().filter(Column::Key.is_in(ids)).all(connection).await
}

/// What to tell whoever was refused: the hardest of all that stands against them.
async fn refusal(connection: &impl ConnectionTrait, secret: &Secret, keys: &[Key], now: Moment) -> Result<ThrottleError, DbErr> {
    let rows = rows(connection, secret, keys).await?;
    let mut longest = Duration::ZERO;
    for key in keys {
        let id = secret.row_of(key);
        let Some(row) = rows.iter().find(|row| row.key == id) else { continue };
        if key.rule.stops() && row.in_a_row >= STOP {
            return Ok(ThrottleError::Stopped);
        }
        if !has_room(key.rule, row) {
            longest = Ord::max(longest, Moment::from_milliseconds(row.blocked_until).since(now));
        }
    }
    Ok(ThrottleError::TooMany { retry_after: Ord::max(seconds(longest), 1) })
}

fn has_room(rule: Rule, row: &Model) -> bool {
    matches!(rule, Rule::Window { uses, .. } if row.failures < i64::from(uses))
}

fn first_of_series(secret: &Secret, key: &Key, now: Moment) -> ActiveModel {
    ActiveModel {
        key: Set(secret.row_of(key)),
        failures: Set(1),
        in_a_row: Set(i64::from(key.rule.stops())),
        blocked_until: Set(key.rule.first_until(now).milliseconds()),
        changed_at: Set(now.milliseconds()),
    }
}

/// What becomes of a row that is already there, where it has room. Expressions speak of the row as it was.
fn one_more(rule: Rule, now: Moment) -> OnConflict {
    let mut update = OnConflict::column(Column::Key);
    match (rule, rule.decay()) {
        (Rule::Window { uses, length }, _) => window(&mut update, uses, length, now),
        (Rule::Guesses { free_tries, .. }, Some(decay)) => guesses(&mut update, rule, (free_tries, decay), now),
        (Rule::Pressure { limit, length }, Some(decay)) => pressure(&mut update, rule, (limit, length, decay), now),
        (Rule::Guesses { .. } | Rule::Pressure { .. }, None) => {}
    }
    update
}

fn window(update: &mut OnConflict, uses: u32, length: Duration, now: Moment) {
    let is_over = || existing(Column::BlockedUntil).lte(now.milliseconds());
    update
        .value(Column::Failures, CaseStatement::new().case(is_over(), 1_i64).finally(existing(Column::Failures).add(1_i64)))
        .value(
            Column::BlockedUntil,
            CaseStatement::new().case(is_over(), now.after(length).milliseconds()).finally(existing(Column::BlockedUntil)),
        )
        .value(Column::ChangedAt, now.milliseconds())
        .action_and_where(is_over().or(existing(Column::Failures).lt(i64::from(uses))));
}

fn guesses(update: &mut OnConflict, rule: Rule, (free_tries, decay): (u32, i64), now: Moment) {
    leaking(update, rule, decay, now);
    let waits = costly_delays(free_tries).into_iter().rev().fold(CaseStatement::new(), |waits, (failures, wait)| {
        waits.case(left(decay, now).gte(i64::from(failures) - 1), now.after(wait).milliseconds())
    });
    update.value(Column::BlockedUntil, waits.finally(now.milliseconds()));
    let mut has_room = existing(Column::BlockedUntil).lte(now.milliseconds());
    if rule.stops() {
        update.value(Column::InARow, existing(Column::InARow).add(1_i64));
        has_room = has_room.and(existing(Column::InARow).lt(STOP));
    }
    update.action_and_where(has_room);
}

fn pressure(update: &mut OnConflict, rule: Rule, (limit, length, decay): (u32, Duration, i64), now: Moment) {
    leaking(update, rule, decay, now);
    let is_too_much = left(decay, now).gte(i64::from(limit) - 1);
    let until = CaseStatement::new().case(is_too_much, now.after(length).milliseconds());
    update.value(Column::BlockedUntil, until.finally(existing(Column::BlockedUntil)));
}

/// One more on top of what has not decayed. `changed_at` moves on by whole steps of decay, so that what
/// is left of a step is not lost however often something is counted.
fn leaking(update: &mut OnConflict, rule: Rule, decay: i64, now: Moment) {
    let one_more =
        CaseStatement::new().case(left(decay, now).gte(rule.highest()), rule.highest()).finally(left(decay, now).add(1_i64));
    let decayed_until = CaseStatement::new()
        .case(has_decayed(decay, now), now.milliseconds())
        .finally(existing(Column::ChangedAt).add(steps(decay, now).mul(decay)));
    update.value(Column::Failures, one_more).value(Column::ChangedAt, decayed_until);
}

/// What of the failures has not decayed yet.
fn left(decay: i64, now: Moment) -> Expr {
    CaseStatement::new().case(has_decayed(decay, now), 0_i64).finally(existing(Column::Failures).sub(steps(decay, now))).into()
}

fn has_decayed(decay: i64, now: Moment) -> Expr {
    existing(Column::ChangedAt).add(existing(Column::Failures).mul(decay)).lte(now.milliseconds())
}

/// Whole steps of decay since the last; none when another program's clock is ahead of ours.
fn steps(decay: i64, now: Moment) -> Expr {
    CaseStatement::new()
        .case(existing(Column::ChangedAt).gte(now.milliseconds()), 0_i64)
        .finally(Expr::value(now.milliseconds()).sub(existing(Column::ChangedAt)).div(decay))
        .into()
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
            Self::Stopped => formatter.write_str("too many failed attempts in a row; a link that sets a new password ends this"),
            Self::Database(cause) => write!(formatter, "the table throttles cannot be read or written: {cause}"),
        }
    }
}

impl std::error::Error for ThrottleError {}

#[cfg(test)]
mod tests;
