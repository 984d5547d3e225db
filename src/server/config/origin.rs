//! Where a setting's value was written, so that every complaint can point at it.

use std::fmt;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody wrote it; the value of the catalogue holds.
    Default,
    /// Nobody wrote it; it follows from another setting, named here.
    Derived(&'static str),
    File {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// Handed out by a service manager under this name.
    Credential(String),
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(formatter, "default"),
            Self::Derived(setting) => write!(formatter, "derived from {setting}"),
            Self::File { path, line } => write!(formatter, "{}, line {line}", path.display()),
            Self::Credential(name) => write!(formatter, "credential {name}"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::Flag(name) => write!(formatter, "flag {name}"),
        }
    }
}
