//! How a site takes newcomers: by invitation, or with an admin's consent.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::{
    moment::Moment,
    valid::{Problem, Value, many_lines, number_within, one_line, rule},
};

use super::{UserId, Username};

/// Whether a newcomer has opened an invitation that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    Yes,
    No,
}

/// What an invitation is for, as those who run the site remember it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationNote(String);

impl InvitationNote {
    /// In code points.
    pub const LONGEST: u64 = 100;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for InvitationNote {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 1, Self::LONGEST).map(Self)
    }
}

/// How many accounts an invitation makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationUses(pub u32);

impl Value for InvitationUses {
    fn parse(text: &str) -> Result<Self, Problem> {
        number_within(text, 1..=1_000).map(Self)
    }
}

/// For how many days an invitation is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationDays(pub u32);

impl Value for InvitationDays {
    fn parse(text: &str) -> Result<Self, Problem> {
        number_within(text, 1..=365).map(Self)
    }
}

/// Asks for an invitation to hand out.
#[derive(Clone, Debug, Default, Validate)]
pub struct InvitationDraft {
    #[validate(custom(function = "rule::<InvitationNote>"))]
    pub note: String,
    #[validate(custom(function = "rule::<InvitationUses>"))]
    pub uses: String,
    #[validate(custom(function = "rule::<InvitationDays>"))]
    pub days: String,
}

/// A link that makes accounts, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLink {
    pub address: String,
    pub ends: Moment,
}

/// An invitation as the dashboard lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRecord {
    pub id: i64,
    pub note: String,
    pub made_by: Username,
    pub made: Moment,
    pub ends: Moment,
    pub uses: u32,
    pub uses_left: u32,
    /// Who came by it.
    pub joined: Vec<(UserId, Username)>,
}

/// Why somebody would like to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application(String);

impl Application {
    /// In code points.
    pub const LONGEST: u64 = 1_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Application {
    fn parse(text: &str) -> Result<Self, Problem> {
        many_lines(text, Self::LONGEST).map(Self)
    }
}

/// Somebody who waits to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    pub id: UserId,
    pub name: Username,
    pub since: Moment,
    pub application: String,
}

/// Why somebody was not let in, as they will read it.
#[derive(Clone, Debug, Default, Validate)]
pub struct Declination {
    #[validate(custom(function = "rule::<DeclineReason>"))]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclineReason(String);

impl DeclineReason {
    /// In code points.
    pub const LONGEST: u64 = 500;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for DeclineReason {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 1, Self::LONGEST).map(Self)
    }
}
