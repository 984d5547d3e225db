//! Passwords on their way to the hash: never shown, never logged, wiped from memory.

use std::fmt;

use serde::{Deserialize, Serialize};
use validator::ValidationError;
use zeroize::Zeroize;

use crate::valid::{Problem, ProblemCode};

/// A text that must not be seen: a password or a token as it came in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself. Every caller is a place to look at.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What else stands between somebody who knows a password and the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaning {
    /// Nothing: the password has to be long.
    Alone,
    /// A second factor that is in force.
    OnSecondFactor,
}

impl Leaning {
    /// In code points.
    #[must_use]
    pub const fn shortest(self) -> u64 {
        match self {
            Self::Alone => NewPassword::SHORTEST,
            Self::OnSecondFactor => NewPassword::SHORTEST_WITH_FACTOR,
        }
    }
}

/// A password that may become somebody's: long enough, taken exactly as typed.
///
/// NIST SP 800-63B-4, 3.1.1.2: at least 15 characters when the password is the only factor, 8 beside
/// another one, no rules of composition. The list of common passwords is the server's.
#[derive(Clone, Debug)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// In code points.
    pub const SHORTEST: u64 = 15;
    /// In code points, where a second factor is in force.
    pub const SHORTEST_WITH_FACTOR: u64 = 8;
    /// In code points.
    pub const LONGEST: u64 = 128;
    /// In bytes: longer input is refused before anything is looked up.
    pub const LONGEST_INPUT: usize = 1_024;

    /// For who may have nothing but the password.
    ///
    /// # Errors
    /// What is wrong with the password.
    pub fn parse(secret: &Secret) -> Result<Self, Problem> {
        Self::parse_leaning(secret, Leaning::Alone)
    }

    /// # Errors
    /// What is wrong with the password.
    pub fn parse_leaning(secret: &Secret, leaning: Leaning) -> Result<Self, Problem> {
        let length = secret.expose().chars().count() as u64;
        match length {
            0 => Err(Problem::new(ProblemCode::Required)),
            _ if length < leaning.shortest() => Err(Problem::bounded(ProblemCode::TooShort, leaning.shortest())),
            _ if length > Self::LONGEST => Err(Problem::bounded(ProblemCode::TooLong, Self::LONGEST)),
            _ if secret.expose().contains('\0') => Err(Problem::new(ProblemCode::Character)),
            _ => Ok(Self(secret.clone())),
        }
    }

    /// The rule in the form that drafts take.
    ///
    /// # Errors
    /// The password's problem, wrapped for `validator`.
    pub fn rule(secret: &Secret) -> Result<(), ValidationError> {
        Self::parse(secret).map(drop).map_err(ValidationError::from)
    }

    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// A password that is only compared: anything that is there and not absurdly long.
pub(super) fn is_present(secret: &Secret) -> Result<(), ValidationError> {
    match secret.expose().len() {
        0 => Err(Problem::new(ProblemCode::Required).into()),
        length if length > NewPassword::LONGEST_INPUT => Err(Problem::bounded(ProblemCode::TooLong, NewPassword::LONGEST).into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_code_points_and_spaces_count() {
        assert!(NewPassword::parse(&Secret::new("ä".repeat(15))).is_ok());
        assert!(NewPassword::parse(&Secret::new(" ".repeat(15))).is_ok());
        assert_eq!(NewPassword::parse(&Secret::new("ä".repeat(14))).unwrap_err().code, ProblemCode::TooShort);
        assert_eq!(NewPassword::parse(&Secret::new("a".repeat(129))).unwrap_err().code, ProblemCode::TooLong);
    }

    #[test]
    fn beside_a_second_factor_a_password_may_be_shorter() {
        let parsed = |length, leaning| NewPassword::parse_leaning(&Secret::new("ä".repeat(length)), leaning);
        assert!(parsed(8, Leaning::OnSecondFactor).is_ok());
        assert_eq!(parsed(7, Leaning::OnSecondFactor).unwrap_err(), Problem::bounded(ProblemCode::TooShort, 8));
        assert_eq!(parsed(14, Leaning::Alone).unwrap_err(), Problem::bounded(ProblemCode::TooShort, 15));
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Secret::new("correct horse".to_owned())), "Secret(…)");
    }
}
