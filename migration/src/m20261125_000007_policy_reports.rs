//! What browsers refused to do on our pages, as they report it: each kind once, and counted.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, text},
};

use crate::m20261124_000001_accounts::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum PolicyReports {
    Table,
    Id,
    Directive,
    Blocked,
    Document,
    Source,
    Times,
    FirstSeenAt,
    LastSeenAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(policy_reports()).await?;
        let kind = Index::create()
            .name("policy_reports_kind")
            .table(PolicyReports::Table)
            .col(PolicyReports::Directive)
            .col(PolicyReports::Blocked)
            .col(PolicyReports::Document)
            .col(PolicyReports::Source)
            .unique()
            .to_owned();
        manager.create_index(kind).await?;
        let newest = [PolicyReports::LastSeenAt.into_iden(), PolicyReports::Id.into_iden()];
        create_index(manager, "policy_reports_last_seen_at", PolicyReports::Table, &newest).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PolicyReports::Table).to_owned()).await
    }
}

fn policy_reports() -> TableCreateStatement {
    Table::create()
        .table(PolicyReports::Table)
        .col(big_integer(PolicyReports::Id).auto_increment().primary_key())
        .col(text(PolicyReports::Directive))
        .col(text(PolicyReports::Blocked))
        .col(text(PolicyReports::Document))
        .col(text(PolicyReports::Source))
        .col(big_integer(PolicyReports::Times))
        .col(big_integer(PolicyReports::FirstSeenAt))
        .col(big_integer(PolicyReports::LastSeenAt))
        .to_owned()
}
