//! The types of this slice and the rules they keep.

use std::{fmt, num::NonZeroUsize};

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::{
    accounts::model::{UserId, Username},
    discussions::model::{DiscussionId, Title},
    moment::Moment,
    valid::{Problem, ProblemCode, Value, many_lines, one_line, rule},
};

/// The number of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentId(pub i64);

impl fmt::Display for CommentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What has become of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    Visible,
    /// Taken out of sight by a moderator; can be restored.
    Hidden,
    /// Gone for good, its text with it; a place stays while it has replies.
    Deleted,
}

impl CommentState {
    pub const ALL: [Self; 3] = [Self::Visible, Self::Hidden, Self::Deleted];

    /// The word that the database, forms and addresses use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Hidden => "hidden",
            Self::Deleted => "deleted",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A comment with its text: only for those who may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    pub discussion: DiscussionId,
    pub parent: Option<CommentId>,
    pub author: UserId,
    pub author_name: Username,
    /// Its number within the discussion, from 1 in the order of writing.
    pub number: u32,
    /// How many replies deep it stands; 0 answers the discussion itself.
    pub depth: u8,
    pub state: CommentState,
    /// Rendered and sanitised by the server; empty once deleted.
    pub body_html: String,
    pub written: Moment,
    pub edited: Option<Moment>,
    /// Why it was hidden or deleted, where a moderator did it.
    pub reason: Option<String>,
}

impl Comment {
    /// Replies deeper than this stand beside each other at this depth.
    pub const DEEPEST: u8 = 8;
}

/// A comment outside its thread, with the discussion it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedComment {
    pub comment: Comment,
    pub discussion_title: Title,
}

/// A comment with its text as typed, for changing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentSource {
    pub comment: Comment,
    pub body: String,
}

/// What a moderator does to comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModerationDeed {
    Hide,
    Restore,
    Delete,
}

impl ModerationDeed {
    /// What becomes of a comment in this state; nothing when the deed does not apply to it.
    #[must_use]
    pub const fn outcome(self, state: CommentState) -> Option<CommentState> {
        match (self, state) {
            (Self::Hide, CommentState::Visible) => Some(CommentState::Hidden),
            (Self::Restore, CommentState::Hidden) => Some(CommentState::Visible),
            (Self::Delete, CommentState::Visible | CommentState::Hidden) => Some(CommentState::Deleted),
            _ => None,
        }
    }
}

/// A part of a thread, in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadPage {
    pub entries: Vec<ThreadEntry>,
    /// Where the page before ends, if there is one.
    pub before: Option<ThreadPath>,
    /// Where the page after begins, if there is one.
    pub after: Option<ThreadPath>,
}

/// Which part of a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ThreadPosition {
    #[default]
    Beginning,
    /// From this comment on, itself included.
    From(ThreadPath),
    After(ThreadPath),
    Before(ThreadPath),
}

/// One place in a thread, as a certain visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThreadEntry {
    Comment(Box<Comment>),
    /// Something stood here and its replies still do.
    Placeholder {
        id: CommentId,
        number: u32,
        depth: u8,
        state: CommentState,
    },
}

impl ThreadEntry {
    #[must_use]
    pub fn id(&self) -> CommentId {
        match self {
            Self::Comment(comment) => comment.id,
            Self::Placeholder { id, .. } => *id,
        }
    }

    #[must_use]
    pub fn depth(&self) -> u8 {
        match self {
            Self::Comment(comment) => comment.depth,
            Self::Placeholder { depth, .. } => *depth,
        }
    }
}

/// The place of a comment in its thread: the numbers of its ancestors and its own, each in four
/// bytes, the most significant first. Byte order is reading order, so a page of a thread is one
/// range of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThreadPath(Vec<u8>);

impl ThreadPath {
    const SEGMENT: usize = 4;

    /// Answers the discussion itself.
    #[must_use]
    pub fn root(number: u32) -> Self {
        Self(number.to_be_bytes().to_vec())
    }

    /// Answers the comment at this path. At [`Comment::DEEPEST`] the reply stands beside it.
    #[must_use]
    pub fn reply(&self, number: u32) -> Self {
        let kept = self.0.len().min(usize::from(Comment::DEEPEST) * Self::SEGMENT);
        let mut path = self.0[..kept].to_vec();
        path.extend_from_slice(&number.to_be_bytes());
        Self(path)
    }

    #[must_use]
    pub fn depth(&self) -> u8 {
        let segments = NonZeroUsize::new(self.0.len() / Self::SEGMENT).map_or(1, NonZeroUsize::get);
        u8::try_from(segments - 1).unwrap_or(u8::MAX)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// As it stands in an address, where it marks the comment after which a page begins.
    #[must_use]
    pub fn to_cursor(&self) -> String {
        self.0.iter().fold(String::new(), |cursor, byte| format!("{cursor}{byte:02x}"))
    }

    /// Reads what [`Self::to_cursor`] wrote; anything else is no cursor.
    #[must_use]
    pub fn from_cursor(text: &str) -> Option<Self> {
        let longest = (usize::from(Comment::DEEPEST) + 1) * Self::SEGMENT * 2;
        let well_formed =
            !text.is_empty() && text.len() <= longest && text.len().is_multiple_of(Self::SEGMENT * 2) && text.is_ascii();
        if !well_formed {
            return None;
        }
        let byte_at = |position: usize| u8::from_str_radix(&text[position..position + 2], 16).ok();
        (0..text.len()).step_by(2).map(byte_at).collect::<Option<Vec<u8>>>().map(Self)
    }
}

/// The text of a comment, in Markdown, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentBody(String);

impl CommentBody {
    /// In code points. The site's own setting may be lower, never higher.
    pub const LONGEST: u64 = 10_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for CommentBody {
    fn parse(text: &str) -> Result<Self, Problem> {
        many_lines(text, Self::LONGEST).map(Self)
    }
}

/// Says something, or replaces what was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct CommentDraft {
    #[validate(custom(function = "rule::<CommentBody>"))]
    pub body: String,
}

impl CommentDraft {
    /// The rules of the draft and the site's own limit, in code points.
    ///
    /// # Errors
    /// The problem of the body.
    pub fn check(self, longest: u64) -> Result<CommentBody, Problem> {
        let body = CommentBody::parse(&self.body)?;
        let too_long = body.as_str().chars().count() as u64 > longest;
        if too_long { Err(Problem::bounded(ProblemCode::TooLong, longest)) } else { Ok(body) }
    }
}

/// Why a moderator acted, as it stands in the audit log and as the author reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModerationReason(String);

impl ModerationReason {
    /// In code points.
    pub const LONGEST: u64 = 500;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for ModerationReason {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 1, Self::LONGEST).map(Self)
    }
}

/// Hides, restores or deletes comments with a reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Moderation {
    #[validate(custom(function = "is_some_of_them"))]
    pub comments: Vec<CommentId>,
    #[validate(custom(function = "rule::<ModerationReason>"))]
    pub reason: String,
}

impl Moderation {
    /// Comments in one go.
    pub const MOST: usize = 100;
}

fn is_some_of_them(comments: &[CommentId]) -> Result<(), validator::ValidationError> {
    match comments.len() {
        0 => Err(Problem::new(ProblemCode::NothingChosen).into()),
        length if length > Moderation::MOST => Err(Problem::bounded(ProblemCode::TooLong, Moderation::MOST as u64).into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_of_paths_is_reading_order() {
        let first = ThreadPath::root(1);
        let second = ThreadPath::root(2);
        let reply = first.reply(3);
        let reply_to_reply = reply.reply(300);
        let later_reply = first.reply(4);
        let mut written = vec![second.clone(), later_reply.clone(), reply_to_reply.clone(), first.clone(), reply.clone()];
        written.sort();
        assert_eq!(written, vec![first, reply, reply_to_reply, later_reply, second]);
    }

    #[test]
    fn a_thread_never_grows_deeper_than_its_limit() {
        let deepest = (1..20).fold(ThreadPath::root(0), |path, number| path.reply(number));
        assert_eq!(deepest.depth(), Comment::DEEPEST);
    }

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let path = ThreadPath::root(7).reply(70_000);
        assert_eq!(ThreadPath::from_cursor(&path.to_cursor()), Some(path));
        for text in ["", "zz", "0000000", "00000001x", "äääääääää", &"00".repeat(100)] {
            assert_eq!(ThreadPath::from_cursor(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_body_keeps_its_lines_and_refuses_other_control_characters() {
        assert_eq!(CommentBody::parse("one\r\ntwo\tthree").unwrap().as_str(), "one\ntwo\tthree");
        assert_eq!(CommentBody::parse("nul\0").unwrap_err().code, ProblemCode::Character);
        assert_eq!(CommentBody::parse(" \n").unwrap_err().code, ProblemCode::Required);
        assert_eq!(CommentBody::parse(&"x".repeat(10_001)).unwrap_err().bound, Some(10_000));
    }
}
