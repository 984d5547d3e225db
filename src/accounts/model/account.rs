//! Accounts as pages show them: to everybody, and to admins.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

use super::{EmailAddress, Keeping, Proven, Role, Standing, UserId, Username};

/// What everybody may know of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: UserId,
    pub name: Username,
    pub role: Role,
    pub since: Moment,
}

/// What an admin may know of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    pub profile: Profile,
    pub email: EmailAddress,
    pub claim: AddressClaim,
    pub standing: Standing,
    pub suspension_reason: Option<String>,
    /// The invitation that its owner came by.
    pub invitation: Option<i64>,
}

/// Whether the account is the one that its e-mail address opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressClaim {
    Claimed,
    /// Another account had the address first.
    TakenByAnother,
}

/// Where letters to an account go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    pub address: EmailAddress,
    pub proven: AddressProof,
}

/// Whether the owner has shown that letters to the address arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressProof {
    Proven,
    Unproven,
}

/// One open session, as its owner and admins see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    pub created: Moment,
    pub last_seen: Moment,
    pub ends: Moment,
    /// What the browser calls itself.
    pub agent: String,
    pub address: String,
    /// By which its owner names it.
    pub number: i64,
    pub by: Proven,
    pub keeping: Keeping,
}

/// A link that sets a password once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordLink {
    pub address: String,
    pub ends: Moment,
}
