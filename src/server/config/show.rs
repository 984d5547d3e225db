//! The configuration as it holds, for people and programs to read: each setting with its value and
//! where that comes from. Secrets are masked.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Config;
use super::reader::{Effective, Shown};

/// TOML that could be used as a configuration file, but for its masked secrets.
#[must_use]
pub fn as_toml(config: &Config) -> String {
    let mut text = String::new();
    let mut current = "";
    for effective in config.effective() {
        let (section, name) = effective.setting.parts();
        if section != current {
            let gap = if current.is_empty() { "" } else { "\n" };
            push(&mut text, format_args!("{gap}[{section}]"));
            current = section;
        }
        let origin = &effective.origin;
        match &effective.value {
            Shown::Unset(words) => push(&mut text, format_args!("# {name} is not set: {words}")),
            value => push(&mut text, format_args!("{name} = {} # {origin}", toml_value(value))),
        }
    }
    text
}

/// A JSON array with one object per setting: `setting`, `value` (null while unset) and `origin`.
#[must_use]
pub fn as_json(config: &Config) -> String {
    let rows: Vec<Value> = config.effective().map(row).collect();
    format!("{:#}", Value::from(rows))
}

fn row(effective: &Effective) -> Value {
    let value = match &effective.value {
        Shown::Text(text) => text.as_str().into(),
        Shown::Number(number) => (*number).into(),
        Shown::Truth(truth) => (*truth).into(),
        Shown::List(items) => items.as_slice().into(),
        Shown::Unset(_) => Value::Null,
    };
    json!({
        "setting": effective.setting.key,
        "value": value,
        "origin": effective.origin.to_string(),
    })
}

fn toml_value(value: &Shown) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    match value {
        Shown::Text(text) => quoted(text),
        Shown::Number(number) => number.to_string(),
        Shown::Truth(truth) => truth.to_string(),
        Shown::List(items) => {
            let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
            format!("[{}]", items.join(", "))
        }
        Shown::Unset(words) => (*words).to_owned(),
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a String takes every text");
}
