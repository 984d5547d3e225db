//! The types of this slice and the rules they keep. Nothing here knows a browser or a server.

mod account;
mod arrival;
mod drafts;
mod email;
mod factors;
mod name;
mod passkeys;
mod password;
mod person;

pub use account::{AccountRecord, AddressClaim, PasswordLink, Profile, SessionRecord};
pub use arrival::{Debt, Keeping, Proven, ProviderName, SecondFactors, SecondProof, SuspensionNotice, Way};
pub use drafts::{
    LoginText, NewPasswordDraft, PasswordChange, Proof, Registration, SignIn, Suspension, SuspensionLength, SuspensionReason,
};
pub use email::EmailAddress;
pub use factors::{RecoveryCode, RecoveryCodes, SecurityRecord, TotpCode};
pub use name::Username;
pub use passkeys::{PasskeyBackup, PasskeyCeremony, PasskeyId, PasskeyName, PasskeyRecord, PasskeyUse};
pub use password::{NewPassword, Secret};
pub use person::{Actor, Clearance, Freshness, Person, Role, Standing, UserId};
