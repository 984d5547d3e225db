//! The server functions of this slice. Each hands its arguments on and does nothing else.

use leptos::prelude::*;

use super::model::{DiscussionId, Openness, Preview, Prominence};
use crate::{error::AppError, landing::Landing};

#[server(name = StartDiscussion, prefix = "/api", endpoint = "discussions/start")]
pub async fn start(title: String, opening: String, #[server(default)] once: String) -> Result<Landing, AppError> {
    use crate::{
        discussions::model::DiscussionDraft,
        server::{discussions, once::OnceKey},
    };
    let draft = DiscussionDraft { title, opening };
    let once = OnceKey::read(Some(&once));
    crate::server::call(|visit| async move { discussions::start(&visit, draft, &once).await }).await
}

#[server(name = EditDiscussion, prefix = "/api", endpoint = "discussions/edit")]
pub async fn edit(discussion: DiscussionId, title: String, opening: String) -> Result<Landing, AppError> {
    use crate::{discussions::model::DiscussionDraft, server::discussions};
    let draft = DiscussionDraft { title, opening };
    crate::server::call(|visit| async move { discussions::edit(&visit, discussion, draft).await }).await
}

#[server(name = SetOpenness, prefix = "/api", endpoint = "discussions/set_openness")]
pub async fn set_openness(
    discussion: DiscussionId,
    openness: Openness,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{landing::LocalPath, server::discussions::moderation, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { moderation::set_openness(&visit, discussion, openness, next).await }).await
}

#[server(name = SetProminence, prefix = "/api", endpoint = "discussions/set_prominence")]
pub async fn set_prominence(
    discussion: DiscussionId,
    prominence: Prominence,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{landing::LocalPath, server::discussions::moderation, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { moderation::set_prominence(&visit, discussion, prominence, next).await }).await
}

#[server(name = RenameDiscussion, prefix = "/api", endpoint = "discussions/rename")]
pub async fn rename(discussion: DiscussionId, title: String, #[server(default)] next: String) -> Result<Landing, AppError> {
    use crate::{discussions::model::Renaming, landing::LocalPath, server::discussions::moderation, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { moderation::rename(&visit, discussion, Renaming { title }, next).await }).await
}

#[server(name = DeleteDiscussion, prefix = "/api", endpoint = "discussions/delete")]
pub async fn delete(discussion: DiscussionId, #[server(default)] next: String) -> Result<Landing, AppError> {
    use crate::{landing::LocalPath, server::discussions::moderation, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { moderation::delete(&visit, discussion, next).await }).await
}

/// Shows how an opening will look; changes nothing, and is a POST all the same because of its size.
#[server(name = PreviewOpening, prefix = "/api", endpoint = "discussions/preview")]
pub async fn preview(opening: String) -> Result<Preview, AppError> {
    use crate::server::discussions;
    crate::server::call(|visit| async move { discussions::preview(&visit, &opening).await }).await
}
