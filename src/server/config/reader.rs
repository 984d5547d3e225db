//! Turns what was written into typed values, one setting at a time. A value that cannot be used is
//! noted as a problem and replaced by the default, so that reading goes on to the next problem.

use std::ops::RangeInclusive;

use super::catalogue::{Initial, Secrecy, Setting};
use super::error::Problem;
use super::origin::Origin;
use super::sources::{Entries, Value, Written};

/// What stands in the place of a secret wherever one would be shown.
pub const MASK: &str = "********";

/// What holds for one setting in the end, in a form that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    pub setting: &'static Setting,
    pub value: Shown,
    pub origin: Origin,
}

/// A value that may be printed; secrets come masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Text(String),
    Number(u64),
    List(Vec<String>),
    Truth(bool),
    /// Not set; the words say what happens then.
    Unset(&'static str),
}

pub(super) struct Reader {
    entries: Entries,
    problems: Vec<Problem>,
    effective: Vec<Effective>,
}

impl Reader {
    pub fn new(entries: Entries, problems: Vec<Problem>) -> Self {
        Self { entries, problems, effective: Vec::new() }
    }

    pub fn finish(self) -> (Vec<Effective>, Vec<Problem>) {
        (self.effective, self.problems)
    }

    /// The keys of everything that was written.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.entries.keys().copied()
    }

    pub fn is_written(&self, setting: &Setting) -> bool {
        self.entries.contains_key(setting.key)
    }

    /// Where a setting was written.
    pub fn origin(&self, setting: &Setting) -> Option<&Origin> {
        self.entries.get(setting.key).map(|written| &written.origin)
    }

    /// Notes that `setting` cannot stand as it is, for a reason that lies outside its own text.
    pub fn complain(&mut self, setting: &'static Setting, complaint: impl Into<String>) {
        let origin = self.entries.get(setting.key).map(|it| it.origin.clone());
        self.problems.push(Problem::new(setting.key, origin, complaint));
    }

    /// Whether a setting of one of these sections has a problem already.
    pub fn has_problem_in(&self, sections: &[&str]) -> bool {
        self.problems.iter().any(|problem| {
            let section = problem.subject.split('.').next().unwrap_or_default();
            sections.contains(&section)
        })
    }

    pub fn text<T>(&mut self, setting: &'static Setting, parse: impl Fn(&str) -> Result<T, String>) -> T {
        if let Some(value) = self.written_text(setting, &parse) {
            return value;
        }
        let Initial::Text(text) = setting.initial else {
            unreachable!("{} is read as text and has no default text", setting.key);
        };
        self.note(setting, Shown::Text(text.to_owned()), Origin::Default);
        parse(text).unwrap_or_else(|complaint| unreachable!("default of {}: {complaint}", setting.key))
    }

    /// `None` while it is not written. The caller may tell what holds instead with [`Self::derive`].
    pub fn optional_text<T>(&mut self, setting: &'static Setting, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.written_text(setting, &parse);
        if value.is_none()
            && let Initial::Unset(words) = setting.initial
        {
            self.note(setting, Shown::Unset(words), Origin::Default);
        }
        value
    }

    /// Notes that an unset setting has the value `shown`, which follows from the setting `from`.
    pub fn derive(&mut self, setting: &'static Setting, shown: Shown, from: &'static str) {
        self.effective.retain(|known| known.setting != setting);
        self.note(setting, shown, Origin::Derived(from));
    }

    pub fn number(&mut self, setting: &'static Setting, range: RangeInclusive<u64>) -> u64 {
        if let Some(number) = self.optional_number(setting, range) {
            return number;
        }
        let Initial::Number(number) = setting.initial else {
            unreachable!("{} is read as a number and has no default number", setting.key);
        };
        self.note(setting, Shown::Number(number), Origin::Default);
        number
    }

    pub fn optional_number(&mut self, setting: &'static Setting, range: RangeInclusive<u64>) -> Option<u64> {
        let Written { value, origin } = self.entries.get(setting.key)?.clone();
        let number = match &value {
            Value::Number(number) => u64::try_from(*number).ok(),
            // Variables and flags are text by nature; a file has real numbers.
            Value::Text(text) if !matches!(origin, Origin::File { .. }) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some(number) = number.filter(|number| range.contains(number)) {
            self.note(setting, Shown::Number(number), origin);
            return Some(number);
        }
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.complain(setting, mismatch(setting, &expected, &value));
        None
    }

    /// `true` or `false`; `None` while it is not written.
    pub fn optional_truth(&mut self, setting: &'static Setting) -> Option<bool> {
        let Some(Written { value, origin }) = self.entries.get(setting.key).cloned() else {
            if let Initial::Unset(words) = setting.initial {
                self.note(setting, Shown::Unset(words), Origin::Default);
            }
            return None;
        };
        let truth = match &value {
            Value::Truth(truth) => Some(*truth),
            // Variables and flags are text by nature.
            Value::Text(text) if !matches!(origin, Origin::File { .. }) => text.trim().parse().ok(),
            _ => None,
        };
        match truth {
            Some(truth) => self.note(setting, Shown::Truth(truth), origin),
            None => self.complain(setting, mismatch(setting, "true or false", &value)),
        }
        truth
    }

    pub fn list<T>(&mut self, setting: &'static Setting, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some(Written { value, origin }) = self.entries.get(setting.key).cloned() else {
            self.note(setting, Shown::List(Vec::new()), Origin::Default);
            return Vec::new();
        };
        let items = match value {
            Value::List(items) => items,
            Value::Text(text) if !matches!(origin, Origin::File { .. }) => {
                text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
            }
            other => {
                self.complain(setting, mismatch(setting, "a list of texts", &other));
                return Vec::new();
            }
        };
        let mut parsed = Vec::with_capacity(items.len());
        for item in &items {
            match parse(item) {
                Ok(value) => parsed.push(value),
                Err(complaint) => self.complain(setting, complaint),
            }
        }
        self.note(setting, Shown::List(items), origin);
        parsed
    }

    fn written_text<T>(&mut self, setting: &'static Setting, parse: &impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let Written { value, origin } = self.entries.get(setting.key)?.clone();
        let Value::Text(text) = value else {
            self.complain(setting, mismatch(setting, "text in quotes", &value));
            return None;
        };
        if text.trim().is_empty() {
            self.complain(setting, "is empty. Give it a value, or leave it out.");
            return None;
        }
        match parse(&text) {
            Ok(parsed) => {
                let shown = match setting.secrecy {
                    Secrecy::Public => text.to_string(),
                    Secrecy::Secret => MASK.to_owned(),
                };
                self.note(setting, Shown::Text(shown), origin);
                Some(parsed)
            }
            Err(complaint) => {
                self.complain(setting, complaint);
                None
            }
        }
    }

    /// Replaces the mask of a secret by a form that tells more and gives nothing away.
    pub fn show_instead(&mut self, setting: &'static Setting, shown: String) {
        for known in &mut self.effective {
            if known.setting == setting {
                known.value = Shown::Text(shown);
                return;
            }
        }
    }

    fn note(&mut self, setting: &'static Setting, value: Shown, origin: Origin) {
        self.effective.push(Effective { setting, value, origin });
    }
}

fn mismatch(setting: &Setting, expected: &str, value: &Value) -> String {
    let found = match (setting.secrecy, value) {
        (Secrecy::Secret, _) => "something else".to_owned(),
        (Secrecy::Public, Value::Text(text)) => format!("{:?}", text.as_str()),
        (Secrecy::Public, Value::Number(number)) => number.to_string(),
        (Secrecy::Public, Value::List(_)) => "a list".to_owned(),
        (Secrecy::Public, Value::Truth(_)) => "true or false".to_owned(),
        (Secrecy::Public, Value::Other(kind)) => (*kind).to_owned(),
    };
    format!("must be {expected}, not {found}.")
}
