//! Queries over the tables `provider_flows` and `identities`. Each that uses up is one statement.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select,
    sea_query::Expr,
};

use crate::{
    accounts::model::{Identity, IdentityId, Keeping, ProviderName, UserId},
    error::Refusal,
    landing::LocalPath,
    moment::Moment,
    policy::{Permit, act},
    server::{
        entity::{identity, passkey, provider_flow, user},
        error::{Error, Result},
    },
    valid::Value,
};

use super::{
    Recognised,
    flow::{Flow, Stage, Ticket},
};

/// Acts that make an account elsewhere a way to one here.
pub trait LinksIdentity {}
impl LinksIdentity for act::LinkIdentity {}
impl LinksIdentity for act::Register {}

/// Whose an account elsewhere is.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub id: IdentityId,
    pub user: UserId,
}

pub async fn insert_flow(database: &impl ConnectionTrait, ticket: &Ticket, flow: &Flow, ends: Moment) -> Result<()> {
    let row = provider_flow::ActiveModel {
        state_hash: Set(ticket.state_hash()),
        browser_hash: Set(ticket.mark_hash()),
        provider: Set(flow.provider.to_string()),
        intent: Set(flow.stage.name().to_owned()),
        user_id: Set(flow.user.map(|user| user.0)),
        next: Set(flow.next.clone().map(String::from).unwrap_or_default()),
        keeping: Set(flow.keeping.name().to_owned()),
        sealed: Set(flow.sealed.clone()),
        created_at: Set(flow.begun.milliseconds()),
        ends_at: Set(ends.milliseconds()),
    };
    provider_flow::Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

/// The flow of a ticket: state and browser must both be right.
fn of_ticket(ticket: &Ticket, now: Moment) -> Condition {
    Condition::all()
        .add(provider_flow::Column::StateHash.eq(ticket.state_hash()))
        .add(provider_flow::Column::BrowserHash.eq(ticket.mark_hash()))
        .add(provider_flow::Column::EndsAt.gt(now.milliseconds()))
}

pub async fn find_flow(database: &impl ConnectionTrait, ticket: &Ticket, now: Moment) -> Result<Option<Flow>> {
    let row = provider_flow::Entity::find().filter(of_ticket(ticket, now)).one(database).await?;
    row.map(flow_of).transpose()
}

fn flow_of(row: provider_flow::Model) -> Result<Flow> {
    let broken = |what: &str| Error::broken("a visit to a provider is not as it must be", what);
    Ok(Flow {
        provider: ProviderName::parse(&row.provider).ok_or_else(|| broken("provider"))?,
        stage: Stage::from_name(&row.intent).ok_or_else(|| broken("intent"))?,
        user: row.user_id.map(UserId),
        next: LocalPath::parse(&row.next).ok(),
        keeping: Keeping::from_name(&row.keeping),
        begun: Moment::from_milliseconds(row.created_at),
        sealed: row.sealed,
    })
}

/// Uses a flow up; no for all but the first.
pub async fn take_flow(database: &impl ConnectionTrait, ticket: &Ticket, now: Moment) -> Result<bool> {
    let taken = provider_flow::Entity::delete_many().filter(of_ticket(ticket, now)).exec(database).await?;
    Ok(taken.rows_affected == 1)
}

pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    let over = provider_flow::Entity::delete_many().filter(provider_flow::Column::EndsAt.lte(now.milliseconds()));
    Ok(over.exec(database).await?.rows_affected)
}

pub async fn find_identity(database: &impl ConnectionTrait, provider: &ProviderName, subject: &str) -> Result<Option<Known>> {
    let row = identity::Entity::find()
        .filter(identity::Column::Provider.eq(provider.as_str()))
        .filter(identity::Column::Subject.eq(subject))
        .one(database)
        .await?;
    Ok(row.map(|row| Known { id: IdentityId(row.id), user: UserId(row.user_id) }))
}

/// The unique pair of provider and subject decides between two who link at the same moment.
pub async fn insert_identity<A: LinksIdentity>(
    database: &impl ConnectionTrait,
    _permit: &Permit<A>,
    user: UserId,
    (provider, recognised): (&ProviderName, &Recognised),
    now: Moment,
) -> Result<()> {
    let row = identity::ActiveModel {
        id: NotSet,
        user_id: Set(user.0),
        provider: Set(provider.to_string()),
        subject: Set(recognised.subject().to_owned()),
        label: Set(recognised.label.clone()),
        created_at: Set(now.milliseconds()),
        last_used_at: Set(None),
    };
    match identity::Entity::insert(row).exec_without_returning(database).await.map_err(Error::from) {
        Ok(_) => Ok(()),
        Err(error) if error.is_duplicate() => Err(Refusal::IdentityTaken.into()),
        Err(error) => Err(error),
    }
}

pub async fn note_use(database: &impl ConnectionTrait, id: IdentityId, label: &str, now: Moment) -> Result<bool> {
    let noted = identity::Entity::update_many()
        .col_expr(identity::Column::LastUsedAt, Expr::value(now.milliseconds()))
        .col_expr(identity::Column::Label, Expr::value(label))
        .filter(identity::Column::Id.eq(id.0))
        .exec(database)
        .await?;
    Ok(noted.rows_affected == 1)
}

fn of_user(user: UserId) -> Select<identity::Entity> {
    identity::Entity::find().filter(identity::Column::UserId.eq(user.0))
}

/// Those of one person, the oldest first.
pub async fn linked(database: &impl ConnectionTrait, user: UserId) -> Result<Vec<Identity>> {
    let rows = of_user(user).order_by_asc(identity::Column::Id).all(database).await?;
    rows.into_iter().map(record_of).collect()
}

pub async fn find_own(database: &impl ConnectionTrait, user: UserId, id: IdentityId) -> Result<Option<Identity>> {
    let row = of_user(user).filter(identity::Column::Id.eq(id.0)).one(database).await?;
    row.map(record_of).transpose()
}

fn record_of(row: identity::Model) -> Result<Identity> {
    Ok(Identity {
        id: IdentityId(row.id),
        provider: ProviderName::parse(&row.provider).ok_or_else(|| Error::broken("a linked account has no provider", row.id))?,
        label: row.label,
        linked: Moment::from_milliseconds(row.created_at),
        last_used: row.last_used_at.map(Moment::from_milliseconds),
    })
}

pub async fn delete_identity(
    database: &impl ConnectionTrait,
    _permit: &Permit<act::LinkIdentity>,
    user: UserId,
    id: IdentityId,
) -> Result<()> {
    let own = identity::Entity::delete_many().filter(identity::Column::Id.eq(id.0)).filter(identity::Column::UserId.eq(user.0));
    own.exec(database).await?;
    Ok(())
}

/// How many accounts elsewhere open an account here.
pub async fn count_linked(database: &impl ConnectionTrait, user: UserId, providers: &[ProviderName]) -> Result<u64> {
    let names = providers.iter().map(ProviderName::as_str);
    Ok(of_user(user).filter(identity::Column::Provider.is_in(names)).count(database).await?)
}

/// The same without one of them.
pub async fn count_others(
    database: &impl ConnectionTrait,
    user: UserId,
    providers: &[ProviderName],
    without: IdentityId,
) -> Result<u64> {
    let names = providers.iter().map(ProviderName::as_str);
    let others = of_user(user).filter(identity::Column::Provider.is_in(names)).filter(identity::Column::Id.ne(without.0));
    Ok(others.count(database).await?)
}

pub async fn has_password(database: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    let own = user::Entity::find_by_id(user.0).filter(user::Column::Password.ne(""));
    Ok(own.count(database).await? > 0)
}

pub async fn count_passkeys(database: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    Ok(passkey::Entity::find().filter(passkey::Column::UserId.eq(user.0)).count(database).await?)
}
