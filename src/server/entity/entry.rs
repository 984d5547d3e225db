//! Half-signed-in visits, by the SHA-256 of their token.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub user_id: i64,
    #[sea_orm(column_type = "Text")]
    pub proven: String,
    #[sea_orm(column_type = "Text")]
    pub keeping: String,
    #[sea_orm(column_type = "Text")]
    pub next: String,
    pub tries: i32,
    pub created_at: i64,
    pub ends_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
