//! The types of this slice and the rules they keep. Nothing here knows a browser or a server.

mod account;
mod arrival;
mod challenge;
mod departure;
mod drafts;
mod email;
mod factors;
mod joining;
mod name;
mod passkeys;
mod password;
mod person;
mod provider;
mod weight;

pub use account::{AccountRecord, AddressClaim, AddressProof, Mailbox, PasswordLink, Profile, SessionRecord};
pub use arrival::{Debt, Keeping, Proven, ProviderName, SecondFactors, SecondProof, SignInNotices, SuspensionNotice, Way};
pub use challenge::{ChallengeAnswer, Puzzle, Search, Solution};
pub use departure::{ArchiveRecord, ArchiveState, Deletion, GRACE};
pub use drafts::{
    EmailDraft, LoginText, NewPasswordDraft, PasswordChange, Proof, Registration, SignIn, Suspension, SuspensionLength,
    SuspensionReason,
};
pub use email::EmailAddress;
pub use factors::{RecoveryCode, RecoveryCodes, SecurityRecord, TotpCode};
pub use joining::{
    Applicant, Application, Declination, DeclineReason, InvitationDays, InvitationDraft, InvitationLink, InvitationNote,
    InvitationRecord, InvitationUses, Invited,
};
pub use name::Username;
pub use passkeys::{PasskeyBackup, PasskeyCeremony, PasskeyId, PasskeyName, PasskeyRecord, PasskeyUse};
pub use password::{Leaning, NewPassword, Secret};
pub use person::{Actor, Clearance, Freshness, Person, Role, Standing, UserId};
pub use provider::{Identity, IdentityId, ProviderIntent, ProviderOffer, ProviderRegistration};
pub use weight::{PasswordWeight, Strength, WeightReason};
