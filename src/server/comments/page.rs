//! The pages of this slice: each handler loads all it shows, then renders once.

use axum::response::Response;

use crate::{error::AppError, server::web::Trouble};

pub async fn permalink() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn reply() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn edit() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn delete() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}
