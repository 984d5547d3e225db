//! What is said once after a change.

use crate::landing::Notice;

/// What is said once after a change.
#[must_use]
pub const fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::Welcome => "Welcome. Your account is ready.",
        Notice::RegistrationReceived => "Thank you. If the e-mail address is new here, your account is ready: please sign in.",
        Notice::SignedIn => "You are signed in.",
        Notice::SignedOut => "You are signed out.",
        Notice::PasswordChanged => "The password is changed. All other sessions have ended.",
        Notice::PasswordExpired => "The sessions have ended. A new password is asked for at the next sign-in.",
        Notice::PasskeyAdded => "The passkey is added. Your other sessions have ended.",
        Notice::PasskeyRenamed => "The passkey has its new name.",
        Notice::PasskeyRemoved => "The passkey is removed. Your other sessions have ended.",
        Notice::AppRemoved => "The authenticator app is removed. Your other sessions have ended.",
        Notice::LetterOnItsWay => "A letter is on its way. Please look into your mailbox, also among the junk.",
        Notice::EmailVerified => "Your e-mail address is confirmed.",
        Notice::EmailChangeAsked => "A letter is on its way to the new address. The change happens when you confirm it there.",
        Notice::EmailRestored => "The account has its old e-mail address again, and all its sessions have ended.",
        Notice::ResetRequested => {
            "If there is such an account, a letter is on its way. Please look into your mailbox, also among the junk."
        }
        Notice::ReportsCleared => "The reports are gone. New ones are listed as they come.",
        Notice::LetterRetried => "The letter is tried again now.",
        Notice::DiscussionStarted => "Your discussion is open.",
        Notice::DiscussionSaved => "The discussion is saved.",
        Notice::DiscussionDeleted => "The discussion is deleted.",
        Notice::DiscussionLocked => "The discussion is locked.",
        Notice::DiscussionUnlocked => "The discussion takes comments again.",
        Notice::DiscussionPinned => "The discussion is pinned to the top.",
        Notice::DiscussionUnpinned => "The discussion is no longer pinned.",
        Notice::CommentPublished => "Your comment is published.",
        Notice::CommentSaved => "Your comment is saved.",
        Notice::CommentDeleted => "Your comment is deleted.",
        Notice::CommentsHidden => "Hidden. Only moderators and admins see it now.",
        Notice::CommentsRestored => "Restored. Everybody can see it again.",
        Notice::CommentsDeleted => "Deleted for good.",
        Notice::RoleChanged => "The role is changed. It applies from the next click of that person.",
        Notice::PersonSuspended => "The account is suspended.",
        Notice::SuspensionLifted => "The suspension is lifted.",
        Notice::SessionsEnded => "All sessions of this person have ended.",
        Notice::SessionEnded => "That session has ended. Its browser is signed out from its next click.",
        Notice::OtherSessionsEnded => "All your other sessions have ended.",
        Notice::NoticesSaved => "Your choice is saved.",
        Notice::ArchiveAsked => "Your archive is being made. Load this page again in a moment.",
        Notice::DeletionPlanned => {
            "Your account will be deleted in 14 days, and you are signed out everywhere. Sign in before then to keep it."
        }
        Notice::InvitationWithdrawn => "The invitation is withdrawn. Who came by it stays.",
        Notice::PersonApproved => "They are let in, and can sign in now.",
        Notice::PersonDeclined => "They are not let in, and read your reason when they sign in.",
        Notice::SettingsSaved => "The settings are saved.",
        Notice::IdentityLinked => "Linked. You can sign in that way from now on.",
        Notice::IdentityUnlinked => {
            "Unlinked. That account elsewhere opens nothing here any more; your other sessions have ended."
        }
        Notice::PasswordChosen => "Your account has a password now. All other sessions have ended.",
        Notice::ThemeChanged => "The look is changed.",
    }
}
