//! STUB
#![expect(clippy::unused_async, clippy::missing_errors_doc)]
use super::App;
use super::operator::OperatorError;
use crate::accounts::model::{Role, Secret};

#[derive(Debug)]
pub struct Login {
    pub role: Role,
    pub username: String,
    pub password: Secret,
}
pub async fn fill(_app: &App) -> Result<Vec<Login>, OperatorError> {
    Ok(vec![Login { role: Role::Admin, username: "ada".to_owned(), password: Secret::new("demo".to_owned()) }])
}
