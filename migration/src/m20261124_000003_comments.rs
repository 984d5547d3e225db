//! What is said. `path` holds the numbers of a comment's ancestors and its own as big-endian bytes,
//! so that one index yields a thread in reading order.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, blob, integer, text, text_null, text_uniq},
};

use crate::{
    m20261124_000001_accounts::{Users, create_index},
    m20261124_000002_discussions::Discussions,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Comments {
    Table,
    Id,
    DiscussionId,
    ParentId,
    AuthorId,
    Number,
    Path,
    State,
    /// Replies that still take a place: they keep the place of a deleted or hidden comment.
    Replies,
    Body,
    BodyHtml,
    ProseRules,
    OnceKey,
    Reason,
    CreatedAt,
    EditedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(comments()).await?;
        let thread = Index::create()
            .name("comments_thread")
            .table(Comments::Table)
            .col(Comments::DiscussionId)
            .col(Comments::Path)
            .unique()
            .to_owned();
        manager.create_index(thread).await?;
        create_index(
            manager,
            "comments_author",
            Comments::Table,
            &[Comments::AuthorId.into_iden(), Comments::CreatedAt.into_iden()],
        )
        .await?;
        create_index(manager, "comments_state", Comments::Table, &[Comments::State.into_iden(), Comments::Id.into_iden()])
            .await?;
        create_index(manager, "comments_created_at", Comments::Table, &[Comments::CreatedAt.into_iden()]).await?;
        create_index(manager, "comments_parent", Comments::Table, &[Comments::ParentId.into_iden()]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Comments::Table).to_owned()).await
    }
}

fn comments() -> TableCreateStatement {
    Table::create()
        .table(Comments::Table)
        .col(big_integer(Comments::Id).auto_increment().primary_key())
        .col(big_integer(Comments::DiscussionId))
        .col(big_integer_null(Comments::ParentId))
        .col(big_integer(Comments::AuthorId))
        .col(big_integer(Comments::Number))
        .col(blob(Comments::Path))
        .col(text(Comments::State))
        .col(big_integer(Comments::Replies))
        .col(text(Comments::Body))
        .col(text(Comments::BodyHtml))
        .col(integer(Comments::ProseRules))
        .col(text_uniq(Comments::OnceKey))
        .col(text_null(Comments::Reason))
        .col(big_integer(Comments::CreatedAt))
        .col(big_integer_null(Comments::EditedAt))
        .foreign_key(
            ForeignKey::create()
                .from(Comments::Table, Comments::DiscussionId)
                .to(Discussions::Table, Discussions::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(ForeignKey::create().from(Comments::Table, Comments::ParentId).to(Comments::Table, Comments::Id))
        .foreign_key(ForeignKey::create().from(Comments::Table, Comments::AuthorId).to(Users::Table, Users::Id))
        .to_owned()
}
