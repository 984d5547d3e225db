//! What the pages of this slice hand to its islands: with which text, for whom and for what a composer
//! begins.

use serde::{Deserialize, Serialize};

use super::model::CommentId;
use crate::{
    accounts::model::{UserId, Username},
    discussions::model::{DiscussionId, Preview},
    ui::{KeptText, TextOrigin},
    valid::{FieldProblems, Problem},
};

/// Where comments are published.
pub const PUBLISH: &str = "/api/comments/publish";
/// Where a comment is changed.
pub const EDIT: &str = "/api/comments/edit";
/// Where a comment is rendered without being published.
pub const PREVIEW: &str = "/api/comments/preview";

/// The element of a comment in its page, as it stands in addresses after `#`.
#[must_use]
pub fn anchor(comment: CommentId) -> String {
    format!("comment-{comment}")
}

/// The comment that a reply answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTarget {
    pub comment: CommentId,
    /// Its author, where the comment stands on the same page.
    pub author: Option<Username>,
}

/// What a composer is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Publish {
        discussion: DiscussionId,
        reply: Option<ReplyTarget>,
        /// Tells this form from the same form sent again.
        once: String,
    },
    Edit {
        discussion: DiscussionId,
        comment: CommentId,
    },
}

impl Purpose {
    /// The server function that the composer posts to.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Publish { .. } => PUBLISH,
            Self::Edit { .. } => EDIT,
        }
    }

    #[must_use]
    pub fn reply(&self) -> Option<ReplyTarget> {
        match self {
            Self::Publish { reply, .. } => reply.clone(),
            Self::Edit { .. } => None,
        }
    }
}

/// A composer as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composing {
    pub purpose: Purpose,
    pub body: String,
    pub origin: TextOrigin,
    /// What was wrong with the body, when the form came back.
    pub problem: Option<Problem>,
    pub preview: Option<Preview>,
    /// Code points that the site allows.
    pub longest: u32,
    /// Nobody when the session ended while the form was on its way.
    pub writer: Option<UserId>,
}

impl Composing {
    /// The problem as a form knows it.
    #[must_use]
    pub fn problems(&self) -> FieldProblems {
        self.problem.map(|problem| FieldProblems::one("body", problem)).unwrap_or_default()
    }

    /// Where the browser keeps the text until it is published. Each reply has a place of its own.
    #[must_use]
    pub fn kept_text(&self, reply: Option<CommentId>) -> KeptText {
        let writer = self.writer.map_or_else(|| "guest".to_owned(), |writer| writer.to_string());
        let place = match (&self.purpose, reply) {
            (Purpose::Publish { discussion, .. }, None) => format!("d{discussion}"),
            (Purpose::Publish { discussion, .. }, Some(parent)) => format!("d{discussion}/c{parent}"),
            (Purpose::Edit { comment, .. }, _) => format!("c{comment}/edit"),
        };
        KeptText::at(&writer, &place)
    }
}
