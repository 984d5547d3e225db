//! What people send to this slice, with the rules each field keeps.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::valid::{Problem, ProblemCode, Value, number_within, one_line, rule};

use super::{EmailAddress, NewPassword, Secret, Username, password::is_present};

/// Asks for an account.
#[derive(Clone, Debug, Default, Validate)]
pub struct Registration {
    #[validate(custom(function = "rule::<Username>"))]
    pub username: String,
    #[validate(custom(function = "rule::<EmailAddress>"))]
    pub email: String,
    #[validate(custom(function = "NewPassword::rule"))]
    pub password: Secret,
    /// Why, where an admin decides; the site's settings say whether it is asked for.
    pub application: String,
}

/// Asks to be let in.
#[derive(Clone, Debug, Default, Validate)]
pub struct SignIn {
    /// A user name or an e-mail address.
    #[validate(custom(function = "rule::<LoginText>"))]
    pub login: String,
    #[validate(custom(function = "is_present"))]
    pub password: Secret,
}

/// Names an e-mail address for an account.
#[derive(Clone, Debug, Default, Validate)]
pub struct EmailDraft {
    #[validate(custom(function = "rule::<EmailAddress>"))]
    pub email: String,
}

/// Proves again who is acting.
#[derive(Clone, Debug, Default, Validate)]
pub struct Proof {
    #[validate(custom(function = "is_present"))]
    pub password: Secret,
}

/// Replaces one's own password.
#[derive(Clone, Debug, Default, Validate)]
pub struct PasswordChange {
    #[validate(custom(function = "is_present"))]
    pub current_password: Secret,
    /// How long it must be depends on what stands beside it, which the act knows.
    #[validate(custom(function = "is_present"))]
    pub password: Secret,
}

/// Sets a password where something else than the old one allows it.
#[derive(Clone, Debug, Default, Validate)]
pub struct NewPasswordDraft {
    #[validate(custom(function = "NewPassword::rule"))]
    pub password: Secret,
}

/// Keeps somebody from acting for a time.
#[derive(Clone, Debug, Default, Validate)]
pub struct Suspension {
    #[validate(custom(function = "rule::<SuspensionReason>"))]
    pub reason: String,
    /// In days from now, as typed; empty until it is lifted.
    #[validate(custom(function = "rule::<SuspensionLength>"))]
    pub days: String,
}

/// How long a suspension lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuspensionLength {
    Days(u32),
    UntilLifted,
}

impl SuspensionLength {
    /// In days: ten years. Longer is for good.
    const LONGEST: u32 = 3_650;
}

impl Value for SuspensionLength {
    fn parse(text: &str) -> Result<Self, Problem> {
        if text.trim().is_empty() {
            return Ok(Self::UntilLifted);
        }
        number_within(text, 1..=Self::LONGEST).map(Self::Days)
    }
}

/// What was typed into the sign-in form's first field.
#[derive(Clone, Debug)]
pub struct LoginText(String);

impl LoginText {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for LoginText {
    fn parse(text: &str) -> Result<Self, Problem> {
        let trimmed = text.trim();
        match trimmed.len() as u64 {
            0 => Err(Problem::new(ProblemCode::Required)),
            length if length > EmailAddress::LONGEST => Err(Problem::bounded(ProblemCode::TooLong, EmailAddress::LONGEST)),
            _ if trimmed.chars().any(char::is_control) => Err(Problem::new(ProblemCode::Character)),
            _ => Ok(Self(trimmed.to_owned())),
        }
    }
}

/// Why somebody is suspended, as that person will read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionReason(String);

impl SuspensionReason {
    /// In code points.
    pub const LONGEST: u64 = 500;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for SuspensionReason {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 1, Self::LONGEST).map(Self)
    }
}
