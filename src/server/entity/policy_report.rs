//! What browsers report of our pages, counted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_reports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub directive: String,
    /// A word, a scheme or an origin.
    #[sea_orm(column_type = "Text")]
    pub blocked: String,
    /// A path of ours without its query.
    #[sea_orm(column_type = "Text")]
    pub document: String,
    /// A path of ours, somebody else's origin, or nothing.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    pub times: i64,
    pub first_seen_at: i64,
    pub last_seen_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
