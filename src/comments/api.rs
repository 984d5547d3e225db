//! The server functions of this slice. Each hands its arguments on and does nothing else.

use leptos::prelude::*;

use super::model::{CommentId, ModerationDeed};
use crate::{
    discussions::model::{DiscussionId, Preview},
    error::AppError,
    landing::Landing,
};

#[server(name = PublishComment, prefix = "/api", endpoint = "comments/publish")]
pub async fn publish(
    discussion: DiscussionId,
    body: String,
    #[server(default)] parent: Option<CommentId>,
    #[server(default)] once: String,
) -> Result<Landing, AppError> {
    use crate::{
        comments::model::CommentDraft,
        server::{comments, once::OnceKey},
    };
    let once = OnceKey::read(Some(&once));
    crate::server::call(|visit| async move { comments::publish(&visit, discussion, parent, CommentDraft { body }, &once).await })
        .await
}

#[server(name = EditComment, prefix = "/api", endpoint = "comments/edit")]
pub async fn edit(comment: CommentId, body: String) -> Result<Landing, AppError> {
    use crate::{comments::model::CommentDraft, server::comments};
    crate::server::call(|visit| async move { comments::edit(&visit, comment, CommentDraft { body }).await }).await
}

#[server(name = DeleteComment, prefix = "/api", endpoint = "comments/delete")]
pub async fn delete(comment: CommentId) -> Result<Landing, AppError> {
    use crate::server::comments;
    crate::server::call(|visit| async move { comments::delete(&visit, comment).await }).await
}

/// Shows how a text will look; changes nothing, and is a POST all the same because of its size.
#[server(name = PreviewComment, prefix = "/api", endpoint = "comments/preview")]
pub async fn preview(body: String) -> Result<Preview, AppError> {
    use crate::{comments::model::CommentDraft, server::comments};
    crate::server::call(|visit| async move { comments::preview(&visit, CommentDraft { body }).await }).await
}

#[server(name = ModerateComments, prefix = "/api", endpoint = "comments/moderate")]
pub async fn moderate(
    deed: ModerationDeed,
    reason: String,
    #[server(default)] comments: Vec<CommentId>,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{comments::model::Moderation, landing::LocalPath, server::comments::moderation, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { moderation::moderate(&visit, deed, Moderation { comments, reason }, next).await })
        .await
}
