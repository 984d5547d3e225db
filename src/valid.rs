//! Input that has passed its rules.
//!
//! A draft is what a person sent. [`Valid::check`] is the only way to turn a draft into
//! `Valid<draft>`, and it runs the same rules in the browser and on the server; the server's word
//! counts. Problems are codes with a number, never sentences: [`crate::words`] has those.

use std::{
    collections::BTreeMap,
    ops::{Deref, RangeInclusive},
};

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

/// A draft whose every field keeps its rules.
#[derive(Clone, Debug)]
pub struct Valid<T>(T);

impl<T: Validate> Valid<T> {
    /// Runs the draft's rules.
    ///
    /// # Errors
    /// The first problem of each field that breaks a rule.
    pub fn check(draft: T) -> Result<Self, FieldProblems> {
        match draft.validate() {
            Ok(()) => Ok(Self(draft)),
            Err(errors) => Err(FieldProblems::from(&errors)),
        }
    }
}

impl<T> Deref for Valid<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A value with a rule of its own: if it exists, it is valid.
pub trait Value: Sized {
    /// # Errors
    /// What is wrong with the text.
    fn parse(text: &str) -> Result<Self, Problem>;
}

/// The rule of a [`Value`] in the form that `#[validate(custom(function = …))]` takes.
///
/// # Errors
/// The value's problem, wrapped for `validator`.
pub fn rule<V: Value>(text: &str) -> Result<(), ValidationError> {
    V::parse(text).map(drop).map_err(ValidationError::from)
}

/// A text of one line, without the white space around it.
///
/// # Errors
/// Empty, shorter or longer than the limits (in code points), or with control characters in it.
pub fn one_line(text: &str, shortest: u64, longest: u64) -> Result<String, Problem> {
    let trimmed = text.trim();
    let length = trimmed.chars().count() as u64;
    match length {
        0 if shortest > 0 => Err(Problem::new(ProblemCode::Required)),
        _ if length < shortest => Err(Problem::bounded(ProblemCode::TooShort, shortest)),
        _ if length > longest => Err(Problem::bounded(ProblemCode::TooLong, longest)),
        _ if trimmed.chars().any(is_unprintable) => Err(Problem::new(ProblemCode::Character)),
        _ => Ok(trimmed.to_owned()),
    }
}

/// A text of many lines, as typed.
///
/// # Errors
/// Nothing but white space, longer than `longest` code points or four times as many bytes, or with
/// control characters other than tab and line breaks.
pub fn many_lines(text: &str, longest: u64) -> Result<String, Problem> {
    let length = text.chars().count() as u64;
    if text.trim().is_empty() {
        return Err(Problem::new(ProblemCode::Required));
    }
    if length > longest {
        return Err(Problem::bounded(ProblemCode::TooLong, longest));
    }
    if text.chars().any(|character| character.is_control() && !matches!(character, '\t' | '\n' | '\r')) {
        return Err(Problem::new(ProblemCode::Character));
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// A whole number within a range, with or without white space around it.
///
/// # Errors
/// Nothing, no number, or one outside the range; `bound` is then the nearest that is allowed.
pub fn number_within(text: &str, range: RangeInclusive<u32>) -> Result<u32, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Problem::new(ProblemCode::Required));
    }
    if !trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(ProblemCode::Malformed));
    }
    let number: u32 = trimmed.parse().unwrap_or(u32::MAX);
    if range.contains(&number) {
        return Ok(number);
    }
    let nearest = number.clamp(*range.start(), *range.end());
    Err(Problem::bounded(ProblemCode::OutOfRange, u64::from(nearest)))
}

/// Control characters, and the marks that turn the direction of everything after them.
fn is_unprintable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: ProblemCode,
    /// The limit that was broken, in the unit of the rule: code points, bytes, days.
    pub bound: Option<u64>,
}

impl Problem {
    #[must_use]
    pub const fn new(code: ProblemCode) -> Self {
        Self { code, bound: None }
    }

    #[must_use]
    pub const fn bounded(code: ProblemCode, bound: u64) -> Self {
        Self { code, bound: Some(bound) }
    }
}

impl From<Problem> for ValidationError {
    fn from(problem: Problem) -> Self {
        let mut error = Self::new(problem.code.name());
        if let Some(bound) = problem.bound {
            error.add_param("bound".into(), &bound);
        }
        error
    }
}

impl From<&ValidationError> for Problem {
    fn from(error: &ValidationError) -> Self {
        Self { code: ProblemCode::from_name(&error.code), bound: error.params.get("bound").and_then(serde_json::Value::as_u64) }
    }
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The kinds of problem a field can have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemCode { $($(#[$doc])* $variant,)* }

        impl ProblemCode {
            /// Every code, for tables and tests.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn from_name(name: &str) -> Self {
                match name { $($name => Self::$variant,)* _ => Self::Malformed }
            }
        }
    };
}

problem_codes! {
    /// Nothing was entered.
    Required = "required",
    /// Fewer than `bound`.
    TooShort = "too_short",
    /// More than `bound`.
    TooLong = "too_long",
    /// Below or above what is allowed; `bound` is the nearest allowed number.
    OutOfRange = "out_of_range",
    /// A character that the field does not take.
    Character = "character",
    /// Letters of several scripts that do not belong together.
    MixedScripts = "mixed_scripts",
    /// Begins or ends with a dot, a hyphen or an underscore, or has two of them in a row.
    Punctuation = "punctuation",
    /// Not of the form that the field takes.
    Malformed = "malformed",
    /// Kept for the site itself.
    Reserved = "reserved",
    /// Somebody has it, or one that looks the same.
    Taken = "taken",
    /// On the list of passwords that attackers try first.
    Common = "common",
    /// Contains the site's name, the user name or the e-mail address.
    Guessable = "guessable",
    /// In the list of passwords that leaked elsewhere.
    Leaked = "leaked",
    /// The current password does not match.
    WrongPassword = "wrong_password",
    /// A one-time code that is not the one, or was used before.
    WrongCode = "wrong_code",
    /// The password that is to be replaced.
    SamePassword = "same_password",
    /// The e-mail address that the account has already.
    SameAddress = "same_address",
    /// Lies in the past.
    Past = "past",
    /// Nothing was chosen.
    NothingChosen = "nothing_chosen",
}

/// The problems of a form, by the name of the field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldProblems(BTreeMap<String, Problem>);

impl FieldProblems {
    #[must_use]
    pub fn one(field: &str, problem: Problem) -> Self {
        Self(BTreeMap::from([(field.to_owned(), problem)]))
    }

    /// Adds a problem unless the field already has one.
    pub fn add(&mut self, field: &str, problem: Problem) {
        self.0.entry(field.to_owned()).or_insert(problem);
    }

    pub fn remove(&mut self, field: &str) {
        self.0.remove(field);
    }

    #[must_use]
    pub fn of(&self, field: &str) -> Option<Problem> {
        self.0.get(field).copied()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Problem)> {
        self.0.iter().map(|(field, problem)| (field.as_str(), *problem))
    }
}

impl From<&ValidationErrors> for FieldProblems {
    fn from(errors: &ValidationErrors) -> Self {
        let mut problems = Self::default();
        for (field, kind) in errors.errors() {
            match kind {
                ValidationErrorsKind::Field(of_field) => {
                    if let Some(first) = of_field.first() {
                        problems.add(field, Problem::from(first));
                    }
                }
                ValidationErrorsKind::Struct(nested) => {
                    for (name, problem) in Self::from(nested.as_ref()).iter() {
                        problems.add(name, problem);
                    }
                }
                ValidationErrorsKind::List(_) => problems.add(field, Problem::new(ProblemCode::Malformed)),
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_way_through_validator() {
        for code in ProblemCode::ALL {
            let problem = Problem::bounded(*code, 7);
            assert_eq!(Problem::from(&ValidationError::from(problem)), problem);
        }
    }
}
