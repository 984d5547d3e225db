//! Sessions: tower-sessions in front, a table of our own behind.
//!
//! A session exists only for somebody who signed in; guests have none. The row holds the SHA-256 of
//! the session's id, so a stolen database opens nobody's account. Every look-up joins the account,
//! so a suspension, a new role or an ended session counts from the very next request.
//!
//! A session ends when it was idle too long, when its absolute time is over, or when its row is
//! deleted. Staff sessions are shorter (OWASP ASVS 5.0, 7.3).

mod lifetimes;

use std::{collections::HashMap, fmt, time::Duration};

pub use lifetimes::{Life, Lifetimes};

use async_trait::async_trait;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use crate::{
    accounts::model::{Keeping, Proven, Role, SessionRecord, Standing, UserId, Way},
    moment::Moment,
    server::{
        accounts::held::Held,
        clock::Clock,
        database::Database,
        entity::{session, user},
    },
};

/// The key in the session's data under which everything stands.
pub const KEY: &str = "visitor";

/// The key under which the id of a session stands whose row was made a moment ago.
pub const MADE: &str = "made";

/// What is known of an open session and its owner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    pub user: UserId,
    pub created: Moment,
    pub last_seen: Moment,
    /// When the password was last given.
    pub proven: Moment,
    pub ends: Moment,
    pub agent: String,
    pub address: String,
    /// By which its owner names it: no secret.
    pub number: i64,
    pub by: Proven,
    pub keeping: Keeping,
    pub idle_limit: Duration,
    /// The account as it is now; absent in a session that is only being made.
    pub account: Option<Account>,
}

/// The part of an account that every request needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    pub name: String,
    pub role: Role,
    pub standing: Standing,
    pub suspension_reason: Option<String>,
}

impl Account {
    /// Reads the columns of a row; an unknown role is the least one.
    #[must_use]
    pub fn of(user: &user::Model) -> Self {
        Self {
            name: user.name.clone(),
            role: Role::from_name(&user.role).unwrap_or(Role::Member),
            standing: match user.suspended_at {
                Some(_) => Standing::Suspended { until: user.suspended_until.map(Moment::from_milliseconds) },
                None => Standing::Good,
            },
            suspension_reason: user.suspension_reason.clone(),
        }
    }
}

/// The SHA-256 of a session's id: what the database knows it by.
#[must_use]
pub fn hash(id: Id) -> Vec<u8> {
    Sha256::digest(id.0.to_le_bytes()).to_vec()
}

/// tower-sessions' store over the table `sessions`.
#[derive(Clone)]
pub struct Store {
    database: Database,
    lifetimes: Lifetimes,
    clock: Clock,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("session::Store")
    }
}

impl Store {
    #[must_use]
    pub const fn new(database: Database, lifetimes: Lifetimes, clock: Clock) -> Self {
        Self { database, lifetimes, clock }
    }

    fn is_over(&self, session: &session::Model, role: Role) -> bool {
        let now = self.clock.now();
        let idle = now.since(Moment::from_milliseconds(session.last_seen_at));
        session.ends_at <= now.milliseconds() || idle > idle_limit(session).min(self.lifetimes.longest_idle(role))
    }
}

#[async_trait]
impl SessionStore for Store {
    /// Takes a session up whose row is there: only the door makes one, in the transaction that holds the
    /// account ([`insert`]), and a renewal changes its id ([`renew`]).
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let made = record.data.remove(MADE).and_then(|made| made.as_str()?.parse().ok());
        record.id = made.ok_or_else(|| session_store::Error::Backend("a session was kept that nobody has made".to_owned()))?;
        Ok(())
    }

    /// Only what was proven changes in a session that exists; everything else is decided when it is made.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let facts = facts_of(record)?;
        session::Entity::update_many()
            .col_expr(session::Column::ProvenAt, Expr::value(facts.proven.milliseconds()))
            .col_expr(session::Column::Proven, Expr::value(facts.by.words()))
            .filter(session::Column::IdHash.eq(hash(record.id)))
            .exec(self.database.writer())
            .await
            .map_err(backend)
            .map(drop)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = session::Entity::find_by_id(hash(*id))
            .find_also_related(user::Entity)
            .one(self.database.reader())
            .await
            .map_err(backend)?;
        let Some((row, Some(owner))) = found else {
            return Ok(None);
        };
        let account = Account::of(&owner);
        if self.is_over(&row, account.role) {
            return Ok(None);
        }
        let ends = Moment::from_milliseconds(row.ends_at);
        let by = Proven::from_words(&row.proven)
            .ok_or_else(|| session_store::Error::Decode("a session was proven by something unknown".to_owned()))?;
        let idle_limit = idle_limit(&row);
        let facts = Facts {
            number: row.number,
            by,
            keeping: Keeping::from_name(&row.keeping),
            idle_limit,
            user: UserId(row.user_id),
            created: Moment::from_milliseconds(row.created_at),
            last_seen: Moment::from_milliseconds(row.last_seen_at),
            proven: Moment::from_milliseconds(row.proven_at),
            ends,
            agent: row.agent,
            address: row.address,
            account: Some(account),
        };
        let value = serde_json::to_value(facts).map_err(|error| session_store::Error::Encode(error.to_string()))?;
        Ok(Some(Record { id: *id, data: HashMap::from([(KEY.to_owned(), value)]), expiry_date: ends.calendar() }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        session::Entity::delete_by_id(hash(*id)).exec(self.database.writer()).await.map_err(backend).map(drop)
    }
}

/// Sessions made before limits were stored have the role's.
fn idle_limit(session: &session::Model) -> Duration {
    session.idle_limit.and_then(|limit| u64::try_from(limit).ok()).map_or(Duration::MAX, Duration::from_millis)
}

fn facts_of(record: &Record) -> session_store::Result<Facts> {
    let value = record.data.get(KEY).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|error| session_store::Error::Decode(error.to_string()))
}

fn backend(error: DbErr) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

/// Makes a session for somebody whose account is held, with everything that is owed paid.
///
/// # Errors
/// The database's.
pub(in crate::server) async fn insert(database: &impl ConnectionTrait, held: &Held, id: Id, facts: &Facts) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        id_hash: Set(hash(id)),
        user_id: Set(held.id().0),
        created_at: Set(facts.created.milliseconds()),
        last_seen_at: Set(facts.last_seen.milliseconds()),
        proven_at: Set(facts.proven.milliseconds()),
        ends_at: Set(facts.ends.milliseconds()),
        agent: Set(facts.agent.clone()),
        address: Set(facts.address.clone()),
        number: Set(facts.number),
        proven: Set(facts.by.words()),
        keeping: Set(facts.keeping.name().to_owned()),
        idle_limit: Set(i64::try_from(facts.idle_limit.as_millis()).ok()),
    };
    session::Entity::insert(row).exec_without_returning(database).await.map(drop)
}

/// Gives a session another id, and what has changed with it. One statement: a session that somebody else has
/// ended does not come back. Whether there was one.
///
/// # Errors
/// The database's.
pub async fn renew(database: &impl ConnectionTrait, (old, new): (Id, Id), facts: &Facts) -> Result<bool, DbErr> {
    let renewed = session::Entity::update_many()
        .col_expr(session::Column::IdHash, Expr::value(hash(new)))
        .col_expr(session::Column::LastSeenAt, Expr::value(facts.last_seen.milliseconds()))
        .col_expr(session::Column::ProvenAt, Expr::value(facts.proven.milliseconds()))
        .col_expr(session::Column::Proven, Expr::value(facts.by.words()))
        .col_expr(session::Column::EndsAt, Expr::value(facts.ends.milliseconds()))
        .col_expr(session::Column::IdleLimit, Expr::value(i64::try_from(facts.idle_limit.as_millis()).ok()))
        .filter(session::Column::IdHash.eq(hash(old)))
        .exec(database)
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// Whether a session of this person is open, which it stays until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(database: &impl ConnectionTrait, id: Id, user: UserId) -> Result<bool, DbErr> {
    let row = session::Entity::find_by_id(hash(id)).filter(session::Column::UserId.eq(user.0));
    Ok(row.lock_exclusive().one(database).await?.is_some())
}

/// Notes that a session was used.
///
/// # Errors
/// The database's.
pub async fn touch(database: &impl ConnectionTrait, id: Id, now: Moment) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::LastSeenAt, Expr::value(now.milliseconds()))
        .filter(session::Column::IdHash.eq(hash(id)))
        .exec(database)
        .await
        .map(drop)
}

/// Ends every session of a person but the given one.
///
/// # Errors
/// The database's.
pub async fn end_all(database: &impl ConnectionTrait, user: UserId, but: Option<Id>) -> Result<u64, DbErr> {
    let mut sessions = session::Entity::delete_many().filter(session::Column::UserId.eq(user.0));
    if let Some(kept) = but {
        sessions = sessions.filter(session::Column::IdHash.ne(hash(kept)));
    }
    sessions.exec(database).await.map(|done| done.rows_affected)
}

/// Deletes sessions that are over; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment, lifetimes: &Lifetimes) -> Result<u64, DbErr> {
    let longest_idle = lifetimes.longest_idle(Role::Member).max(lifetimes.longest_idle(Role::Admin));
    session::Entity::delete_many()
        .filter(
            session::Column::EndsAt
                .lte(now.milliseconds())
                .or(session::Column::LastSeenAt.lt(now.before(longest_idle).milliseconds())),
        )
        .exec(database)
        .await
        .map(|done| done.rows_affected)
}

/// A person's open sessions, the latest used first.
///
/// # Errors
/// The database's.
pub async fn list(database: &impl ConnectionTrait, user: UserId, now: Moment) -> Result<Vec<SessionRecord>, DbErr> {
    use sea_orm::QueryOrder;
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::EndsAt.gt(now.milliseconds()))
        .order_by_desc(session::Column::LastSeenAt)
        .all(database)
        .await?;
    Ok(rows.into_iter().filter(|row| !is_idle(row, now)).map(record_of).collect())
}

fn is_idle(session: &session::Model, now: Moment) -> bool {
    now.since(Moment::from_milliseconds(session.last_seen_at)) > idle_limit(session)
}

fn record_of(row: session::Model) -> SessionRecord {
    SessionRecord {
        created: Moment::from_milliseconds(row.created_at),
        last_seen: Moment::from_milliseconds(row.last_seen_at),
        ends: Moment::from_milliseconds(row.ends_at),
        number: row.number,
        by: Proven::from_words(&row.proven).unwrap_or(Proven::by(Way::Password)),
        keeping: Keeping::from_name(&row.keeping),
        agent: row.agent,
        address: row.address,
    }
}

/// Ends the session that its owner knows by this number; returns how many that were.
///
/// # Errors
/// The database's.
pub async fn end_numbered(database: &impl ConnectionTrait, user: UserId, number: i64) -> Result<u64, DbErr> {
    let named =
        session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).filter(session::Column::Number.eq(number));
    named.exec(database).await.map(|done| done.rows_affected)
}

/// How many sessions are open.
///
/// # Errors
/// The database's.
pub async fn count(database: &impl ConnectionTrait, now: Moment) -> Result<u64, DbErr> {
    session::Entity::find().filter(session::Column::EndsAt.gt(now.milliseconds())).count(database).await
}
