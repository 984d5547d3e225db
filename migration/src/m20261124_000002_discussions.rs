//! What is talked about. A discussion without an opening text is allowed for: later ones will begin
//! at an article of another site.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, integer, text, text_uniq},
};

use crate::m20261124_000001_accounts::{Users, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Discussions {
    Table,
    Id,
    AuthorId,
    Title,
    Opening,
    OpeningHtml,
    ProseRules,
    OnceKey,
    CreatedAt,
    EditedAt,
    LastActivityAt,
    LockedAt,
    PinnedAt,
    DeletedAt,
    /// How many comments were ever written here: the last one's number.
    LastNumber,
    VisibleComments,
    Version,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Discussions::Table)
                    .col(big_integer(Discussions::Id).auto_increment().primary_key())
                    .col(big_integer(Discussions::AuthorId))
                    .col(text(Discussions::Title))
                    .col(text(Discussions::Opening))
                    .col(text(Discussions::OpeningHtml))
                    .col(integer(Discussions::ProseRules))
                    .col(text_uniq(Discussions::OnceKey))
                    .col(big_integer(Discussions::CreatedAt))
                    .col(big_integer_null(Discussions::EditedAt))
                    .col(big_integer(Discussions::LastActivityAt))
                    .col(big_integer_null(Discussions::LockedAt))
                    .col(big_integer_null(Discussions::PinnedAt))
                    .col(big_integer_null(Discussions::DeletedAt))
                    .col(big_integer(Discussions::LastNumber))
                    .col(big_integer(Discussions::VisibleComments))
                    .col(big_integer(Discussions::Version))
                    .foreign_key(ForeignKey::create().from(Discussions::Table, Discussions::AuthorId).to(Users::Table, Users::Id))
                    .to_owned(),
            )
            .await?;
        create_index(
            manager,
            "discussions_activity",
            Discussions::Table,
            &[
                Discussions::DeletedAt.into_iden(),
                Discussions::PinnedAt.into_iden(),
                Discussions::LastActivityAt.into_iden(),
                Discussions::Id.into_iden(),
            ],
        )
        .await?;
        create_index(
            manager,
            "discussions_author",
            Discussions::Table,
            &[Discussions::AuthorId.into_iden(), Discussions::CreatedAt.into_iden()],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Discussions::Table).to_owned()).await
    }
}
