//! Passkeys as their owners see them, and the exchange with a browser that makes or asks for one.

use serde::{Deserialize, Serialize};

use crate::{
    moment::Moment,
    valid::{Problem, Value, one_line},
};

use super::Secret;

/// The number of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasskeyId(pub i64);

/// What its owner calls a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// In code points.
    pub const LONGEST: u64 = 60;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for PasskeyName {
    fn parse(text: &str) -> Result<Self, Problem> {
        one_line(text, 1, Self::LONGEST).map(Self)
    }
}

/// Whether a passkey outlives the device that it was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyBackup {
    BackedUp,
    OneDevice,
}

impl PasskeyBackup {
    /// The word that the database uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BackedUp => "backed_up",
            Self::OneDevice => "one_device",
        }
    }

    #[must_use]
    pub const fn of(is_backed_up: bool) -> Self {
        if is_backed_up { Self::BackedUp } else { Self::OneDevice }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::of(name == Self::BackedUp.name())
    }
}

/// One passkey of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRecord {
    pub id: PasskeyId,
    pub name: String,
    pub made: Moment,
    pub last_used: Option<Moment>,
    pub backup: PasskeyBackup,
}

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyUse {
    /// In place of name and password.
    SignIn,
    /// After the password.
    SecondFactor,
    /// To prove again who is acting.
    Proof,
}

/// What a browser is told: what to ask of the authenticator (as JSON), and the token that names this
/// exchange when the answer comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasskeyCeremony {
    pub token: Secret,
    pub options: String,
}
