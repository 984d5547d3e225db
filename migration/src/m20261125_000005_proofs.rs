//! What proves who somebody is, and what is still owed before they are in: second factors, passkeys,
//! accounts elsewhere, half-signed-in visits, browsers that are known, and the letters about all that.
//!
//! Nothing here can be used to sign in: tokens, codes and cookies are SHA-256 digests; a secret that
//! must come back in clear is sealed with a key that lies outside the database.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, blob, blob_null, integer, text, text_null},
};

use crate::m20261124_000001_accounts::{belongs_to_user, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Users {
    Table,
    EmailVerifiedAt,
    PasswordDueSince,
    SignInNotices,
    DeletesAt,
    Deletion,
    AwaitingSince,
    Application,
    DeclinedAt,
    DeclineReason,
    ErasedAt,
    InvitationId,
    PasskeyHandle,
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    Number,
    Proven,
    Keeping,
    IdleLimit,
}

#[derive(DeriveIden)]
enum Links {
    Table,
    Address,
}

#[derive(DeriveIden)]
enum Entries {
    Table,
    TokenHash,
    UserId,
    Proven,
    Keeping,
    Next,
    Tries,
    CreatedAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum TotpSecrets {
    Table,
    UserId,
    Sealed,
    ConfirmedAt,
    LastStep,
    CreatedAt,
}

#[derive(DeriveIden)]
enum RecoveryCodes {
    Table,
    CodeHash,
    UserId,
    CreatedAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum Passkeys {
    Table,
    Id,
    UserId,
    CredentialId,
    Name,
    Credential,
    Backup,
    CreatedAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum Ceremonies {
    Table,
    TokenHash,
    Purpose,
    UserId,
    State,
    EndsAt,
}

#[derive(DeriveIden)]
enum Identities {
    Table,
    Id,
    UserId,
    Provider,
    Subject,
    Label,
    CreatedAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum ProviderFlows {
    Table,
    StateHash,
    BrowserHash,
    Provider,
    Intent,
    UserId,
    Next,
    Keeping,
    Sealed,
    CreatedAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum KnownBrowsers {
    Table,
    TokenHash,
    UserId,
    Agent,
    CreatedAt,
    LastSeenAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        widen(manager).await?;
        let tables = [
            entries(),
            totp_secrets(),
            recovery_codes(),
            passkeys(),
            ceremonies(),
            identities(),
            provider_flows(),
            known_browsers(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        index(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            KnownBrowsers::Table.into_iden(),
            ProviderFlows::Table.into_iden(),
            Identities::Table.into_iden(),
            Ceremonies::Table.into_iden(),
            Passkeys::Table.into_iden(),
            RecoveryCodes::Table.into_iden(),
            TotpSecrets::Table.into_iden(),
            Entries::Table.into_iden(),
        ];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        narrow(manager).await
    }
}

/// One statement a column: SQLite takes no more.
async fn widen(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in [
        big_integer_null(Users::EmailVerifiedAt),
        big_integer_null(Users::PasswordDueSince),
        text(Users::SignInNotices).default("wanted").take(),
        big_integer_null(Users::DeletesAt),
        text_null(Users::Deletion),
        big_integer_null(Users::AwaitingSince),
        text_null(Users::Application),
        big_integer_null(Users::DeclinedAt),
        text_null(Users::DeclineReason),
        big_integer_null(Users::ErasedAt),
        big_integer_null(Users::InvitationId),
        blob_null(Users::PasskeyHandle),
    ] {
        manager.alter_table(Table::alter().table(Users::Table).add_column(column).to_owned()).await?;
    }
    for column in [
        big_integer(Sessions::Number).default(0).take(),
        text(Sessions::Proven).default("password").take(),
        text(Sessions::Keeping).default("kept").take(),
        big_integer_null(Sessions::IdleLimit),
    ] {
        manager.alter_table(Table::alter().table(Sessions::Table).add_column(column).to_owned()).await?;
    }
    manager.alter_table(Table::alter().table(Links::Table).add_column(text_null(Links::Address)).to_owned()).await
}

async fn narrow(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = [
        (Links::Table.into_iden(), Links::Address.into_iden()),
        (Sessions::Table.into_iden(), Sessions::IdleLimit.into_iden()),
        (Sessions::Table.into_iden(), Sessions::Keeping.into_iden()),
        (Sessions::Table.into_iden(), Sessions::Proven.into_iden()),
        (Sessions::Table.into_iden(), Sessions::Number.into_iden()),
        (Users::Table.into_iden(), Users::PasskeyHandle.into_iden()),
        (Users::Table.into_iden(), Users::InvitationId.into_iden()),
        (Users::Table.into_iden(), Users::ErasedAt.into_iden()),
        (Users::Table.into_iden(), Users::DeclineReason.into_iden()),
        (Users::Table.into_iden(), Users::DeclinedAt.into_iden()),
        (Users::Table.into_iden(), Users::Application.into_iden()),
        (Users::Table.into_iden(), Users::AwaitingSince.into_iden()),
        (Users::Table.into_iden(), Users::Deletion.into_iden()),
        (Users::Table.into_iden(), Users::DeletesAt.into_iden()),
        (Users::Table.into_iden(), Users::SignInNotices.into_iden()),
        (Users::Table.into_iden(), Users::PasswordDueSince.into_iden()),
        (Users::Table.into_iden(), Users::EmailVerifiedAt.into_iden()),
    ];
    for (table, column) in columns {
        manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
    }
    Ok(())
}

async fn index(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    create_index(manager, "entries_ends_at", Entries::Table, &[Entries::EndsAt.into_iden()]).await?;
    create_index(manager, "entries_user_id", Entries::Table, &[Entries::UserId.into_iden()]).await?;
    create_index(manager, "recovery_codes_user_id", RecoveryCodes::Table, &[RecoveryCodes::UserId.into_iden()]).await?;
    create_index(manager, "passkeys_user_id", Passkeys::Table, &[Passkeys::UserId.into_iden()]).await?;
    create_index(manager, "ceremonies_ends_at", Ceremonies::Table, &[Ceremonies::EndsAt.into_iden()]).await?;
    create_index(manager, "identities_user_id", Identities::Table, &[Identities::UserId.into_iden()]).await?;
    create_index(manager, "provider_flows_ends_at", ProviderFlows::Table, &[ProviderFlows::EndsAt.into_iden()]).await?;
    create_index(manager, "known_browsers_user_id", KnownBrowsers::Table, &[KnownBrowsers::UserId.into_iden()]).await?;
    manager
        .create_index(
            Index::create()
                .name("identities_subject")
                .table(Identities::Table)
                .col(Identities::Provider)
                .col(Identities::Subject)
                .unique()
                .to_owned(),
        )
        .await
}

/// Visits that have shown something, and owe something.
fn entries() -> TableCreateStatement {
    Table::create()
        .table(Entries::Table)
        .col(blob(Entries::TokenHash).primary_key())
        .col(big_integer(Entries::UserId))
        .col(text(Entries::Proven))
        .col(text(Entries::Keeping))
        .col(text(Entries::Next))
        .col(integer(Entries::Tries))
        .col(big_integer(Entries::CreatedAt))
        .col(big_integer(Entries::EndsAt))
        .foreign_key(&mut belongs_to_user(Entries::Table, Entries::UserId))
        .to_owned()
}

fn totp_secrets() -> TableCreateStatement {
    Table::create()
        .table(TotpSecrets::Table)
        .col(big_integer(TotpSecrets::UserId).primary_key())
        .col(blob(TotpSecrets::Sealed))
        .col(big_integer_null(TotpSecrets::ConfirmedAt))
        .col(big_integer(TotpSecrets::LastStep))
        .col(big_integer(TotpSecrets::CreatedAt))
        .foreign_key(&mut belongs_to_user(TotpSecrets::Table, TotpSecrets::UserId))
        .to_owned()
}

fn recovery_codes() -> TableCreateStatement {
    Table::create()
        .table(RecoveryCodes::Table)
        .col(blob(RecoveryCodes::CodeHash).primary_key())
        .col(big_integer(RecoveryCodes::UserId))
        .col(big_integer(RecoveryCodes::CreatedAt))
        .col(big_integer_null(RecoveryCodes::UsedAt))
        .foreign_key(&mut belongs_to_user(RecoveryCodes::Table, RecoveryCodes::UserId))
        .to_owned()
}

fn passkeys() -> TableCreateStatement {
    Table::create()
        .table(Passkeys::Table)
        .col(big_integer(Passkeys::Id).auto_increment().primary_key())
        .col(big_integer(Passkeys::UserId))
        .col(blob(Passkeys::CredentialId).unique_key())
        .col(text(Passkeys::Name))
        .col(text(Passkeys::Credential))
        .col(text(Passkeys::Backup))
        .col(big_integer(Passkeys::CreatedAt))
        .col(big_integer_null(Passkeys::LastUsedAt))
        .foreign_key(&mut belongs_to_user(Passkeys::Table, Passkeys::UserId))
        .to_owned()
}

/// Challenges that a passkey is to answer, each once.
fn ceremonies() -> TableCreateStatement {
    Table::create()
        .table(Ceremonies::Table)
        .col(blob(Ceremonies::TokenHash).primary_key())
        .col(text(Ceremonies::Purpose))
        .col(big_integer_null(Ceremonies::UserId))
        .col(text(Ceremonies::State))
        .col(big_integer(Ceremonies::EndsAt))
        .foreign_key(&mut belongs_to_user(Ceremonies::Table, Ceremonies::UserId))
        .to_owned()
}

/// Accounts elsewhere, by the provider's own number for them.
fn identities() -> TableCreateStatement {
    Table::create()
        .table(Identities::Table)
        .col(big_integer(Identities::Id).auto_increment().primary_key())
        .col(big_integer(Identities::UserId))
        .col(text(Identities::Provider))
        .col(text(Identities::Subject))
        .col(text(Identities::Label))
        .col(big_integer(Identities::CreatedAt))
        .col(big_integer_null(Identities::LastUsedAt))
        .foreign_key(&mut belongs_to_user(Identities::Table, Identities::UserId))
        .to_owned()
}

/// Visits that are away at a provider.
fn provider_flows() -> TableCreateStatement {
    Table::create()
        .table(ProviderFlows::Table)
        .col(blob(ProviderFlows::StateHash).primary_key())
        .col(blob(ProviderFlows::BrowserHash))
        .col(text(ProviderFlows::Provider))
        .col(text(ProviderFlows::Intent))
        .col(big_integer_null(ProviderFlows::UserId))
        .col(text(ProviderFlows::Next))
        .col(text(ProviderFlows::Keeping))
        .col(blob(ProviderFlows::Sealed))
        .col(big_integer(ProviderFlows::CreatedAt))
        .col(big_integer(ProviderFlows::EndsAt))
        .foreign_key(&mut belongs_to_user(ProviderFlows::Table, ProviderFlows::UserId))
        .to_owned()
}

/// Browsers in which somebody has signed in before.
fn known_browsers() -> TableCreateStatement {
    Table::create()
        .table(KnownBrowsers::Table)
        .col(blob(KnownBrowsers::TokenHash))
        .col(big_integer(KnownBrowsers::UserId))
        .col(text(KnownBrowsers::Agent))
        .col(big_integer(KnownBrowsers::CreatedAt))
        .col(big_integer(KnownBrowsers::LastSeenAt))
        .primary_key(Index::create().col(KnownBrowsers::TokenHash).col(KnownBrowsers::UserId))
        .foreign_key(&mut belongs_to_user(KnownBrowsers::Table, KnownBrowsers::UserId))
        .to_owned()
}
