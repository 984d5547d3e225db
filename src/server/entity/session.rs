//! Open sessions, by the SHA-256 of their id.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_hash: Vec<u8>,
    pub user_id: i64,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub proven_at: i64,
    pub ends_at: i64,
    #[sea_orm(column_type = "Text")]
    pub agent: String,
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// By which its owner names it: no secret, unlike the id.
    pub number: i64,
    /// By what it was proven who signs in.
    #[sea_orm(column_type = "Text")]
    pub proven: String,
    #[sea_orm(column_type = "Text")]
    pub keeping: String,
    /// In milliseconds; without one, the role's.
    pub idle_limit: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
