//! The pages of this slice: each handler loads all it shows, then renders once.

use axum::response::Response;

use crate::{error::AppError, server::web::Trouble};

pub async fn page() -> Result<Response, Trouble> {
    Err(AppError::NotFound.into())
}
