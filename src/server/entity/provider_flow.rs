//! Visits that are away at a provider, by the SHA-256 of their state.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_flows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub state_hash: Vec<u8>,
    pub browser_hash: Vec<u8>,
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    #[sea_orm(column_type = "Text")]
    pub intent: String,
    pub user_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub next: String,
    #[sea_orm(column_type = "Text")]
    pub keeping: String,
    pub sealed: Vec<u8>,
    pub created_at: i64,
    pub ends_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
