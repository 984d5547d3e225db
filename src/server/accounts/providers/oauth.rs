//! Providers that speak OAuth 2 alone: a page of theirs tells whose token it is.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::accounts::model::Secret;

use super::{Recognised, fault::Fault, http::Http, protocol};

/// Asks whose token it is. `subject` and `label` name the fields that tell.
///
/// # Errors
/// The provider does not answer, or does not tell.
pub async fn user(http: &Http, page: &Url, token: &Secret, (subject, label): (&str, &str)) -> Result<Recognised, Fault> {
    let fields: BTreeMap<String, Value> = protocol::fetch(http, page, Some(token)).await.map_err(|fault| match fault {
        Fault::Unreachable => Fault::Unreachable,
        _ => Fault::User,
    })?;
    read(&fields, subject, label).ok_or(Fault::User)
}

fn read(fields: &BTreeMap<String, Value>, subject: &str, label: &str) -> Option<Recognised> {
    let name = fields.get(label).and_then(text);
    let email = fields.get("email").and_then(text);
    Recognised::new(&text(fields.get(subject)?)?, name.clone().or_else(|| email.clone()), name, email)
}

/// Texts and whole numbers: a number with a fraction would not come back the same.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(json: &str) -> Option<String> {
        read(&serde_json::from_str(json).unwrap(), "id", "login").map(|recognised| recognised.subject().to_owned())
    }

    #[test]
    fn a_subject_is_a_text_or_a_whole_number() {
        assert_eq!(subject(r#"{"id": 583231, "login": "octocat"}"#).as_deref(), Some("583231"));
        assert_eq!(subject(r#"{"id": "a-7"}"#).as_deref(), Some("a-7"));
        for nobody in [
            r#"{"login": "octocat"}"#,
            r#"{"id": null}"#,
            r#"{"id": ""}"#,
            r#"{"id": 1.5}"#,
            r#"{"id": {"a": 1}}"#,
            r#"{"id": true}"#,
        ] {
            assert_eq!(subject(nobody), None, "{nobody}");
        }
    }
}
