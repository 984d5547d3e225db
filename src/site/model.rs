//! The settings an admin can change while the site runs, and the limits they keep.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::valid::{Problem, ProblemCode, Value, one_line, rule};

/// Who may register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    #[default]
    Open,
    Closed,
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
            comment_length: 10_000,
            comments_per_minute: 6,
            discussions_per_hour: 10,
            edit_window: 30,
        }
    }
}

/// Replaces the settings.
#[derive(Clone, Debug, Validate)]
pub struct SettingsDraft {
    #[validate(custom(function = "rule::<SiteName>"))]
    pub name: String,
    #[validate(custom(function = "rule::<SiteDescription>"))]
    pub description: String,
    pub registration: RegistrationMode,
    #[validate(custom(function = "is_comment_length"))]
    pub comment_length: u32,
    #[validate(custom(function = "is_rate"))]
    pub comments_per_minute: u32,
    #[validate(custom(function = "is_rate"))]
    pub discussions_per_hour: u32,
    #[validate(custom(function = "is_edit_window"))]
    pub edit_window: u32,
}

impl SettingsDraft {
    /// Code points in one comment.
    pub const COMMENT_LENGTH: std::ops::RangeInclusive<u32> = 100..=10_000;
    /// Contributions of one person in the time of the setting.
    pub const RATE: std::ops::RangeInclusive<u32> = 1..=1_000;
    /// In minutes; the longest is a year.
    pub const EDIT_WINDOW: std::ops::RangeInclusive<u32> = 0..=525_600;
}

fn is_comment_length(number: u32) -> Result<(), validator::ValidationError> {
    within(number, &SettingsDraft::COMMENT_LENGTH)
}

fn is_rate(number: u32) -> Result<(), validator::ValidationError> {
    within(number, &SettingsDraft::RATE)
}

fn is_edit_window(number: u32) -> Result<(), validator::ValidationError> {
    within(number, &SettingsDraft::EDIT_WINDOW)
}

fn within(number: u32, range: &std::ops::RangeInclusive<u32>) -> Result<(), validator::ValidationError> {
    if range.contains(&number) {
        return Ok(());
    }
    let nearest = number.clamp(*range.start(), *range.end());
    Err(Problem::bounded(ProblemCode::OutOfRange, u64::from(nearest)).into())
}
