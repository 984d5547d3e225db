//! Letters on their way, sealed; the text is gone once they are sent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letters")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub recipient: String,
    /// The form by which two addresses are the same.
    #[sea_orm(column_type = "Text")]
    pub recipient_key: String,
    pub user_id: Option<i64>,
    pub sealed: Option<Vec<u8>>,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub tries: i32,
    pub next_try_at: i64,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub complaint: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
