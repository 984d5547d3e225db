//! The site's settings, one row a setting, and the audit log, which only grows.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, text},
};

use crate::m20261124_000001_accounts::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Settings {
    Table,
    Name,
    Value,
}

#[derive(DeriveIden)]
enum AuditEntries {
    Table,
    Id,
    At,
    ActorId,
    ActorName,
    Deed,
    SubjectKind,
    SubjectId,
    SubjectName,
    Detail,
    Reason,
    Address,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Settings::Table)
                    .col(text(Settings::Name).primary_key())
                    .col(text(Settings::Value))
                    .to_owned(),
            )
            .await?;
        manager.create_table(audit_entries()).await?;
        create_index(manager, "audit_entries_at", AuditEntries::Table, &[AuditEntries::At.into_iden()]).await?;
        create_index(
            manager,
            "audit_entries_actor",
            AuditEntries::Table,
            &[AuditEntries::ActorId.into_iden(), AuditEntries::Id.into_iden()],
        )
        .await?;
        create_index(
            manager,
            "audit_entries_deed",
            AuditEntries::Table,
            &[AuditEntries::Deed.into_iden(), AuditEntries::Id.into_iden()],
        )
        .await?;
        create_index(
            manager,
            "audit_entries_subject",
            AuditEntries::Table,
            &[AuditEntries::SubjectKind.into_iden(), AuditEntries::SubjectId.into_iden(), AuditEntries::Id.into_iden()],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AuditEntries::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Settings::Table).to_owned()).await
    }
}

/// No foreign keys: what was done stays written down when those it names are gone.
fn audit_entries() -> TableCreateStatement {
    Table::create()
        .table(AuditEntries::Table)
        .col(big_integer(AuditEntries::Id).auto_increment().primary_key())
        .col(big_integer(AuditEntries::At))
        .col(big_integer_null(AuditEntries::ActorId))
        .col(text(AuditEntries::ActorName))
        .col(text(AuditEntries::Deed))
        .col(text(AuditEntries::SubjectKind))
        .col(big_integer_null(AuditEntries::SubjectId))
        .col(text(AuditEntries::SubjectName))
        .col(text(AuditEntries::Detail))
        .col(text(AuditEntries::Reason))
        .col(text(AuditEntries::Address))
        .to_owned()
}
