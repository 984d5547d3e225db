//! The server functions of this slice. Each hands its arguments on and does nothing else.

use leptos::prelude::*;

use super::model::LetterId;
use crate::{error::AppError, landing::Landing};

#[server(name = RetryLetter, prefix = "/api", endpoint = "letters/retry")]
pub async fn retry(letter: LetterId) -> Result<Landing, AppError> {
    use crate::server::letters;
    crate::server::call(|visit| async move { letters::retry(&visit, letter).await }).await
}
