//! The pages of this slice: each handler loads all it shows, then renders once.

use axum::response::Response;

use crate::{error::AppError, server::web::Trouble};

pub async fn person() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn register() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn sign_in() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn set_up() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn password_link() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn account() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}

pub async fn prove() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}
