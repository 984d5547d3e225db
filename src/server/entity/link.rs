//! One-time links, by the SHA-256 of their token.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    pub user_id: Option<i64>,
    pub created_at: i64,
    pub ends_at: i64,
    /// The e-mail address that the link was sent to, where it proves one.
    #[sea_orm(column_type = "Text")]
    pub address: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
