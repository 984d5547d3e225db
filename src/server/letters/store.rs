//! Queries over the table `letters`. Claiming is one statement, so that several nodes on one database
//! never send the same letter at the same time.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    accounts::model::{EmailAddress, SignInNotices, UserId},
    letters::model::{LetterId, LetterKind, LetterRecord, LetterState},
    moment::Moment,
    policy::{Permit, act},
    server::{
        entity::{
            letter::{ActiveModel, Column, Entity, Model},
            user,
        },
        error::{Error, Result},
    },
};

/// Letters on one page of the dashboard.
pub const PAGE: u64 = 50;

/// A letter that is to be kept, without its text: that is sealed under its number.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub kind: LetterKind,
    pub recipient: Option<&'a EmailAddress>,
    pub user: Option<UserId>,
    pub now: Moment,
}

/// A letter that this node alone may send for now.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: LetterId,
    pub kind: LetterKind,
    pub recipient: String,
    pub sealed: Vec<u8>,
    /// This one included.
    pub tries: u32,
    pub created: Moment,
}

pub async fn insert(database: &impl ConnectionTrait, envelope: &Envelope<'_>) -> Result<LetterId> {
    let row = ActiveModel {
        id: NotSet,
        kind: Set(envelope.kind.name().to_owned()),
        recipient: Set(envelope.recipient.map(|address| address.as_str().to_owned()).unwrap_or_default()),
        recipient_key: Set(envelope.recipient.map(EmailAddress::mailbox_key).unwrap_or_default()),
        user_id: Set(envelope.user.map(|user| user.0)),
        sealed: Set(None),
        state: Set(LetterState::Waiting.name().to_owned()),
        tries: Set(0),
        next_try_at: Set(envelope.now.milliseconds()),
        created_at: Set(envelope.now.milliseconds()),
        finished_at: Set(None),
        complaint: Set(String::new()),
    };
    Ok(LetterId(Entity::insert(row).exec(database).await?.last_insert_id))
}

pub async fn put_text(database: &impl ConnectionTrait, id: LetterId, sealed: Vec<u8>) -> Result<()> {
    Entity::update_many().col_expr(Column::Sealed, Expr::value(sealed)).filter(Column::Id.eq(id.0)).exec(database).await?;
    Ok(())
}

/// How many letters of a kind went to a mailbox, whatever tags its address bore, since a moment, or are on their way there.
pub async fn count_to(database: &impl ConnectionTrait, address: &EmailAddress, kind: LetterKind, since: Moment) -> Result<u64> {
    let query = Entity::find().filter(Column::RecipientKey.eq(address.mailbox_key()));
    let query = query.filter(Column::Kind.eq(kind.name())).filter(Column::CreatedAt.gt(since.milliseconds()));
    Ok(query.count(database).await?)
}

/// How many letters of a kind were written for an account since a moment.
pub async fn count_for(database: &impl ConnectionTrait, user: UserId, kind: LetterKind, since: Moment) -> Result<u64> {
    let query = Entity::find().filter(Column::UserId.eq(user.0));
    let query = query.filter(Column::Kind.eq(kind.name())).filter(Column::CreatedAt.gt(since.milliseconds()));
    Ok(query.count(database).await?)
}

/// How many letters are yet to be sent.
pub async fn count_waiting(database: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().filter(Column::State.eq(LetterState::Waiting.name())).count(database).await?)
}

/// Claims letters that are due, one statement each; others that want the same ones get none of them.
pub async fn claim(database: &impl ConnectionTrait, now: Moment, until: Moment, most: u64) -> Result<Vec<Claimed>> {
    let due = Entity::find()
        .filter(Column::State.eq(LetterState::Waiting.name()))
        .filter(Column::NextTryAt.lte(now.milliseconds()))
        .order_by_asc(Column::NextTryAt)
        .order_by_asc(Column::Id)
        .limit(most)
        .all(database)
        .await?;
    let mut claimed = Vec::new();
    for row in due {
        let taken = Entity::update_many()
            .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
            .col_expr(Column::NextTryAt, Expr::value(until.milliseconds()))
            .filter(Column::Id.eq(row.id))
            .filter(Column::State.eq(LetterState::Waiting.name()))
            .filter(Column::NextTryAt.eq(row.next_try_at))
            .exec(database)
            .await?;
        if taken.rows_affected == 1 {
            claimed.push(of_row(row)?);
        }
    }
    Ok(claimed)
}

fn of_row(row: Model) -> Result<Claimed> {
    Ok(Claimed {
        id: LetterId(row.id),
        kind: kind_of(&row)?,
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX).saturating_add(1),
        created: Moment::from_milliseconds(row.created_at),
        sealed: row.sealed.unwrap_or_default(),
        recipient: row.recipient,
    })
}

/// The letter is on its way; its text is wiped.
pub async fn finish(database: &impl ConnectionTrait, id: LetterId, now: Moment) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(LetterState::Sent.name()))
        .col_expr(Column::Sealed, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(Column::FinishedAt, Expr::value(now.milliseconds()))
        .col_expr(Column::Complaint, Expr::value(""));
    update.filter(Column::Id.eq(id.0)).exec(database).await?;
    Ok(())
}

/// The letter could not be sent, and is tried again.
pub async fn postpone(database: &impl ConnectionTrait, id: LetterId, complaint: &str, until: Moment) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::NextTryAt, Expr::value(until.milliseconds()))
        .col_expr(Column::Complaint, Expr::value(complaint));
    update.filter(Column::Id.eq(id.0)).filter(Column::State.eq(LetterState::Waiting.name())).exec(database).await?;
    Ok(())
}

/// The letter is not tried any more, unless an admin says so: its text stays sealed.
pub async fn give_up(database: &impl ConnectionTrait, id: LetterId, complaint: &str, now: Moment) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(LetterState::GivenUp.name()))
        .col_expr(Column::FinishedAt, Expr::value(now.milliseconds()))
        .col_expr(Column::Complaint, Expr::value(complaint));
    update.filter(Column::Id.eq(id.0)).filter(Column::State.eq(LetterState::Waiting.name())).exec(database).await?;
    Ok(())
}

pub async fn delete(database: &impl ConnectionTrait, id: LetterId) -> Result<()> {
    Entity::delete_by_id(id.0).exec(database).await?;
    Ok(())
}

/// Tries a letter again now, from the first of its tries; not one that was sent.
pub async fn retry(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::RetryLetter>,
    id: LetterId,
    now: Moment,
) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(LetterState::Waiting.name()))
        .col_expr(Column::Tries, Expr::value(0))
        .col_expr(Column::NextTryAt, Expr::value(now.milliseconds()))
        .col_expr(Column::FinishedAt, Expr::value(Option::<i64>::None));
    let letter = update.filter(Column::Id.eq(id.0)).filter(Column::State.ne(LetterState::Sent.name()));
    Ok(letter.exec(database).await?.rows_affected == 1)
}

pub async fn find(database: &impl ConnectionTrait, id: LetterId) -> Result<Option<LetterRecord>> {
    Entity::find_by_id(id.0).one(database).await?.map(record_of).transpose()
}

/// One more than a page, the newest first.
pub async fn page(
    database: &impl ConnectionTrait,
    state: Option<LetterState>,
    before: Option<LetterId>,
) -> Result<Vec<LetterRecord>> {
    let mut query = Entity::find();
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.name()));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before.0));
    }
    let rows = query.order_by_desc(Column::Id).limit(PAGE + 1).all(database).await?;
    rows.into_iter().map(record_of).collect()
}

fn record_of(row: Model) -> Result<LetterRecord> {
    Ok(LetterRecord {
        id: LetterId(row.id),
        kind: kind_of(&row)?,
        state: LetterState::from_name(&row.state).ok_or_else(|| Error::broken("a letter is in an unknown state", row.id))?,
        tries: u32::try_from(row.tries).unwrap_or_default(),
        next_try: Moment::from_milliseconds(row.next_try_at),
        created: Moment::from_milliseconds(row.created_at),
        finished: row.finished_at.map(Moment::from_milliseconds),
        recipient: row.recipient,
        complaint: row.complaint,
    })
}

fn kind_of(row: &Model) -> Result<LetterKind> {
    LetterKind::from_name(&row.kind).ok_or_else(|| Error::broken("a letter is of an unknown kind", row.id))
}

/// Deletes letters from before a moment, whatever became of them; returns how many.
pub async fn sweep(database: &impl ConnectionTrait, before: Moment) -> Result<u64> {
    let old = Entity::delete_many().filter(Column::CreatedAt.lte(before.milliseconds()));
    Ok(old.exec(database).await?.rows_affected)
}

pub async fn reader(database: &impl ConnectionTrait, user: UserId) -> Result<Option<user::Model>> {
    Ok(user::Entity::find_by_id(user.0).one(database).await?)
}

/// No letter tells somebody of new sign-ins any more.
pub async fn end_notices(database: &impl ConnectionTrait, _permit: &Permit<act::EndNotices>, user: UserId) -> Result<()> {
    let unwanted = Expr::value(SignInNotices::Unwanted.name());
    let update = user::Entity::update_many().col_expr(user::Column::SignInNotices, unwanted);
    update.filter(user::Column::Id.eq(user.0)).exec(database).await?;
    Ok(())
}
