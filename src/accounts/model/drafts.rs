//! What people send to this slice, with the rules each field keeps.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::valid::{Problem, ProblemCode, Value, rule};

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
    #[validate(custom(function = "NewPassword::rule"))]
    pub password: Secret,
}

/// Keeps somebody from acting for a time.
#[derive(Clone, Debug, Default, Validate)]
pub struct Suspension {
    #[validate(custom(function = "rule::<SuspensionReason>"))]
    pub reason: String,
    /// In days from now; without it until it is lifted.
    #[validate(custom(function = "is_length_of_suspension"))]
    pub days: Option<u32>,
}

impl Suspension {
    /// In days: ten years. Longer is for good.
    pub const LONGEST: u32 = 3_650;
}

fn is_length_of_suspension(days: u32) -> Result<(), validator::ValidationError> {
    match days {
        0 => Err(Problem::bounded(ProblemCode::OutOfRange, 1).into()),
        days if days > Suspension::LONGEST => {
            Err(Problem::bounded(ProblemCode::OutOfRange, u64::from(Suspension::LONGEST)).into())
        }
        _ => Ok(()),
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
        crate::valid::one_line(text, 1, Self::LONGEST).map(Self)
    }
}
