//! A form that was sent without scripts and comes back to its page: what was typed and what came of
//! it. Secrets never come back.

use leptos::prelude::use_context;
use std::sync::Arc;

use crate::error::AppError;

/// The fields of a form as they were sent, in order, without secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body of the type `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(body).into_owned();
        Self(pairs.filter(|(name, _)| !is_secret(name)).collect())
    }

    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field that can be chosen several times (`comments[0]`, `comments[]`).
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        let of_list = |field: &str| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
        self.0.iter().filter(|(field, _)| of_list(field)).map(|(_, value)| value.as_str()).collect()
    }
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name.contains("token") || matches!(name, "code" | "recovery_code" | "credential")
}

/// What came of the form.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Refused(AppError),
    /// The answer of a server function that leads nowhere, such as a preview.
    Answered(serde_json::Value),
}

/// A form on its way back to its page.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    /// The server function it was sent to, such as `/api/comments/publish`.
    pub action: String,
    pub fields: Fields,
    pub outcome: Outcome,
}

impl Returned {
    /// The form that came back to the page being rendered, if any did.
    #[must_use]
    pub fn here() -> Option<Arc<Self>> {
        use_context::<Arc<Self>>()
    }

    /// The form that came back, when it was sent to this server function.
    #[must_use]
    pub fn from(action: &str) -> Option<Arc<Self>> {
        Self::here().filter(|returned| returned.action == action)
    }

    #[must_use]
    pub fn error(&self) -> Option<AppError> {
        match &self.outcome {
            Outcome::Refused(error) => Some(error.clone()),
            Outcome::Answered(_) => None,
        }
    }

    /// What was typed into a field; empty where nothing was, and for secrets.
    #[must_use]
    pub fn typed(&self, field: &str) -> String {
        self.fields.first(field).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_but_no_secret() {
        let fields =
            Fields::read(b"username=ada+l&password=hunter2&current_password=x&comments%5B0%5D=7&comments%5B1%5D=8&token=t&code=1&recovery_code=2");
        assert_eq!(fields.first("username"), Some("ada l"));
        assert_eq!(fields.all("comments"), ["7", "8"]);
        for secret in ["password", "current_password", "token", "code", "recovery_code"] {
            assert_eq!(fields.first(secret), None);
        }
    }

    #[test]
    fn broken_bytes_are_read_without_a_fault() {
        assert_eq!(Fields::read(b"body=%ff%fe&=&&x").first("body"), Some("\u{fffd}\u{fffd}"));
    }
}
