//! Everything a person can be told when something did not happen.
//!
//! [`AppError`] is closed: codes and numbers, no free text, so nothing about causes, paths or
//! queries can travel in it. It crosses the wire as JSON; [`crate::words`] turns it into sentences.

use std::fmt;

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

use crate::{moment::Moment, valid::FieldProblems};

/// Why an act was refused or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", content = "detail", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in and somebody must be (401).
    Unauthenticated,
    /// The last proof of who is acting is too old (403): ask for the password again.
    ProofNeeded,
    /// The site wants a second factor of its staff, and this session has none (403).
    FactorOwed,
    /// The person may see the object but not do this to it (403).
    Forbidden(Refusal),
    /// There is no such thing, or the person may not know of it (404).
    NotFound,
    /// Some fields broke their rules (422).
    Invalid(FieldProblems),
    /// The act lost against something that already exists or has changed (409).
    Conflict(Conflict),
    /// Too often (429); `retry_after` is in seconds.
    TooMany { retry_after: u64 },
    /// Too many ask for this at the moment, and this browser cannot show that a person does (429);
    /// `retry_after` is in seconds.
    Crowded { retry_after: u64 },
    /// The server is at its limit (503); `retry_after` is in seconds.
    Busy { retry_after: u64 },
    /// The request could not be read: a field is missing, doubled or not of its type (400).
    BadRequest,
    /// Made in the browser only: the server could not be reached.
    Offline,
    /// Something broke (500). The number finds the cause in the log.
    Internal { incident: Incident },
}

/// Why somebody known may not do something they can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// The role does not include the act.
    Role,
    /// The object belongs to somebody else.
    NotYours,
    /// The account is suspended, until the given moment or until it is lifted.
    Suspended { until: Option<Moment> },
    /// The discussion takes no more comments.
    Locked,
    /// The time in which one's own words can be changed is over.
    EditWindowOver,
    /// The comment was hidden or deleted.
    NotVisible,
    /// The site takes no registrations at the moment.
    RegistrationClosed,
    /// The site takes only who was invited, and no invitation in force was opened.
    InvitationNeeded,
    /// It would leave the site without an admin.
    LastAdmin,
    /// The account still waits for consent, or was declined.
    NotLetIn,
    /// Nobody may do this to themselves.
    Yourself,
    /// The act is for people who are not signed in.
    AlreadySignedIn,
    /// User name, e-mail address or password is wrong; which of them is not told.
    Credentials,
    /// The link was used, has ended or never existed.
    LinkOver,
    /// A program may have sent the form.
    Doubtful { doubt: Doubt },
    /// The e-mail address has to be confirmed before a second factor is set up.
    EmailUnverified,
    /// So many tries in a row failed that no more are taken until there is a new password.
    Stopped,
    /// A passkey that is not known, or did not answer its challenge.
    PasskeyRefused,
    /// The time in which a passkey may answer is over, or the answer was given before.
    PasskeyOver,
    /// Made in the browser only: no passkey was given.
    PasskeyNotGiven,
    /// The site sends no letters.
    NoLetters,
    /// What was shown of who signs in was shown too long ago, or too many tries were made since.
    EntryOver,
    /// A visit to a provider was begun elsewhere, too long ago, or is over.
    FlowOver,
    /// The provider cannot be reached, or does not say how it is to be spoken to.
    ProviderDown,
    /// The person, or the provider, did not want to.
    ProviderDeclined,
    /// What the provider answered cannot be believed.
    ProviderAnswer,
    /// The account elsewhere is a way to another account here.
    IdentityTaken,
    /// The account elsewhere is not a way to this account.
    IdentityUnknown,
    /// Nobody could come in any more.
    LastWay,
    /// The account has a password already.
    PasswordChosen,
}

/// What speaks for a program, or keeps it from being ruled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The form was filled in faster than people are.
    TooFast,
    /// The form stood open for too long, was sent before, or is not one of ours.
    TooOld,
    /// A field that people do not see is filled in.
    Trap,
    /// The site is under pressure, and the browser's work is not done.
    WorkOwed,
}

/// What an act collided with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// Somebody changed the same thing in the meantime.
    ChangedMeanwhile,
    /// The account has an authenticator app already.
    FactorInForce,
    /// The account has as many passkeys as one can have.
    PasskeysFull,
    /// The site already has its first admin.
    AlreadySetUp,
    /// Another account has proven the e-mail address.
    AddressTaken,
}

/// Finds one failure in the log; says nothing about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incident(pub u32);

impl fmt::Display for Incident {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}", self.0)
    }
}

impl AppError {
    /// The HTTP status that goes with this error.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::ProofNeeded | Self::FactorOwed | Self::Forbidden(_) => 403,
            Self::NotFound => 404,
            Self::Conflict(_) => 409,
            Self::Invalid(_) => 422,
            Self::TooMany { .. } | Self::Crowded { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Busy { .. } | Self::Offline => 503,
        }
    }

    /// Seconds to wait before the same act can succeed, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after } | Self::Crowded { retry_after } | Self::Busy { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// The broken fields; none for every other kind of error.
    #[must_use]
    pub fn field_problems(&self) -> FieldProblems {
        match self {
            Self::Invalid(problems) => problems.clone(),
            _ => FieldProblems::default(),
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::words::error(self))
    }
}

impl std::error::Error for AppError {}

impl From<FieldProblems> for AppError {
    fn from(problems: FieldProblems) -> Self {
        Self::Invalid(problems)
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Forbidden(refusal)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// The framework's own failures. Their texts stay behind: only their kind is passed on.
    fn from_server_fn_error(failure: ServerFnErrorErr) -> Self {
        match failure {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::BadRequest,
            ServerFnErrorErr::Request(_) => Self::Offline,
            _ => Self::Internal { incident: Incident(0) },
        }
    }
}
