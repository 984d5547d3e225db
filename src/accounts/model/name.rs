//! User names: what may be one.
//!
//! The shape is checked here, on both sides. That no name looks like another one (RFC 8265, UTS 39)
//! needs tables which never reach the browser: `server/accounts/name.rs` adds that.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::valid::{Problem, ProblemCode, Value};

/// A user name as its owner writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

impl Username {
    /// In code points.
    pub const SHORTEST: u64 = 2;
    /// In code points.
    pub const LONGEST: u64 = 30;

    /// Names that a person could mistake for the site itself, or that addresses use.
    pub const RESERVED: &[&str] = &[
        "abuse",
        "account",
        "admin",
        "administrator",
        "anonymous",
        "api",
        "comments",
        "deleted",
        "everyone",
        "guest",
        "help",
        "hostmaster",
        "info",
        "locutory",
        "me",
        "mod",
        "moderator",
        "moderators",
        "nobody",
        "noreply",
        "null",
        "official",
        "operator",
        "owner",
        "postmaster",
        "root",
        "security",
        "staff",
        "support",
        "system",
        "team",
        "undefined",
        "webmaster",
        "you",
    ];

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Username {
    fn parse(text: &str) -> Result<Self, Problem> {
        let length = text.chars().count() as u64;
        match length {
            0 => Err(Problem::new(ProblemCode::Required)),
            _ if length < Self::SHORTEST => Err(Problem::bounded(ProblemCode::TooShort, Self::SHORTEST)),
            _ if length > Self::LONGEST => Err(Problem::bounded(ProblemCode::TooLong, Self::LONGEST)),
            _ if !text.chars().all(is_allowed) => Err(Problem::new(ProblemCode::Character)),
            _ if has_loose_punctuation(text) => Err(Problem::new(ProblemCode::Punctuation)),
            _ if is_reserved(text) => Err(Problem::new(ProblemCode::Reserved)),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

fn is_punctuation(character: char) -> bool {
    matches!(character, '_' | '.' | '-')
}

fn is_allowed(character: char) -> bool {
    character.is_alphanumeric() || is_punctuation(character)
}

/// A name begins and ends with a letter or digit, and two signs never follow each other: such names
/// cannot be told apart in running text.
fn has_loose_punctuation(text: &str) -> bool {
    let doubled = text.chars().zip(text.chars().skip(1)).any(|(one, next)| is_punctuation(one) && is_punctuation(next));
    doubled || text.starts_with(is_punctuation) || text.ends_with(is_punctuation)
}

fn is_reserved(text: &str) -> bool {
    let lower = text.to_lowercase();
    Username::RESERVED.contains(&lower.as_str())
}

impl fmt::Display for Username {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl TryFrom<String> for Username {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "not a user name")
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_alphabets_are_taken() {
        for name in ["ada", "Ada.Lovelace", "grace-hopper_2", "Ødegård", "Мария", "美咲", "ليلى"] {
            assert!(Username::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        let cases = [
            ("", ProblemCode::Required),
            ("a", ProblemCode::TooShort),
            ("abcdefghijklmnopqrstuvwxyzabcde", ProblemCode::TooLong),
            ("ada lovelace", ProblemCode::Character),
            ("ada\u{202e}", ProblemCode::Character),
            ("<script>", ProblemCode::Character),
            (".ada", ProblemCode::Punctuation),
            ("ada_", ProblemCode::Punctuation),
            ("ada..lovelace", ProblemCode::Punctuation),
            ("Admin", ProblemCode::Reserved),
        ];
        for (name, code) in cases {
            assert_eq!(Username::parse(name).unwrap_err().code, code, "{name:?}");
        }
    }
}
