//! People. The password is an Argon2id hash in PHC form, or empty where there is none: somebody who
//! signs in through a provider need not have one.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(unique)]
    pub name_key: String,
    #[sea_orm(column_type = "Text")]
    pub email: String,
    #[sea_orm(unique)]
    pub email_key: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub password: String,
    #[sea_orm(column_type = "Text")]
    pub role: String,
    pub created_at: i64,
    pub suspended_at: Option<i64>,
    pub suspended_until: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub suspension_reason: Option<String>,
    pub email_verified_at: Option<i64>,
    /// Since when a new password is owed.
    pub password_due_since: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub sign_in_notices: String,
    pub deletes_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub deletion: Option<String>,
    /// Since when an admin's consent is awaited.
    pub awaiting_since: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub application: Option<String>,
    pub declined_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub decline_reason: Option<String>,
    /// Since when nothing but the number is left of the account.
    pub erased_at: Option<i64>,
    pub invitation_id: Option<i64>,
    pub passkey_handle: Option<Vec<u8>>,
    /// How often everything that was open for the account was ended: whoever was recognised before is not let in
    /// after.
    pub access_epoch: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
