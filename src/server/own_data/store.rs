//! Queries over the table `exports`, and over accounts that are to go.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use crate::{
    accounts::model::{ArchiveRecord, ArchiveState, Deletion, UserId},
    audit::model::Deed,
    error::AppError,
    moment::Moment,
    policy::{Permit, act},
    server::{
        accounts::name,
        entity::{
            audit_entry, ceremony, comment, entry,
            export::{ActiveModel, Column, Entity, Model},
            identity, known_browser, letter, link, passkey, recovery_code, session, totp_secret, user,
        },
        error::{Error, Result},
    },
};

/// A build that takes longer is taken for dead, and begun anew.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(10);

pub async fn ask(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::TakeOwnData>,
    user: UserId,
    (now, ends): (Moment, Moment),
) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.0)).exec(database).await?;
    let row = ActiveModel {
        id: NotSet,
        user_id: Set(user.0),
        state: Set(ArchiveState::Waiting.name().to_owned()),
        archive: Set(None),
        created_at: Set(now.milliseconds()),
        finished_at: Set(None),
        ends_at: Set(ends.milliseconds()),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

pub async fn latest(database: &impl ConnectionTrait, user: UserId, now: Moment) -> Result<Option<ArchiveRecord>> {
    let row: Option<(i64, String, i64, i64)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::State, Column::CreatedAt, Column::EndsAt])
        .filter(Column::UserId.eq(user.0))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(database)
        .await?;
    row.map(|(id, state, asked, ends)| {
        let state = ArchiveState::from_name(&state).ok_or_else(|| Error::broken("an archive is in no state", id))?;
        Ok(ArchiveRecord { id, state, asked: Moment::from_milliseconds(asked), ends: Moment::from_milliseconds(ends) })
    })
    .transpose()
}

/// The bytes of an archive that is ready, for its owner only.
pub async fn bytes(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::TakeOwnData>,
    user: UserId,
    id: i64,
    now: Moment,
) -> Result<Option<Vec<u8>>> {
    let found = Entity::find_by_id(id)
        .filter(Column::UserId.eq(user.0))
        .filter(Column::State.eq(ArchiveState::Ready.name()))
        .filter(Column::EndsAt.gt(now.milliseconds()))
        .one(database)
        .await?;
    Ok(found.and_then(|row| row.archive))
}

/// The next archive to build, which nobody else builds now.
pub async fn claim(database: &impl ConnectionTrait, now: Moment) -> Result<Option<Model>> {
    let forsaken = Condition::all()
        .add(Column::State.eq(ArchiveState::Building.name()))
        .add(Column::FinishedAt.lte(now.before(PATIENCE).milliseconds()));
    let is_free = Condition::any().add(Column::State.eq(ArchiveState::Waiting.name())).add(forsaken);
    let Some(found) = Entity::find().filter(is_free.clone()).order_by_asc(Column::Id).one(database).await? else {
        return Ok(None);
    };
    let claimed = Entity::update_many()
        .col_expr(Column::State, Expr::value(ArchiveState::Building.name()))
        .col_expr(Column::FinishedAt, Expr::value(now.milliseconds()))
        .filter(Column::Id.eq(found.id))
        .filter(is_free)
        .exec(database)
        .await?;
    Ok((claimed.rows_affected == 1).then_some(found))
}

pub async fn finish(database: &impl ConnectionTrait, id: i64, archive: Option<Vec<u8>>, now: Moment, ends: Moment) -> Result<()> {
    let state = if archive.is_some() { ArchiveState::Ready } else { ArchiveState::Failed };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::Archive, Expr::value(archive))
        .col_expr(Column::FinishedAt, Expr::value(now.milliseconds()))
        .col_expr(Column::EndsAt, Expr::value(ends.milliseconds()))
        .filter(Column::Id.eq(id))
        .exec(database)
        .await?;
    Ok(())
}

pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    let over = Entity::delete_many().filter(Column::EndsAt.lte(now.milliseconds()));
    Ok(over.exec(database).await?.rows_affected)
}

pub async fn plan_deletion(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::LeaveForGood>,
    user: UserId,
    deletion: Deletion,
    at: Moment,
) -> Result<()> {
    let planned = user::Entity::update_many()
        .col_expr(user::Column::DeletesAt, Expr::value(at.milliseconds()))
        .col_expr(user::Column::Deletion, Expr::value(deletion.name()))
        .filter(user::Column::Id.eq(user.0))
        .exec(database)
        .await?;
    if planned.rows_affected == 1 { Ok(()) } else { Err(AppError::Unauthenticated.into()) }
}

/// Accounts whose time to change their mind is over.
pub async fn due(database: &impl ConnectionTrait, now: Moment) -> Result<Vec<user::Model>> {
    let due =
        user::Entity::find().filter(user::Column::DeletesAt.lte(now.milliseconds())).filter(user::Column::ErasedAt.is_null());
    Ok(due.all(database).await?)
}

/// Leaves nothing of an account but its number: what it wrote must still belong to somebody. Not when
/// its owner has changed their mind in this moment.
pub async fn erase(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::EraseAccount>,
    user: UserId,
    now: Moment,
) -> Result<bool> {
    let name = name::of_gone(user);
    let nothing = || Expr::value(Option::<i64>::None);
    let no_text = || Expr::value(Option::<String>::None);
    let erased = user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(name.clone()))
        // A space stands in no user name: nobody else can ever take the key.
        .col_expr(user::Column::NameKey, Expr::value(format!("gone {user}")))
        .col_expr(user::Column::Email, Expr::value(format!("{name}@gone.invalid")))
        .col_expr(user::Column::EmailKey, no_text())
        .col_expr(user::Column::EmailVerifiedAt, nothing())
        .col_expr(user::Column::Password, Expr::value(""))
        .col_expr(user::Column::Role, Expr::value("member"))
        .col_expr(user::Column::SuspendedAt, nothing())
        .col_expr(user::Column::SuspendedUntil, nothing())
        .col_expr(user::Column::SuspensionReason, no_text())
        .col_expr(user::Column::Application, no_text())
        .col_expr(user::Column::InvitationId, nothing())
        .col_expr(user::Column::PasskeyHandle, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(user::Column::ErasedAt, Expr::value(now.milliseconds()))
        // Whoever is being let in at this moment is turned away.
        .col_expr(user::Column::AccessEpoch, Expr::col(user::Column::AccessEpoch).add(1))
        .filter(user::Column::Id.eq(user.0))
        .filter(user::Column::DeletesAt.lte(now.milliseconds()))
        .filter(user::Column::ErasedAt.is_null())
        .exec(database)
        .await?;
    Ok(erased.rows_affected == 1)
}

/// Deletes all that belongs to an account and to nothing else.
pub async fn delete_belongings(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).exec(database).await?;
    entry::Entity::delete_many().filter(entry::Column::UserId.eq(user.0)).exec(database).await?;
    link::Entity::delete_many().filter(link::Column::UserId.eq(user.0)).exec(database).await?;
    totp_secret::Entity::delete_by_id(user.0).exec(database).await?;
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user.0)).exec(database).await?;
    passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(user.0)).exec(database).await?;
    ceremony::Entity::delete_many().filter(ceremony::Column::UserId.eq(user.0)).exec(database).await?;
    identity::Entity::delete_many().filter(identity::Column::UserId.eq(user.0)).exec(database).await?;
    known_browser::Entity::delete_many().filter(known_browser::Column::UserId.eq(user.0)).exec(database).await?;
    letter::Entity::delete_many().filter(letter::Column::UserId.eq(user.0)).exec(database).await?;
    Entity::delete_many().filter(Column::UserId.eq(user.0)).exec(database).await?;
    Ok(())
}

/// The log keeps what was done, but no name and no address of whoever is gone, and nothing that they have
/// called their factors.
pub async fn forget_in_log(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    use audit_entry::Column::{ActorId, ActorName, Address, Deed as DeedName, Detail, SubjectId, SubjectKind, SubjectName};

    let name = || Expr::value(name::of_gone(user));
    let change = audit_entry::Entity::update_many;
    let of_account = || SubjectKind.eq("user").and(SubjectId.eq(user.0));
    let of_comments = SubjectKind.eq("comment").and(SubjectId.in_subquery(comments_of(user)));
    let by_person = change().col_expr(ActorName, name()).col_expr(Address, Expr::value("")).filter(ActorId.eq(user.0));
    // Whoever signs in is still a guest at that moment.
    let by_guest = change().col_expr(Address, Expr::value("")).filter(of_account()).filter(ActorId.is_null());
    let to_person = change().col_expr(SubjectName, name()).filter(of_account());
    // What moderators do with a comment is written down with its author's name.
    let to_comments = change().col_expr(SubjectName, name()).filter(of_comments);
    let named_by_person = DeedName.is_in(NAMED_BY_PERSON.map(Deed::name));
    let to_factors = change().col_expr(Detail, Expr::value("")).filter(of_account()).filter(named_by_person);
    for forgetting in [by_person, by_guest, to_person, to_comments, to_factors] {
        forgetting.exec(database).await?;
    }
    Ok(())
}

/// Deeds whose detail holds what a person has called something of theirs, or where else they have an account.
const NAMED_BY_PERSON: [Deed; 5] =
    [Deed::FactorSetUp, Deed::FactorRemoved, Deed::PasskeyRenamed, Deed::IdentityLinked, Deed::IdentityUnlinked];

fn comments_of(author: UserId) -> SelectStatement {
    let comments = comment::Entity::find().select_only().column(comment::Column::Id);
    QuerySelect::query(&mut comments.filter(comment::Column::AuthorId.eq(author.0))).to_owned()
}

/// What stands in the tables about an account, for its owner to take along.
#[derive(Debug)]
pub struct Belongings {
    pub account: user::Model,
    pub sessions: Vec<session::Model>,
    pub browsers: Vec<known_browser::Model>,
    pub authenticator: Option<totp_secret::Model>,
    pub passkeys: Vec<passkey::Model>,
    pub identities: Vec<identity::Model>,
    pub deeds: Vec<audit_entry::Model>,
}

impl Belongings {
    /// From where something was done, where its owner did it: signed in, or as a guest who was about to be.
    /// From where others act is theirs alone.
    pub fn own_address<'a>(&self, deed: &'a audit_entry::Model) -> Option<&'a str> {
        let is_own = deed.actor_id.is_none_or(|actor| actor == self.account.id);
        is_own.then_some(deed.address.as_str())
    }
}

pub async fn belongings(database: &impl ConnectionTrait, _permit: &Permit<act::TakeOwnData>, user: UserId) -> Result<Belongings> {
    let of_user = audit_entry::Column::ActorId
        .eq(user.0)
        .or(audit_entry::Column::SubjectKind.eq("user").and(audit_entry::Column::SubjectId.eq(user.0)));
    Ok(Belongings {
        account: user::Entity::find_by_id(user.0).one(database).await?.ok_or(AppError::NotFound)?,
        sessions: session::Entity::find().filter(session::Column::UserId.eq(user.0)).all(database).await?,
        browsers: known_browser::Entity::find().filter(known_browser::Column::UserId.eq(user.0)).all(database).await?,
        authenticator: totp_secret::Entity::find_by_id(user.0).one(database).await?,
        passkeys: passkey::Entity::find().filter(passkey::Column::UserId.eq(user.0)).all(database).await?,
        identities: identity::Entity::find().filter(identity::Column::UserId.eq(user.0)).all(database).await?,
        deeds: audit_entry::Entity::find().filter(of_user).order_by_asc(audit_entry::Column::Id).all(database).await?,
    })
}
