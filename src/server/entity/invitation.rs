//! Invitations, by the SHA-256 of their code.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub code_hash: Vec<u8>,
    pub made_by: i64,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub uses: i32,
    pub uses_left: i32,
    pub created_at: i64,
    pub ends_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
