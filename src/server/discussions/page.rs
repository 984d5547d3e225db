//! The pages of this slice: each handler loads all it shows, then renders once.

use axum::response::Response;

use crate::{error::AppError, server::web::Trouble};

pub async fn list() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn start() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn show() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn edit() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}
