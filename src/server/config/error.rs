//! What can be wrong with a configuration. All problems are gathered, so that an operator mends a
//! file in one go.

use std::fmt;

use super::origin::Origin;

/// One thing that is wrong: which setting, where it was written, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's full key such as `listen.address`, or what else is at fault.
    pub subject: String,
    pub origin: Option<Origin>,
    /// A sentence for the operator. Never holds the value of a secret.
    pub complaint: String,
}

impl Problem {
    pub fn new(subject: impl Into<String>, origin: Option<Origin>, complaint: impl Into<String>) -> Self {
        Self { subject: subject.into(), origin, complaint: complaint.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.subject)?;
        if let Some(origin) = &self.origin {
            write!(formatter, " ({origin})")?;
        }
        write!(formatter, ": {}", self.complaint)
    }
}

/// Every problem of one configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// `Ok` with `value` where there is nothing to complain about.
    ///
    /// # Errors
    /// All of `problems`, when there is at least one.
    pub fn unless_none<T>(problems: Vec<Problem>, value: T) -> Result<T, Self> {
        if problems.is_empty() { Ok(value) } else { Err(Self(problems)) }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            if position > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
