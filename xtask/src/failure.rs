//! What stopped the build program, in one sentence that names the thing and, where there is one, the cure.

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

/// Says what was being done when the operating system refused.
pub trait While<T> {
    fn while_doing(self, act: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T> While<T> for io::Result<T> {
    fn while_doing(self, act: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|cause| Failure::new(format!("could not {}: {cause}", act())))
    }
}
