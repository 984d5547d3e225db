//! Letters on their way, invitations, and what people take away of their own.
//!
//! A letter holds links that open accounts, so it is sealed with a key that lies outside the database,
//! and its text is gone once it is sent.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, blob, blob_null, integer, text},
};

use crate::m20261124_000001_accounts::{belongs_to_user, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Letters {
    Table,
    Id,
    Kind,
    Recipient,
    RecipientKey,
    UserId,
    Sealed,
    State,
    Tries,
    NextTryAt,
    CreatedAt,
    FinishedAt,
    Complaint,
}

#[derive(DeriveIden)]
enum Invitations {
    Table,
    Id,
    CodeHash,
    MadeBy,
    Note,
    Uses,
    UsesLeft,
    CreatedAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum Exports {
    Table,
    Id,
    UserId,
    State,
    Archive,
    CreatedAt,
    FinishedAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum SolvedChallenges {
    Table,
    ChallengeHash,
    EndsAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [letters(), invitations(), exports(), solved_challenges()] {
            manager.create_table(table).await?;
        }
        let due = [Letters::State.into_iden(), Letters::NextTryAt.into_iden()];
        create_index(manager, "letters_due", Letters::Table, &due).await?;
        let to_whom = [Letters::RecipientKey.into_iden(), Letters::CreatedAt.into_iden()];
        create_index(manager, "letters_recipient_key", Letters::Table, &to_whom).await?;
        create_index(manager, "letters_user_id", Letters::Table, &[Letters::UserId.into_iden()]).await?;
        create_index(manager, "invitations_made_by", Invitations::Table, &[Invitations::MadeBy.into_iden()]).await?;
        create_index(manager, "exports_user_id", Exports::Table, &[Exports::UserId.into_iden()]).await?;
        create_index(manager, "solved_challenges_ends_at", SolvedChallenges::Table, &[SolvedChallenges::EndsAt.into_iden()]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            SolvedChallenges::Table.into_iden(),
            Exports::Table.into_iden(),
            Invitations::Table.into_iden(),
            Letters::Table.into_iden(),
        ];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn letters() -> TableCreateStatement {
    Table::create()
        .table(Letters::Table)
        .col(big_integer(Letters::Id).auto_increment().primary_key())
        .col(text(Letters::Kind))
        .col(text(Letters::Recipient))
        .col(text(Letters::RecipientKey))
        .col(big_integer_null(Letters::UserId))
        .col(blob_null(Letters::Sealed))
        .col(text(Letters::State))
        .col(integer(Letters::Tries))
        .col(big_integer(Letters::NextTryAt))
        .col(big_integer(Letters::CreatedAt))
        .col(big_integer_null(Letters::FinishedAt))
        .col(text(Letters::Complaint))
        .foreign_key(&mut belongs_to_user(Letters::Table, Letters::UserId))
        .to_owned()
}

fn invitations() -> TableCreateStatement {
    Table::create()
        .table(Invitations::Table)
        .col(big_integer(Invitations::Id).auto_increment().primary_key())
        .col(blob(Invitations::CodeHash).unique_key())
        .col(big_integer(Invitations::MadeBy))
        .col(text(Invitations::Note))
        .col(integer(Invitations::Uses))
        .col(integer(Invitations::UsesLeft))
        .col(big_integer(Invitations::CreatedAt))
        .col(big_integer(Invitations::EndsAt))
        .foreign_key(&mut belongs_to_user(Invitations::Table, Invitations::MadeBy))
        .to_owned()
}

fn exports() -> TableCreateStatement {
    Table::create()
        .table(Exports::Table)
        .col(big_integer(Exports::Id).auto_increment().primary_key())
        .col(big_integer(Exports::UserId))
        .col(text(Exports::State))
        .col(blob_null(Exports::Archive))
        .col(big_integer(Exports::CreatedAt))
        .col(big_integer_null(Exports::FinishedAt))
        .col(big_integer(Exports::EndsAt))
        .foreign_key(&mut belongs_to_user(Exports::Table, Exports::UserId))
        .to_owned()
}

fn solved_challenges() -> TableCreateStatement {
    Table::create()
        .table(SolvedChallenges::Table)
        .col(blob(SolvedChallenges::ChallengeHash).primary_key())
        .col(big_integer(SolvedChallenges::EndsAt))
        .to_owned()
}
