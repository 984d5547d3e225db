//! What is said. `path` gives the reading order within a discussion.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub discussion_id: i64,
    pub parent_id: Option<i64>,
    pub author_id: i64,
    pub number: i64,
    pub path: Vec<u8>,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub replies: i64,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    #[sea_orm(column_type = "Text")]
    pub body_html: String,
    pub prose_rules: i32,
    #[sea_orm(unique)]
    pub once_key: String,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub created_at: i64,
    pub edited_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::discussion::Entity", from = "Column::DiscussionId", to = "super::discussion::Column::Id")]
    Discussion,
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::AuthorId", to = "super::user::Column::Id")]
    Author,
}

impl Related<super::discussion::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Discussion.def()
    }
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Author.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
