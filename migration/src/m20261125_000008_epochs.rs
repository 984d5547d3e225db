//! What requests under way are held against: how often everything that was open for an account was ended, and
//! the session that began to set an authenticator app up.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Users {
    Table,
    AccessEpoch,
}

#[derive(DeriveIden)]
enum TotpSecrets {
    Table,
    SessionNumber,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let epoch = big_integer(Users::AccessEpoch).default(0).to_owned();
        manager.alter_table(Table::alter().table(Users::Table).add_column(epoch).to_owned()).await?;
        let number = big_integer_null(TotpSecrets::SessionNumber);
        manager.alter_table(Table::alter().table(TotpSecrets::Table).add_column(number).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(TotpSecrets::Table).drop_column(TotpSecrets::SessionNumber).to_owned()).await?;
        manager.alter_table(Table::alter().table(Users::Table).drop_column(Users::AccessEpoch).to_owned()).await
    }
}
