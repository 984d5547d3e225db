//! Everything that the audit log writes down is a security event as well: which.

use super::SecurityEvent;
use crate::audit::model::Deed;

/// The event that a deed is; the deed's own name is its reason.
#[must_use]
pub const fn of_deed(deed: Deed) -> SecurityEvent {
    match deed {
        Deed::Registered => SecurityEvent::UserCreated,
        Deed::SignedIn => SecurityEvent::LoginSuccess,
        Deed::SignInFailed | Deed::ProofFailed | Deed::SecondFactorFailed | Deed::ProviderRefused => SecurityEvent::LoginFail,
        Deed::SignedOut | Deed::InvitationWithdrawn | Deed::SessionsEnded | Deed::SessionEnded => SecurityEvent::TokenRevoked,
        Deed::PasswordChanged | Deed::PasswordExpired => SecurityEvent::PasswordChange,
        Deed::PasswordReset | Deed::Invited => SecurityEvent::TokenCreated,
        Deed::ArchiveAsked | Deed::ArchiveTaken | Deed::StaffListed => SecurityEvent::SensitiveRead,
        Deed::DeletionPlanned
        | Deed::DeletionCancelled
        | Deed::EmailVerified
        | Deed::EmailCorrected
        | Deed::EmailChangeAsked
        | Deed::EmailChanged
        | Deed::EmailRestored => SecurityEvent::UserUpdated,
        Deed::AccountErased => SecurityEvent::UserDeleted,
        Deed::FactorSetUp
        | Deed::FactorRemoved
        | Deed::PasskeyRenamed
        | Deed::FactorsReset
        | Deed::RecoveryCodesMade
        | Deed::RecoveryCodeUsed
        | Deed::IdentityLinked
        | Deed::IdentityUnlinked => SecurityEvent::FactorChange,
        Deed::LetterRetried
        | Deed::DiscussionLocked
        | Deed::DiscussionUnlocked
        | Deed::DiscussionPinned
        | Deed::DiscussionUnpinned
        | Deed::DiscussionRenamed
        | Deed::DiscussionDeleted
        | Deed::CommentHidden
        | Deed::CommentRestored
        | Deed::CommentDeleted
        | Deed::ReportsCleared
        | Deed::SettingsChanged
        | Deed::SiteSetUp => SecurityEvent::Administration,
        Deed::Approved | Deed::Declined | Deed::RoleChanged | Deed::Suspended | Deed::SuspensionLifted => {
            SecurityEvent::AuthorisationChange
        }
        Deed::KeysRotated | Deed::KeysForgotten | Deed::CookieKeyRotated | Deed::CookieKeysForgotten | Deed::PepperAdded => {
            SecurityEvent::KeysChanged
        }
    }
}
