//! Settings from the TOML file. Every value remembers its line, and every unknown section or key
//! is a problem of its own. Syntax errors are told by line and never quote the text, which may
//! hold the database's password.

use std::io;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use super::catalogue::{self, ALL};
use super::error::Problem;
use super::families;
use super::origin::Origin;
use super::sources::{Entries, FileChoice, USUAL_FILE, Value, Written};
use crate::accounts::model::ProviderName;

pub(super) fn read(choice: &FileChoice, entries: &mut Entries, problems: &mut Vec<Problem>) {
    match choice {
        FileChoice::None => {}
        FileChoice::Text(text) => parse(Path::new(USUAL_FILE), text, entries, problems),
        FileChoice::Usual => match read_text(Path::new(USUAL_FILE)) {
            Ok(text) => parse(Path::new(USUAL_FILE), &text, entries, problems),
            Err(Unreadable::Missing) => {}
            Err(Unreadable::Because(reason)) => {
                problems.push(unreadable(Path::new(USUAL_FILE), "the usual configuration file", &reason));
            }
        },
        FileChoice::Named { path, by } => match read_text(path) {
            Ok(text) => parse(path, &text, entries, problems),
            Err(Unreadable::Missing) => problems.push(unreadable(path, &format!("named by {by}"), "there is no such file")),
            Err(Unreadable::Because(reason)) => {
                problems.push(unreadable(path, &format!("named by {by}"), &reason));
            }
        },
    }
}

enum Unreadable {
    Missing,
    Because(String),
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, Unreadable> {
    let bytes = std::fs::read(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Unreadable::Missing,
        _ => Unreadable::Because(cause.to_string()),
    })?;
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|cause| {
        let wrong = cause.utf8_error().valid_up_to();
        Unreadable::Because(format!("its byte {wrong} is not UTF-8 text"))
    })
}

fn unreadable(path: &Path, role: &str, reason: &str) -> Problem {
    Problem::new(
        path.display().to_string(),
        None,
        format!("cannot be read ({role}): {reason}. Give Locutory a file it can read."),
    )
}

fn parse(path: &Path, text: &str, entries: &mut Entries, problems: &mut Vec<Problem>) {
    let at =
        |offset: usize| Origin::File { path: path.to_owned(), line: 1 + text[..offset.min(text.len())].matches('\n').count() };
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        problems.extend(errors.iter().map(|error| {
            let offset = error.span().map_or(text.len(), |span| span.start);
            let complaint = format!("is not TOML here: {}.", error.message());
            Problem::new("configuration file", Some(at(offset)), complaint)
        }));
        return;
    }
    for (section, value) in document.get_ref() {
        let origin = at(section.span().start);
        let Some(table) = value.get_ref().as_table() else {
            problems.push(unknown(section.get_ref(), origin));
            continue;
        };
        if section.get_ref() == families::PROVIDERS {
            read_providers(table, &at, entries, problems);
            continue;
        }
        if !is_section(section.get_ref()) {
            problems.push(unknown(&format!("[{}]", section.get_ref()), origin));
            continue;
        }
        for (name, value) in table {
            let key = format!("{}.{}", section.get_ref(), name.get_ref());
            let origin = at(name.span().start);
            match catalogue::by_key(&key) {
                Some(setting) => {
                    let value = value_of(value);
                    entries.insert(setting.key, Written { value, origin });
                }
                None => problems.push(unknown(&key, origin)),
            }
        }
    }
}

/// The tables `[providers.NAME]`.
fn read_providers(providers: &DeTable<'_>, at: &impl Fn(usize) -> Origin, entries: &mut Entries, problems: &mut Vec<Problem>) {
    for (name, value) in providers {
        let (origin, written) = (at(name.span().start), format!("{}.{}", families::PROVIDERS, name.get_ref()));
        let (provider, table) = match (ProviderName::parse(name.get_ref()), value.get_ref().as_table()) {
            (Some(provider), Some(table)) if !table.is_empty() => (provider, table),
            (Some(_), _) => {
                let complaint = "must be a table with the settings of a provider, such as kind and client_id.";
                problems.push(Problem::new(written, Some(origin), complaint));
                continue;
            }
            (None, _) => {
                let complaint = "is not a name for a provider. Use lower-case letters, digits and hyphens, 40 at most.";
                problems.push(Problem::new(written, Some(origin), complaint));
                continue;
            }
        };
        for (member, value) in table {
            let origin = at(member.span().start);
            match families::setting(&provider, member.get_ref()) {
                Some(setting) => {
                    entries.insert(setting.key, Written { value: value_of(value), origin });
                }
                None => problems.push(unknown_member(&provider, member.get_ref(), origin)),
            }
        }
    }
}

fn unknown_member(provider: &ProviderName, written: &str, origin: Origin) -> Problem {
    let near = catalogue::nearest(written, families::MEMBERS.iter().map(|member| member.name));
    let complaint = match near {
        Some(near) => format!("is not a setting. Did you mean {}.{provider}.{near}?", families::PROVIDERS),
        None => "is not a setting of a provider. Remove it.".to_owned(),
    };
    Problem::new(format!("{}.{provider}.{written}", families::PROVIDERS), Some(origin), complaint)
}

fn is_section(name: &str) -> bool {
    ALL.iter().any(|setting| setting.parts().0 == name)
}

fn unknown(written: &str, origin: Origin) -> Problem {
    let keys = ALL.iter().map(|setting| setting.key);
    let sections = ALL.iter().map(|setting| setting.parts().0).chain([families::PROVIDERS]);
    let near = if let Some(section) = written.strip_prefix('[') {
        catalogue::nearest(section.trim_end_matches(']'), sections).map(|near| format!("[{near}]"))
    } else {
        catalogue::nearest(written, keys).map(str::to_owned)
    };
    let complaint = match near {
        Some(near) => format!("is not a setting. Did you mean {near}?"),
        None => "is not a setting. Remove it, or see `locutory config show` for the settings \
                 there are."
            .to_owned(),
    };
    Problem::new(written, Some(origin), complaint)
}

fn value_of(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::Text(text.clone().into_owned().into()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number that is far too large"), Value::Number),
        DeValue::Array(items) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<String>>>()
            .map_or(Value::Other("a list that does not hold text only"), Value::List),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Table(_) => Value::Other("a table"),
    }
}
