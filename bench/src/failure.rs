//! What stopped the measuring, in one sentence.

use std::{fmt, io};

pub struct Failure(String);

pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        Self(cause.to_string())
    }
}

impl From<tokio::task::JoinError> for Failure {
    fn from(cause: tokio::task::JoinError) -> Self {
        Self(format!("a task of the measuring died: {cause}"))
    }
}
