//! The settings an admin can change while the site runs, and the limits they keep.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::valid::{Problem, Value, number_within, one_line, rule};

/// Who may register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    #[default]
    Open,
    /// Only who was given a link.
    Invitation,
    /// Everybody may ask, and an admin or moderator decides.
    Approval,
    Closed,
}

/// Whether moderators and admins need a second factor to act as such.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffFactor {
    #[default]
    Required,
    Optional,
}

/// What the pages look like, chosen by each visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the visitor's device has it.
    #[default]
    Device,
    Light,
    Dark,
}

impl Theme {
    /// The word in the cookie and in `data-theme`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Device, Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == name)
    }
}

/// What the site is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteName(String);

impl SiteName {
    /// In code points.
    pub const LONGEST: u64 = 60;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for SiteName {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 1, Self::LONGEST).map(Self)
    }
}

/// What the site is about, in a sentence or two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteDescription(String);

impl SiteDescription {
    /// In code points.
    pub const LONGEST: u64 = 300;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for SiteDescription {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 0, Self::LONGEST).map(Self)
    }
}

/// The settings as they are in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub name: SiteName,
    pub description: SiteDescription,
    pub registration: RegistrationMode,
    pub staff_factor: StaffFactor,
    /// Code points in one comment.
    pub comment_length: u32,
    /// Comments of one person in one minute.
    pub comments_per_minute: u32,
    /// Discussions of one person in one hour.
    pub discussions_per_hour: u32,
    /// Minutes in which one's own words can be changed; 0 is never.
    pub edit_window: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: SiteName("Locutory".to_owned()),
            description: SiteDescription("A place to talk.".to_owned()),
            registration: RegistrationMode::Open,
            staff_factor: StaffFactor::Required,
            comment_length: 10_000,
            comments_per_minute: 6,
            discussions_per_hour: 10,
            edit_window: 30,
        }
    }
}

/// Replaces the settings. Numbers come as typed, so that nonsense is told beside its field.
#[derive(Clone, Debug, Default, Validate)]
pub struct SettingsDraft {
    #[validate(custom(function = "rule::<SiteName>"))]
    pub name: String,
    #[validate(custom(function = "rule::<SiteDescription>"))]
    pub description: String,
    pub registration: RegistrationMode,
    pub staff_factor: StaffFactor,
    #[validate(custom(function = "rule::<CommentLength>"))]
    pub comment_length: String,
    #[validate(custom(function = "rule::<Rate>"))]
    pub comments_per_minute: String,
    #[validate(custom(function = "rule::<Rate>"))]
    pub discussions_per_hour: String,
    #[validate(custom(function = "rule::<EditWindow>"))]
    pub edit_window: String,
}

/// Code points that one comment may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentLength(pub u32);

/// How many contributions one person may make in the time of the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(pub u32);

/// Minutes in which one's own words can be changed, a year at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditWindow(pub u32);

impl Value for CommentLength {
    fn parse(text: &str) -> Result<Self, Problem> {
        number_within(text, 100..=10_000).map(Self)
    }
}

impl Value for Rate {
    fn parse(text: &str) -> Result<Self, Problem> {
        number_within(text, 1..=1_000).map(Self)
    }
}

impl Value for EditWindow {
    fn parse(text: &str) -> Result<Self, Problem> {
        number_within(text, 0..=525_600).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valid::ProblemCode;

    #[test]
    fn a_number_is_refused_with_the_nearest_that_is_allowed() {
        assert_eq!(Rate::parse(" 12 ").unwrap(), Rate(12));
        assert_eq!(Rate::parse("0").unwrap_err(), Problem::bounded(ProblemCode::OutOfRange, 1));
        assert_eq!(Rate::parse("99999999999999").unwrap_err(), Problem::bounded(ProblemCode::OutOfRange, 1_000));
        assert_eq!(CommentLength::parse("many").unwrap_err().code, ProblemCode::Malformed);
        assert_eq!(EditWindow::parse("").unwrap_err().code, ProblemCode::Required);
    }

    #[test]
    fn settings_written_by_an_older_version_read_with_defaults() {
        let settings: Settings = serde_json::from_str(r#"{"name":"Bread"}"#).unwrap();
        assert_eq!(settings.name.as_str(), "Bread");
        assert_eq!(settings.edit_window, Settings::default().edit_window);
    }
}
