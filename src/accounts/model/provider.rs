//! Accounts elsewhere, and why somebody is sent to the provider that has them.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::{moment::Moment, valid::rule};

use super::{EmailAddress, ProviderName, Username};

/// What somebody wants to do with an account elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderIntent {
    SignIn,
    Register,
    /// Make it a way to one's own account.
    Link,
    /// Prove again who is acting.
    Prove,
}

impl ProviderIntent {
    pub const ALL: [Self; 4] = [Self::SignIn, Self::Register, Self::Link, Self::Prove];

    /// The word that the database and forms use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Register => "register",
            Self::Link => "link",
            Self::Prove => "prove",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intent| intent.name() == name)
    }
}

/// A provider that people may be sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderOffer {
    pub name: ProviderName,
    /// As its button calls it.
    pub title: String,
}

/// Names a linked account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentityId(pub i64);

/// An account elsewhere that is a way to one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub id: IdentityId,
    pub provider: ProviderName,
    /// What its owner knows it by; never what it is recognised by.
    pub label: String,
    pub linked: Moment,
    pub last_used: Option<Moment>,
}

/// Asks for an account without a password, for somebody whom a provider has recognised.
#[derive(Clone, Debug, Default, Validate)]
pub struct ProviderRegistration {
    #[validate(custom(function = "rule::<Username>"))]
    pub username: String,
    #[validate(custom(function = "rule::<EmailAddress>"))]
    pub email: String,
    /// What they have to say for themselves, where an admin decides; its rule depends on the site.
    pub application: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_intent_is_known_by_its_word() {
        for intent in ProviderIntent::ALL {
            assert_eq!(ProviderIntent::from_name(intent.name()), Some(intent));
        }
        assert_eq!(ProviderIntent::from_name("pending"), None);
    }
}
