//! The types of this slice and the rules they keep.

use std::fmt;

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::{
    accounts::model::{UserId, Username},
    moment::Moment,
    valid::{Problem, Value, many_lines, one_line, rule},
};

/// The number of a discussion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiscussionId(pub i64);

impl fmt::Display for DiscussionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Whether a discussion takes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Openness {
    Open,
    Locked,
}

/// Whether a discussion stands above the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prominence {
    Usual,
    Pinned,
}

/// A discussion as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscussionSummary {
    pub id: DiscussionId,
    pub title: Title,
    pub author: UserId,
    pub author_name: Username,
    pub openness: Openness,
    pub prominence: Prominence,
    /// Comments that a guest can see.
    pub comments: u64,
    pub started: Moment,
    pub last_activity: Moment,
    pub edited: Option<Moment>,
    /// Rises with every change to the discussion or to a comment in it.
    pub version: u64,
}

/// A discussion with its opening text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discussion {
    pub summary: DiscussionSummary,
    /// As typed; empty for a discussion that has only a title.
    pub opening: String,
    /// Rendered and sanitised by the server.
    pub opening_html: String,
}

/// What a discussion is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Title(String);

impl Title {
    /// In code points.
    pub const SHORTEST: u64 = 3;
    /// In code points.
    pub const LONGEST: u64 = 150;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Title {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, Self::SHORTEST, Self::LONGEST).map(Self)
    }
}

impl fmt::Display for Title {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The text that opens a discussion, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening(String);

impl Opening {
    /// In code points.
    pub const LONGEST: u64 = 10_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Opening {
    fn parse(text: &str) -> Result<Self, Problem> {
        many_lines(text, Self::LONGEST).map(Self)
    }
}

/// Starts a discussion, or replaces its title and opening.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct DiscussionDraft {
    #[validate(custom(function = "rule::<Title>"))]
    pub title: String,
    #[validate(custom(function = "rule::<Opening>"))]
    pub opening: String,
}

/// Gives a discussion another name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Renaming {
    #[validate(custom(function = "rule::<Title>"))]
    pub title: String,
}

/// A rendered text that nobody has published yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Rendered and sanitised by the server.
    pub html: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valid::{ProblemCode, Valid};

    #[test]
    fn a_title_is_one_line_without_its_margins() {
        assert_eq!(Title::parse("  Bread  ").unwrap().as_str(), "Bread");
        assert_eq!(Title::parse("  \t ").unwrap_err().code, ProblemCode::Required);
        assert_eq!(Title::parse("Two\nlines").unwrap_err().code, ProblemCode::Character);
        assert_eq!(Title::parse(&"x".repeat(151)).unwrap_err().bound, Some(150));
    }

    #[test]
    fn a_draft_tells_the_problem_of_each_field() {
        let draft = DiscussionDraft { title: "Hi".to_owned(), opening: " \n ".to_owned() };
        let problems = Valid::check(draft).unwrap_err();
        assert_eq!(problems.of("title"), Some(Problem::bounded(ProblemCode::TooShort, 3)));
        assert_eq!(problems.of("opening"), Some(Problem::new(ProblemCode::Required)));
    }
}
