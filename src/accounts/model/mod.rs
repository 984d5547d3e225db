//! The types of this slice and the rules they keep. Nothing here knows a browser or a server.

mod account;
mod arrival;
mod departure;
mod drafts;
mod email;
mod joining;
mod name;
mod password;
mod person;

pub use account::{AccountRecord, AddressClaim, AddressProof, Mailbox, PasswordLink, Profile, SessionRecord};
pub use arrival::{Debt, Keeping, Proven, ProviderName, SecondFactors, SecondProof, SignInNotices, SuspensionNotice, Way};
pub use departure::{ArchiveRecord, ArchiveState, Deletion, GRACE};
pub use drafts::{
    EmailDraft, LoginText, NewPasswordDraft, PasswordChange, Proof, Registration, SignIn, Suspension, SuspensionLength,
    SuspensionReason,
};
pub use email::EmailAddress;
pub use joining::{
    Applicant, Application, Declination, DeclineReason, InvitationDays, InvitationDraft, InvitationLink, InvitationNote,
    InvitationRecord, InvitationUses, Invited,
};
pub use name::Username;
pub use password::{NewPassword, Secret};
pub use person::{Actor, Clearance, Freshness, Person, Role, Standing, UserId};
