//! What went wrong, with its cause, and the one road from there to what a person is told.
//!
//! An [`Error`] never leaves the server. [`Error::told`] logs the cause once, under the number that
//! the person is given, and hands on an [`AppError`].

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::error::{AppError, Conflict, Incident, Refusal};
use crate::server::{accounts::throttle::ThrottleError, events, password::PasswordError};
use crate::valid::FieldProblems;

/// A failure inside the server.
#[derive(Debug)]
pub enum Error {
    /// Nothing broke: the person is told this.
    Told(AppError),
    Database(DbErr),
    Session(tower_sessions::session::Error),
    /// Something that cannot be so: a row that does not parse, a task that died.
    Broken {
        what: &'static str,
        cause: String,
    },
}

/// What an act yields.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Something in our own keeping is not as it must be.
    #[must_use]
    pub fn broken(what: &'static str, cause: impl fmt::Display) -> Self {
        Self::Broken { what, cause: cause.to_string() }
    }

    /// Turns the failure into what a person is told. The cause goes to the log and no further.
    #[must_use]
    pub fn told(self) -> AppError {
        match self {
            Self::Told(error) => {
                events::tell_refused(&error);
                error
            }
            Self::Database(error) if is_constraint(&error) => AppError::Conflict(Conflict::ChangedMeanwhile),
            Self::Database(error) if is_out_of_reach(&error) => {
                tracing::error!(cause = %error, "the database is out of reach");
                AppError::Busy { retry_after: 10 }
            }
            Self::Database(error) => incident("the database refused a statement", &error),
            Self::Session(error) => incident("a session cannot be read or kept", &error),
            Self::Broken { what, cause } => incident(what, &cause),
        }
    }

    /// Whether a unique column already has this value.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}

/// Logs a cause under a fresh number.
pub fn incident(what: &'static str, cause: &dyn fmt::Display) -> AppError {
    let incident = Incident(rand::random());
    tracing::error!(%incident, %cause, "{what}");
    AppError::Internal { incident }
}

fn is_constraint(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_) | SqlErr::ForeignKeyConstraintViolation(_)))
}

fn is_out_of_reach(error: &DbErr) -> bool {
    let broken_pipe = |error: &RuntimeErr| match error {
        RuntimeErr::SqlxError(error) => {
            matches!(**error, sea_orm::sqlx::Error::Io(_) | sea_orm::sqlx::Error::PoolTimedOut | sea_orm::sqlx::Error::PoolClosed)
        }
        RuntimeErr::Internal(_) => false,
    };
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(cause) | DbErr::Query(cause) => broken_pipe(cause),
        _ => false,
    }
}

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        Self::Told(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Told(refusal.into())
    }
}

impl From<FieldProblems> for Error {
    fn from(problems: FieldProblems) -> Self {
        Self::Told(problems.into())
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy { retry_after } => Self::Told(AppError::Busy { retry_after }),
            broken => Self::broken("a password could not be hashed or compared", broken),
        }
    }
}

impl From<ThrottleError> for Error {
    fn from(error: ThrottleError) -> Self {
        match error {
            ThrottleError::TooMany { retry_after } => Self::Told(AppError::TooMany { retry_after }),
            ThrottleError::Stopped => Self::Told(Refusal::Stopped.into()),
            ThrottleError::Database(cause) => Self::Database(cause),
        }
    }
}

impl From<tower_sessions::session::Error> for Error {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::Session(error)
    }
}
