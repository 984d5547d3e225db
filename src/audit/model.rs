//! The entries of the audit log. They are written and read, never changed.

use serde::{Deserialize, Serialize};

use crate::{accounts::model::UserId, moment::Moment};

macro_rules! deeds {
    ($($variant:ident = $name:literal, $sentence:literal;)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Deed { $($variant,)* }

        impl Deed {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that the database and addresses use.
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
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

deeds! {
    Registered = "registered", "Registered";
    SignedIn = "signed_in", "Signed in";
    SignInFailed = "sign_in_failed", "Failed to sign in";
    SignedOut = "signed_out", "Signed out";
    ProofFailed = "proof_failed", "Failed to prove the password";
    PasswordChanged = "password_changed", "Changed the password";
    PasswordReset = "password_reset", "Made a link to reset the password";
    PasswordExpired = "password_expired", "Asked for a new password";
    ArchiveAsked = "archive_asked", "Asked for an archive of their data";
    ArchiveTaken = "archive_taken", "Took the archive of their data";
    DeletionPlanned = "deletion_planned", "Asked to be deleted";
    AccountErased = "account_erased", "Erased the account";
    SecondFactorFailed = "second_factor_failed", "Failed to give the second factor";
    FactorSetUp = "factor_set_up", "Set up a second factor";
    FactorRemoved = "factor_removed", "Removed a second factor";
    PasskeyRenamed = "passkey_renamed", "Renamed a passkey";
    FactorsReset = "factors_reset", "Took all second factors away";
    RecoveryCodesMade = "recovery_codes_made", "Made recovery codes";
    RecoveryCodeUsed = "recovery_code_used", "Used a recovery code";
    DeletionCancelled = "deletion_cancelled", "Kept the account after all";
    EmailVerified = "email_verified", "Confirmed the e-mail address";
    EmailCorrected = "email_corrected", "Corrected the e-mail address";
    EmailChangeAsked = "email_change_asked", "Asked for another e-mail address";
    EmailChanged = "email_changed", "Changed the e-mail address";
    EmailRestored = "email_restored", "Took the change of the e-mail address back";
    LetterRetried = "letter_retried", "Had a letter tried again";
    Invited = "invited", "Made an invitation";
    InvitationWithdrawn = "invitation_withdrawn", "Withdrew an invitation";
    Approved = "approved", "Let the newcomer in";
    Declined = "declined", "Did not let the newcomer in";
    RoleChanged = "role_changed", "Changed the role";
    Suspended = "suspended", "Suspended";
    SuspensionLifted = "suspension_lifted", "Lifted the suspension";
    SessionsEnded = "sessions_ended", "Ended all sessions";
    SessionEnded = "session_ended", "Ended one session";
    DiscussionLocked = "discussion_locked", "Locked the discussion";
    DiscussionUnlocked = "discussion_unlocked", "Unlocked the discussion";
    DiscussionPinned = "discussion_pinned", "Pinned the discussion";
    DiscussionUnpinned = "discussion_unpinned", "Unpinned the discussion";
    DiscussionRenamed = "discussion_renamed", "Renamed the discussion";
    DiscussionDeleted = "discussion_deleted", "Deleted the discussion";
    CommentHidden = "comment_hidden", "Hid the comment";
    CommentRestored = "comment_restored", "Restored the comment";
    CommentDeleted = "comment_deleted", "Deleted the comment";
    StaffListed = "staff_listed", "Listed the staff";
    KeysRotated = "keys_rotated", "Sealed the secrets with a new key";
    KeysForgotten = "keys_forgotten", "Threw the old keys away";
    ReportsCleared = "reports_cleared", "Threw the browsers' reports away";
    CookieKeyRotated = "cookie_key_rotated", "Made a new key for cookies";
    CookieKeysForgotten = "cookie_keys_forgotten", "Threw the old keys for cookies away";
    PepperAdded = "pepper_added", "Made a new pepper for passwords";
    SettingsChanged = "settings_changed", "Changed the settings";
    SiteSetUp = "site_set_up", "Set the site up";
    IdentityLinked = "identity_linked", "Linked an account elsewhere";
    IdentityUnlinked = "identity_unlinked", "Unlinked an account elsewhere";
    ProviderRefused = "provider_refused", "Did not believe a provider";
}

/// What a deed was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    User(i64),
    Discussion(i64),
    Comment(i64),
    Site,
}

impl Subject {
    /// The word that the database and addresses use.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Discussion(_) => "discussion",
            Self::Comment(_) => "comment",
            Self::Site => "site",
        }
    }

    #[must_use]
    pub const fn id(&self) -> Option<i64> {
        match self {
            Self::User(id) | Self::Discussion(id) | Self::Comment(id) => Some(*id),
            Self::Site => None,
        }
    }

    #[must_use]
    pub fn from_parts(kind: &str, id: Option<i64>) -> Self {
        match (kind, id) {
            ("user", Some(id)) => Self::User(id),
            ("discussion", Some(id)) => Self::Discussion(id),
            ("comment", Some(id)) => Self::Comment(id),
            _ => Self::Site,
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: i64,
    pub at: Moment,
    pub actor: Option<UserId>,
    /// The name at the time; "the operator" for the command line, "a guest" for nobody.
    pub actor_name: String,
    pub deed: Deed,
    pub subject: Subject,
    /// The subject's name at the time.
    pub subject_name: String,
    /// What changed: `member → moderator`.
    pub detail: String,
    pub reason: String,
    /// The client's address; empty at the command line.
    pub address: String,
}
