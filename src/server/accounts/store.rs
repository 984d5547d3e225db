//! Queries over the table `users`. Asks nobody's permission: the permits it takes show that somebody
//! did.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LockType},
};

use crate::{
    accounts::model::{
        AccountRecord, AddressClaim, EmailAddress, Profile, Role, SignInNotices, SuspensionReason, UserId, Username,
    },
    error::AppError,
    moment::{Day, Moment},
    policy::{Permit, act},
    server::{
        count,
        entity::user::{ActiveModel, Column, Entity, Model},
        error::{Error, Result},
        password::Hash,
        search,
        session::Account,
    },
    valid::{FieldProblems, Problem, ProblemCode, Value},
};

use super::{addresses, held::Held, joining::Newcomer, name::NameKey};

/// Accounts on one page of the dashboard.
pub const PAGE: u64 = 50;

/// Acts that make an account.
pub trait MakesAccount {
    /// Who stands for the e-mail address.
    const SURETY: Surety;
}
impl MakesAccount for act::Register {
    const SURETY: Surety = Surety::Nobody;
}
impl MakesAccount for act::SetUp {
    const SURETY: Surety = Surety::Operator;
}
impl MakesAccount for act::CreateAccount {
    const SURETY: Surety = Surety::Operator;
}

/// Who vouches for an e-mail address that nobody has proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surety {
    Nobody,
    /// Whoever runs the program: the address counts as proven.
    Operator,
}

/// Acts that set a password; signing in refreshes an old hash.
pub trait SetsPassword {}
impl SetsPassword for act::SignIn {}
impl SetsPassword for act::ChangePassword {}
impl SetsPassword for act::UsePasswordLink {}
impl SetsPassword for act::AdministerPerson {}

pub async fn find(database: &impl ConnectionTrait, id: UserId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id.0).one(database).await?)
}

/// On PostgreSQL the row stays locked until the transaction ends, so that what one person does at once is
/// done one after the other; on SQLite there is one writer anyway.
///
/// # Errors
/// The database's.
pub async fn lock(database: &impl ConnectionTrait, id: UserId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(database).await?)
}

pub async fn find_by_name(database: &impl ConnectionTrait, key: &NameKey) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::NameKey.eq(key.as_str())).one(database).await?)
}

pub async fn find_by_email(database: &impl ConnectionTrait, email: &EmailAddress) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::EmailKey.eq(email.key())).one(database).await?)
}

/// Whoever is first with an address claims it; the others get their account without. One that the operator
/// vouches for is taken from an account that has not proven it.
pub async fn insert<A: MakesAccount>(
    database: &impl ConnectionTrait,
    _permit: &Permit<A>,
    newcomer: &Newcomer,
    hash: &Hash,
    role: Role,
    now: Moment,
) -> Result<UserId> {
    if A::SURETY == Surety::Operator {
        addresses::release_unproven(database, &newcomer.email, None).await?;
    }
    let claimed = find_by_email(database, &newcomer.email).await?.is_some();
    let is_proven = A::SURETY == Surety::Operator && !claimed;
    let row = ActiveModel {
        id: NotSet,
        name: Set(newcomer.name.display.to_string()),
        name_key: Set(newcomer.name.key.as_str().to_owned()),
        email: Set(newcomer.email.as_str().to_owned()),
        email_key: Set((!claimed).then(|| newcomer.email.key())),
        password: Set(hash.as_str().to_owned()),
        role: Set(role.name().to_owned()),
        created_at: Set(now.milliseconds()),
        suspended_at: Set(None),
        suspended_until: Set(None),
        suspension_reason: Set(None),
        email_verified_at: Set(is_proven.then(|| now.milliseconds())),
        ..Default::default()
    };
    match Entity::insert(row).exec(database).await.map_err(Error::from) {
        Ok(inserted) => Ok(UserId(inserted.last_insert_id)),
        Err(error) if error.is_duplicate() => Err(FieldProblems::one("username", Problem::new(ProblemCode::Taken)).into()),
        Err(error) => Err(error),
    }
}

pub async fn set_password<A: SetsPassword>(
    database: &impl ConnectionTrait,
    _permit: &Permit<A>,
    held: &Held,
    hash: &Hash,
) -> Result<()> {
    let columns = [(Column::Password, Expr::value(hash.as_str())), (Column::PasswordDueSince, Expr::value(Option::<i64>::None))];
    update(database, held.id(), &columns).await
}

/// Gives an account its first password; no when it has one.
pub async fn set_first_password(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::ChooseFirstPassword>,
    held: &Held,
    hash: &Hash,
) -> Result<bool> {
    let set = Entity::update_many().col_expr(Column::Password, Expr::value(hash.as_str()));
    let set = set.filter(Column::Id.eq(held.id().0)).filter(Column::Password.eq("")).exec(database).await?;
    Ok(set.rows_affected == 1)
}

/// Brings a hash up to the parameters of today; the password stays, and so does what is owed for it. Not where
/// another password was set since the old hash was read: this one must not come back.
pub async fn refresh_hash(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::SignIn>,
    (id, old): (UserId, &str),
    hash: &Hash,
) -> Result<bool> {
    let refresh = Entity::update_many().col_expr(Column::Password, Expr::value(hash.as_str()));
    let refreshed = refresh.filter(Column::Id.eq(id.0)).filter(Column::Password.eq(old)).exec(database).await?;
    Ok(refreshed.rows_affected == 1)
}

/// Counts that everything that was open for an account ends: who was recognised before is not let in after.
/// Waits for whoever has the account locked.
pub async fn count_epoch(database: &impl ConnectionTrait, id: UserId) -> Result<()> {
    let next = Entity::update_many().col_expr(Column::AccessEpoch, Expr::col(Column::AccessEpoch).add(1));
    next.filter(Column::Id.eq(id.0)).exec(database).await?;
    Ok(())
}

/// Has the owner choose a new password at the next sign-in.
pub async fn expire_password(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::AdministerPerson>,
    id: UserId,
    now: Moment,
) -> Result<()> {
    update(database, id, &[(Column::PasswordDueSince, Expr::value(now.milliseconds()))]).await
}

pub async fn set_sign_in_notices(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::ChooseNotices>,
    id: UserId,
    choice: SignInNotices,
) -> Result<()> {
    update(database, id, &[(Column::SignInNotices, Expr::value(choice.name()))]).await
}

pub async fn cancel_deletion(database: &impl ConnectionTrait, _permit: &Permit<act::SignIn>, id: UserId) -> Result<()> {
    let columns =
        [(Column::DeletesAt, Expr::value(Option::<i64>::None)), (Column::Deletion, Expr::value(Option::<String>::None))];
    update(database, id, &columns).await
}

pub async fn set_role(database: &impl ConnectionTrait, _permit: &Permit<act::ChangeRole>, id: UserId, role: Role) -> Result<()> {
    update(database, id, &[(Column::Role, Expr::value(role.name()))]).await
}

pub async fn suspend(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::AdministerPerson>,
    id: UserId,
    until: Option<Moment>,
    reason: &SuspensionReason,
    now: Moment,
) -> Result<()> {
    let columns = [
        (Column::SuspendedAt, Expr::value(now.milliseconds())),
        (Column::SuspendedUntil, Expr::value(until.map(Moment::milliseconds))),
        (Column::SuspensionReason, Expr::value(reason.as_str())),
    ];
    update(database, id, &columns).await
}

pub async fn lift_suspension(database: &impl ConnectionTrait, _permit: &Permit<act::AdministerPerson>, id: UserId) -> Result<()> {
    let nothing = || Expr::value(Option::<i64>::None);
    let columns = [
        (Column::SuspendedAt, nothing()),
        (Column::SuspendedUntil, nothing()),
        (Column::SuspensionReason, Expr::value(Option::<String>::None)),
    ];
    update(database, id, &columns).await
}

async fn update(database: &impl ConnectionTrait, id: UserId, columns: &[(Column, Expr)]) -> Result<()> {
    let mut update = Entity::update_many().filter(Column::Id.eq(id.0));
    for (column, value) in columns {
        update = update.col_expr(*column, value.clone());
    }
    match update.exec(database).await?.rows_affected {
        0 => Err(AppError::NotFound.into()),
        _ => Ok(()),
    }
}

/// All admins; on PostgreSQL their rows stay locked until the transaction ends.
pub async fn lock_admins(database: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Role.eq(Role::Admin.name())).order_by_asc(Column::Id).lock_exclusive().all(database).await?)
}

/// How many admins there are, without locking anything.
pub async fn count_admins(database: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().filter(Column::Role.eq(Role::Admin.name())).count(database).await?)
}

/// Which accounts to show in the dashboard.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the name or of the e-mail address.
    pub text: String,
    pub role: Option<Role>,
    pub standing: Option<SuspendedOnly>,
    /// Older than this account.
    pub before: Option<UserId>,
}

/// Only people who are suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuspendedOnly;

/// Accounts of which more is left than their number.
fn remaining() -> Select<Entity> {
    Entity::find().filter(Column::ErasedAt.is_null())
}

/// One more than a page, the newest first.
pub async fn page(database: &impl ConnectionTrait, filter: &Filter, now: Moment) -> Result<Vec<AccountRecord>> {
    let mut query = remaining().filter(search::holds(&[Column::Name, Column::Email], &filter.text));
    if let Some(role) = filter.role {
        query = query.filter(Column::Role.eq(role.name()));
    }
    if filter.standing.is_some() {
        let lasting = Column::SuspendedUntil.is_null().or(Column::SuspendedUntil.gt(now.milliseconds()));
        query = query.filter(Column::SuspendedAt.is_not_null()).filter(lasting);
    }
    if let Some(before) = filter.before {
        query = query.filter(Column::Id.lt(before.0));
    }
    let rows = query.order_by_desc(Column::Id).limit(PAGE + 1).all(database).await?;
    rows.iter().map(record_of).collect()
}

/// The accounts made last.
pub async fn newest(database: &impl ConnectionTrait, most: u64) -> Result<Vec<AccountRecord>> {
    let rows = remaining().order_by_desc(Column::Id).limit(most).all(database).await?;
    rows.iter().map(record_of).collect()
}

pub async fn count(database: &impl ConnectionTrait) -> Result<u64> {
    Ok(remaining().count(database).await?)
}

/// How many accounts were made on each day since a moment; days without any are left out.
pub async fn count_by_day(database: &impl ConnectionTrait, since: Moment) -> Result<Vec<(Day, u64)>> {
    let query = Entity::find().filter(Column::CreatedAt.gte(since.milliseconds()));
    Ok(count::by_day(database, query, Column::CreatedAt).await?)
}

pub fn profile_of(user: &Model) -> Result<Profile> {
    Ok(Profile {
        id: UserId(user.id),
        name: Username::parse(&user.name).map_err(|_| Error::broken("a stored user name is not one", user.id))?,
        role: Account::of(user).role,
        since: Moment::from_milliseconds(user.created_at),
    })
}

pub fn record_of(user: &Model) -> Result<AccountRecord> {
    Ok(AccountRecord {
        profile: profile_of(user)?,
        email: EmailAddress::parse(&user.email).map_err(|_| Error::broken("a stored e-mail address is not one", user.id))?,
        claim: if user.email_key.is_some() { AddressClaim::Claimed } else { AddressClaim::TakenByAnother },
        standing: Account::of(user).standing,
        suspension_reason: user.suspension_reason.clone(),
        invitation: user.invitation_id,
    })
}
