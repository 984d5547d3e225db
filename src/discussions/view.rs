//! What the pages of this slice hand to its island: with which texts and for what the form of a
//! discussion begins.

use serde::{Deserialize, Serialize};

use super::model::{DiscussionDraft, DiscussionId, Preview};
use crate::{
    accounts::model::UserId,
    ui::{KeptText, TextOrigin},
    valid::FieldProblems,
};

/// Where discussions are started.
pub const START: &str = "/api/discussions/start";
/// Where a discussion is changed by its author.
pub const EDIT: &str = "/api/discussions/edit";
/// Where an opening is rendered without being published.
pub const PREVIEW: &str = "/api/discussions/preview";

/// What the form is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Start {
        /// Tells this form from the same form sent again.
        once: String,
    },
    Edit(DiscussionId),
}

impl Purpose {
    /// The server function that the form posts to.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Start { .. } => START,
            Self::Edit(_) => EDIT,
        }
    }
}

/// The form of a discussion as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafting {
    pub purpose: Purpose,
    pub draft: DiscussionDraft,
    pub origin: TextOrigin,
    /// What was wrong, when the form came back.
    pub problems: FieldProblems,
    pub preview: Option<Preview>,
    /// Nobody when the session ended while the form was on its way.
    pub writer: Option<UserId>,
}

impl Drafting {
    /// Where the browser keeps the opening until it is published.
    #[must_use]
    pub fn kept_text(&self) -> KeptText {
        let writer = self.writer.map_or_else(|| "guest".to_owned(), |writer| writer.to_string());
        match self.purpose {
            Purpose::Start { .. } => KeptText::at(&writer, "new"),
            Purpose::Edit(discussion) => KeptText::at(&writer, &format!("d{discussion}/edit")),
        }
    }

    /// Where it keeps the title.
    #[must_use]
    pub fn kept_title(&self) -> KeptText {
        self.kept_text().part("title")
    }
}
