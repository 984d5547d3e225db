//! People, their sessions, their one-time links, and the memory of failed attempts.
//!
//! An address is claimed by the account whose `email_key` holds it. An account made with an address
//! that somebody has claimed already has none, so that registering tells nobody who is here.
//!
//! Moments are milliseconds since 1970 in UTC. Nothing here can be used to sign in: passwords are
//! Argon2id hashes, session ids and link tokens are SHA-256 digests.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, blob, text, text_null, text_uniq},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Users {
    Table,
    Id,
    Name,
    NameKey,
    Email,
    EmailKey,
    Password,
    Role,
    CreatedAt,
    SuspendedAt,
    SuspendedUntil,
    SuspensionReason,
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    IdHash,
    UserId,
    CreatedAt,
    LastSeenAt,
    ProvenAt,
    EndsAt,
    Agent,
    Address,
}

#[derive(DeriveIden)]
enum Links {
    Table,
    TokenHash,
    Purpose,
    UserId,
    CreatedAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum Throttles {
    Table,
    Key,
    Failures,
    BlockedUntil,
    ChangedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        create_index(manager, "users_role", Users::Table, &[Users::Role.into_iden()]).await?;
        create_index(manager, "users_created_at", Users::Table, &[Users::CreatedAt.into_iden()]).await?;
        manager.create_table(sessions()).await?;
        create_index(manager, "sessions_user_id", Sessions::Table, &[Sessions::UserId.into_iden()]).await?;
        create_index(manager, "sessions_ends_at", Sessions::Table, &[Sessions::EndsAt.into_iden()]).await?;
        manager.create_table(links()).await?;
        create_index(manager, "links_user_id", Links::Table, &[Links::UserId.into_iden()]).await?;
        create_index(manager, "links_ends_at", Links::Table, &[Links::EndsAt.into_iden()]).await?;
        manager.create_table(throttles()).await?;
        create_index(manager, "throttles_changed_at", Throttles::Table, &[Throttles::ChangedAt.into_iden()]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            [Throttles::Table.into_iden(), Links::Table.into_iden(), Sessions::Table.into_iden(), Users::Table.into_iden()]
        {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// An index on a table's columns, in their order.
pub(crate) async fn create_index(
    manager: &SchemaManager<'_>,
    name: &str,
    table: impl IntoIden,
    columns: &[DynIden],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table.into_iden());
    for column in columns {
        index.col(column.clone());
    }
    manager.create_index(index).await
}

fn users() -> TableCreateStatement {
    Table::create()
        .table(Users::Table)
        .col(big_integer(Users::Id).auto_increment().primary_key())
        .col(text(Users::Name))
        .col(text_uniq(Users::NameKey))
        .col(text(Users::Email))
        .col(text_null(Users::EmailKey).unique_key())
        .col(text(Users::Password))
        .col(text(Users::Role))
        .col(big_integer(Users::CreatedAt))
        .col(big_integer_null(Users::SuspendedAt))
        .col(big_integer_null(Users::SuspendedUntil))
        .col(text_null(Users::SuspensionReason))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table(Sessions::Table)
        .col(blob(Sessions::IdHash).primary_key())
        .col(big_integer(Sessions::UserId))
        .col(big_integer(Sessions::CreatedAt))
        .col(big_integer(Sessions::LastSeenAt))
        .col(big_integer(Sessions::ProvenAt))
        .col(big_integer(Sessions::EndsAt))
        .col(text(Sessions::Agent))
        .col(text(Sessions::Address))
        .foreign_key(&mut belongs_to_user(Sessions::Table, Sessions::UserId))
        .to_owned()
}

fn links() -> TableCreateStatement {
    Table::create()
        .table(Links::Table)
        .col(blob(Links::TokenHash).primary_key())
        .col(text(Links::Purpose))
        .col(big_integer_null(Links::UserId))
        .col(big_integer(Links::CreatedAt))
        .col(big_integer(Links::EndsAt))
        .foreign_key(&mut belongs_to_user(Links::Table, Links::UserId))
        .to_owned()
}

fn throttles() -> TableCreateStatement {
    Table::create()
        .table(Throttles::Table)
        .col(blob(Throttles::Key).primary_key())
        .col(big_integer(Throttles::Failures))
        .col(big_integer(Throttles::BlockedUntil))
        .col(big_integer(Throttles::ChangedAt))
        .to_owned()
}

/// What belongs to a person goes with the person.
pub(crate) fn belongs_to_user(table: impl IntoIden, column: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table.into_iden(), column.into_iden())
        .to(Users::Table, Users::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
