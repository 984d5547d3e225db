//! What the pages of this slice hand to its islands: with what and for what each form begins.

use serde::{Deserialize, Serialize};

use super::model::Secret;
use crate::valid::FieldProblems;

/// Where accounts are made.
pub const REGISTER: &str = "/api/accounts/register";
/// Where the first admin is made.
pub const SET_UP: &str = "/api/accounts/set_up";
/// Where people are let in.
pub const SIGN_IN: &str = "/api/accounts/sign_in";
/// Where somebody proves again who is acting.
pub const PROVE: &str = "/api/accounts/prove";
/// Where one's own password is replaced.
pub const CHANGE_PASSWORD: &str = "/api/accounts/change_password";
/// Where a password is set with a link.
pub const USE_PASSWORD_LINK: &str = "/api/accounts/use_password_link";

/// Which account the form of a newcomer makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Register {
        /// The page to go on to.
        next: String,
    },
    /// The first admin, for whoever holds the link that the program printed.
    SetUp { token: Secret },
}

impl Purpose {
    /// The server function that the form posts to.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Register { .. } => REGISTER,
            Self::SetUp { .. } => SET_UP,
        }
    }
}

/// The form of a newcomer as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registering {
    pub purpose: Purpose,
    pub username: String,
    pub email: String,
    /// What was wrong, when the form came back.
    pub problems: FieldProblems,
    /// A passphrase to take, made for this page alone.
    pub suggestion: Option<Secret>,
}

/// The sign-in form as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningIn {
    pub login: String,
    /// The page to go on to.
    pub next: String,
    pub problems: FieldProblems,
}

/// The form that asks for the password again, as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proving {
    /// Whose password: so that a password manager finds it.
    pub username: String,
    /// The page to go on to.
    pub next: String,
    pub problems: FieldProblems,
}

/// A form that sets a password, as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoosingPassword {
    pub proof: PasswordProof,
    pub problems: FieldProblems,
    /// A passphrase to take, made for this page alone.
    pub suggestion: Option<Secret>,
}

/// What allows to set a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordProof {
    /// The password so far, which is asked for; of the account with this name.
    Current { username: String },
    /// A link that an admin has handed out.
    Link { token: Secret },
}

impl PasswordProof {
    /// The server function that the form posts to.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Current { .. } => CHANGE_PASSWORD,
            Self::Link { .. } => USE_PASSWORD_LINK,
        }
    }
}
