//! Signing in, as the one door sees it: by what somebody has shown who they are, and what they still
//! owe before they are in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// The name that the operator gave to a provider of identities: lower-case letters, digits, hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderName(String);

impl ProviderName {
    /// In bytes.
    pub const LONGEST: usize = 40;

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        (!text.is_empty() && text.len() <= Self::LONGEST && text.chars().all(is_letter)).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl TryFrom<String> for ProviderName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a provider's name")
    }
}

impl From<ProviderName> for String {
    fn from(name: ProviderName) -> Self {
        name.0
    }
}

/// The first thing by which somebody shows who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    Password,
    /// A passkey that has verified its user: two factors in one.
    Passkey,
    Provider(ProviderName),
    /// The account was made just now.
    Registration,
    SetUpLink,
}

/// The second thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondProof {
    Totp,
    RecoveryCode,
    Passkey,
    /// The factor was set up in the session itself.
    Enrolment,
}

/// Whether somebody suspended has been told so on the way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuspensionNotice {
    Unread,
    Read,
}

/// All that somebody has shown so far. The database keeps it as words: `password totp`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    pub way: Way,
    pub second: Option<SecondProof>,
    pub notice: SuspensionNotice,
}

impl Proven {
    #[must_use]
    pub const fn by(way: Way) -> Self {
        Self { way, second: None, notice: SuspensionNotice::Unread }
    }

    /// Two factors of different kinds (NIST SP 800-63B-4, 2.2.1).
    #[must_use]
    pub const fn is_by_two_factors(&self) -> bool {
        self.second.is_some() || matches!(self.way, Way::Passkey)
    }

    /// As the database keeps it.
    #[must_use]
    pub fn words(&self) -> String {
        let way = match &self.way {
            Way::Password => "password".to_owned(),
            Way::Passkey => "passkey".to_owned(),
            Way::Provider(name) => format!("provider:{name}"),
            Way::Registration => "registration".to_owned(),
            Way::SetUpLink => "set_up_link".to_owned(),
        };
        let second = self.second.map(|second| match second {
            SecondProof::Totp => " totp",
            SecondProof::RecoveryCode => " recovery_code",
            SecondProof::Passkey => " second_passkey",
            SecondProof::Enrolment => " enrolment",
        });
        let notice = if self.notice == SuspensionNotice::Read { " notice" } else { "" };
        format!("{way}{}{notice}", second.unwrap_or_default())
    }

    /// Reads [`Self::words`]; nothing for words that we do not write.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        let mut words = words.split(' ');
        let way = match words.next()? {
            "password" => Way::Password,
            "passkey" => Way::Passkey,
            "registration" => Way::Registration,
            "set_up_link" => Way::SetUpLink,
            other => Way::Provider(ProviderName::parse(other.strip_prefix("provider:")?)?),
        };
        words.try_fold(Self::by(way), |proven, word| match word {
            "totp" => Some(Self { second: Some(SecondProof::Totp), ..proven }),
            "recovery_code" => Some(Self { second: Some(SecondProof::RecoveryCode), ..proven }),
            "second_passkey" => Some(Self { second: Some(SecondProof::Passkey), ..proven }),
            "enrolment" => Some(Self { second: Some(SecondProof::Enrolment), ..proven }),
            "notice" => Some(Self { notice: SuspensionNotice::Read, ..proven }),
            _ => None,
        })
    }
}

/// Whether the browser keeps the session when it is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeping {
    /// "Keep me signed in."
    Kept,
    #[default]
    ThisVisit,
}

impl Keeping {
    /// The word that the database and forms use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::ThisVisit => "this_visit",
        }
    }

    /// What a ticked box sends; all else is the shorter one.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if name == "kept" { Self::Kept } else { Self::ThisVisit }
    }
}

/// Whether a letter tells of sign-ins from browsers that were never used before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInNotices {
    #[default]
    Wanted,
    Unwanted,
}

impl SignInNotices {
    /// The word that the database and forms use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Unwanted => "unwanted",
        }
    }

    /// Only a plain no is one.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if name == "unwanted" { Self::Unwanted } else { Self::Wanted }
    }
}

/// A second factor that an account has in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactors {
    /// An authenticator app whose code was confirmed.
    pub totp: bool,
    pub passkeys: bool,
}

impl SecondFactors {
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.totp && !self.passkeys
    }
}

/// What somebody still owes before they are in, one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Debt {
    SecondFactor,
    /// An admin has yet to let them in.
    Consent,
    /// The e-mail address is not proven.
    Verification,
    /// The password must be replaced.
    NewPassword,
    /// The account is to be deleted at that moment, unless its owner keeps it.
    Return {
        deletes_at: Moment,
    },
    /// To read that the account is suspended.
    SuspensionNotice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proven_is_read_as_it_was_written() {
        let provider = Way::Provider(ProviderName::parse("code-forge").unwrap());
        for way in [Way::Password, Way::Passkey, Way::Registration, Way::SetUpLink, provider] {
            for second in [None, Some(SecondProof::Totp), Some(SecondProof::RecoveryCode), Some(SecondProof::Passkey)] {
                for notice in [SuspensionNotice::Unread, SuspensionNotice::Read] {
                    let proven = Proven { way: way.clone(), second, notice };
                    assert_eq!(Proven::from_words(&proven.words()), Some(proven));
                }
            }
        }
        for words in ["", "totp", "password  totp", "password sms", "provider:", "provider:A", "PASSWORD"] {
            assert_eq!(Proven::from_words(words), None, "{words:?}");
        }
    }

    #[test]
    fn only_a_passkey_is_two_factors_by_itself() {
        assert!(Proven::by(Way::Passkey).is_by_two_factors());
        for way in [Way::Password, Way::Registration, Way::SetUpLink] {
            assert!(!Proven::by(way.clone()).is_by_two_factors());
            assert!(Proven { second: Some(SecondProof::Totp), ..Proven::by(way) }.is_by_two_factors());
        }
    }
}
