//! Where a change leads: the page to go to and what to say there.
//!
//! Every server function that changes something answers with a [`Landing`]; a plain form is
//! redirected to it, an island goes there itself. Only paths of this site can be landed on.

use serde::{Deserialize, Serialize};

use crate::valid::{Problem, ProblemCode, Value};

/// A path of this site with its query, never another site's: `/d/7?notice=comment_published`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(String);

impl LocalPath {
    /// At most this many bytes.
    pub const LONGEST: usize = 2_000;

    #[must_use]
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// A path that we made ourselves; home, should we ever make one that is none.
    #[must_use]
    pub fn ours(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::home())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without query and fragment.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or("/")
    }
}

impl Value for LocalPath {
    /// One leading slash and printable ASCII: browsers read `//host`, `/\host` and paths with tabs
    /// or line breaks in them as addresses of other sites, and a program on the way that decodes a path
    /// reads `/%2fhost` so.
    fn parse(text: &str) -> Result<Self, Problem> {
        let malformed = Err(Problem::new(ProblemCode::Malformed));
        if text.len() > Self::LONGEST {
            return Err(Problem::bounded(ProblemCode::TooLong, Self::LONGEST as u64));
        }
        let mut characters = text.chars();
        if characters.next() != Some('/') || characters.next() == Some('/') {
            return malformed;
        }
        let begins_with_code = |code: &str| text.get(1..=code.len()).is_some_and(|start| start.eq_ignore_ascii_case(code));
        if begins_with_code("%2f") || begins_with_code("%5c") {
            return malformed;
        }
        if text.chars().any(|character| character == '\\' || !character.is_ascii_graphic()) {
            return malformed;
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for LocalPath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "not a path of this site")
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

/// What is said once on the page that a change leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    Welcome,
    RegistrationReceived,
    SignedIn,
    SignedOut,
    PasswordChanged,
    PasswordExpired,
    AppRemoved,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    LetterOnItsWay,
    EmailVerified,
    EmailChangeAsked,
    EmailRestored,
    ResetRequested,
    LetterRetried,
    DiscussionStarted,
    DiscussionSaved,
    DiscussionDeleted,
    DiscussionLocked,
    DiscussionUnlocked,
    DiscussionPinned,
    DiscussionUnpinned,
    CommentPublished,
    CommentSaved,
    CommentDeleted,
    CommentsHidden,
    CommentsRestored,
    CommentsDeleted,
    RoleChanged,
    PersonSuspended,
    SuspensionLifted,
    SessionsEnded,
    SessionEnded,
    OtherSessionsEnded,
    NoticesSaved,
    ArchiveAsked,
    DeletionPlanned,
    InvitationWithdrawn,
    PersonApproved,
    PersonDeclined,
    SettingsSaved,
    ReportsCleared,
    IdentityLinked,
    IdentityUnlinked,
    PasswordChosen,
    ThemeChanged,
}

impl Notice {
    /// The code as it stands in `?notice=`.
    #[must_use]
    pub fn code(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Reads `?notice=`; a code that is not ours says nothing.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
    }
}

/// Where to go after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landing {
    pub path: LocalPath,
    pub notice: Option<Notice>,
}

impl Landing {
    #[must_use]
    pub fn on(path: LocalPath) -> Self {
        Self { path, notice: None }
    }

    #[must_use]
    pub fn saying(self, notice: Notice) -> Self {
        Self { notice: Some(notice), ..self }
    }

    /// The address to go to: the notice joins the query, before a fragment.
    #[must_use]
    pub fn address(&self) -> String {
        let path = self.path.as_str();
        let Some(notice) = self.notice else {
            return path.to_owned();
        };
        let (page, fragment) = path.split_once('#').map_or((path, None), |(page, fragment)| (page, Some(fragment)));
        let joint = if page.contains('?') { '&' } else { '?' };
        let fragment = fragment.map(|name| format!("#{name}")).unwrap_or_default();
        format!("{page}{joint}notice={}{fragment}", notice.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_can_be_landed_on() {
        for own in ["/", "/d/7", "/d/7?after=ab#c-9"] {
            assert!(LocalPath::parse(own).is_ok(), "{own}");
        }
        for foreign in [
            "",
            "d/7",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: a=b",
            "/ä",
        ] {
            assert!(LocalPath::parse(foreign).is_err(), "{foreign:?}");
        }
    }

    #[test]
    fn a_notice_stands_before_the_fragment() {
        let path = LocalPath::parse("/d/7?after=ab#c-9").unwrap();
        let landing = Landing::on(path).saying(Notice::CommentPublished);
        assert_eq!(landing.address(), "/d/7?after=ab&notice=comment_published#c-9");
        assert_eq!(Notice::from_code("comment_published"), Some(Notice::CommentPublished));
        assert_eq!(Notice::from_code("<script>"), None);
    }
}
