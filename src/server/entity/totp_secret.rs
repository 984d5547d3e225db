//! Secrets of authenticator apps, sealed, and the last time step that was used.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_secrets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    pub sealed: Vec<u8>,
    pub confirmed_at: Option<i64>,
    pub last_step: i64,
    pub created_at: i64,
    /// The session that alone may see and confirm it.
    pub session_number: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
