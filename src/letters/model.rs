//! The types of this slice. A letter's text is none of them: nobody but its reader sees it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// The number of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LetterId(pub i64);

impl fmt::Display for LetterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

macro_rules! letter_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $title:literal;)*) => {
        /// What a letter is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum LetterKind { $($(#[$doc])* $variant,)* }

        impl LetterKind {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that the database uses.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// As the dashboard says it.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

letter_kinds! {
    /// Proves an address that an account has, or shall have.
    Verification = "verification", "Confirm an address";
    /// Tells the owner of an address that somebody else wanted to use it.
    AddressKnown = "address_known", "Address used again";
    EmailChanged = "email_changed", "Address changed";
    EmailRestored = "email_restored", "Address restored";
    PasswordReset = "password_reset", "Reset the password";
    PasswordChanged = "password_changed", "Password changed";
    NewSignIn = "new_sign_in", "Sign-in from a new browser";
    FactorAdded = "factor_added", "Second factor added";
    FactorRemoved = "factor_removed", "Second factor removed";
    RecoveryCodeUsed = "recovery_code_used", "Recovery code used";
    ProviderLinked = "provider_linked", "Provider linked";
    ProviderUnlinked = "provider_unlinked", "Provider unlinked";
    DeletionAhead = "deletion_ahead", "Account to be deleted";
    ExportReady = "export_ready", "Export ready";
    RegistrationApproved = "registration_approved", "Registration approved";
    RegistrationDeclined = "registration_declined", "Registration declined";
}

impl LetterKind {
    /// Whether it tells an owner of what was done to the account by somebody who was let in to it. Strangers
    /// cannot have one written.
    #[must_use]
    pub const fn tells_of_a_deed(self) -> bool {
        matches!(
            self,
            Self::EmailChanged
                | Self::EmailRestored
                | Self::PasswordChanged
                | Self::FactorAdded
                | Self::FactorRemoved
                | Self::RecoveryCodeUsed
                | Self::ProviderLinked
                | Self::ProviderUnlinked
                | Self::DeletionAhead
        )
    }
}

/// Where a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// It is to be sent, now or when it is tried again.
    Waiting,
    Sent,
    /// It was tried for days, or its link was over before it could be sent.
    GivenUp,
}

impl LetterState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::GivenUp];

    /// The word that the database and addresses use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// As the dashboard says it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sent => "Sent",
            Self::GivenUp => "Given up",
        }
    }
}

/// What an admin sees of a letter: everything but its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRecord {
    pub id: LetterId,
    pub kind: LetterKind,
    /// Empty while it is not known who asked for it.
    pub recipient: String,
    pub state: LetterState,
    pub tries: u32,
    /// When a waiting letter is tried next.
    pub next_try: Moment,
    pub created: Moment,
    pub finished: Option<Moment>,
    /// What went wrong at the last try; empty where nothing did.
    pub complaint: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_states_are_read_as_they_are_written() {
        for kind in LetterKind::ALL {
            assert_eq!(LetterKind::from_name(kind.name()), Some(*kind));
        }
        for state in LetterState::ALL {
            assert_eq!(LetterState::from_name(state.name()), Some(state));
        }
    }
}
