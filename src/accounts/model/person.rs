//! People as the rest of the program sees them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

use super::Username;

/// The number of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What an account may do, from least to most. A guest has no account and so no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Member,
    Moderator,
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Member, Self::Moderator, Self::Admin];

    /// The word that the database, forms and addresses use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Whether an account may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Good,
    /// Until the moment, or until it is lifted.
    Suspended {
        until: Option<Moment>,
    },
}

impl Standing {
    /// The standing at a moment, since a suspension ends by itself.
    #[must_use]
    pub fn at(self, now: Moment) -> Self {
        match self {
            Self::Suspended { until: Some(end) } if end <= now => Self::Good,
            standing => standing,
        }
    }
}

/// Whether the person has given the password within the last minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    Fresh,
    Stale,
}

/// Whether the session may use what the role gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clearance {
    Full,
    /// The site wants a second factor of its staff, and none was given.
    FactorOwed,
}

/// Somebody with an account, as they stand when they act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: Username,
    pub role: Role,
    pub standing: Standing,
    pub proof: Freshness,
    pub clearance: Clearance,
}

/// Who acts: always taken from the visit, never from an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Guest,
    Person(Person),
    /// Whoever runs the program on its machine: only ever at the command line.
    Operator,
}

impl Actor {
    #[must_use]
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Guest | Self::Operator => None,
        }
    }

    #[must_use]
    pub fn id(&self) -> Option<UserId> {
        self.person().map(|person| person.id)
    }
}
