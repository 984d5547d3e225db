//! Settings from `LOCUTORY_*` environment variables. A name that is not known is refused, because
//! a misspelt variable would otherwise be a setting that silently does not hold.

use std::ffi::OsString;

use super::catalogue::{self, ALL};
use super::error::Problem;
use super::families;
use super::origin::Origin;
use super::sources::{Entries, Value, Written};

/// Names the configuration file; `--config` goes before it.
pub const CONFIG_VARIABLE: &str = "LOCUTORY_CONFIG";

const PREFIX: &str = "LOCUTORY_";

/// Read by the tests and the build, and of no meaning to the server.
const OTHERS: [&str; 2] = [CONFIG_VARIABLE, "LOCUTORY_BINARY"];
const TEST_PREFIX: &str = "LOCUTORY_TEST_";

pub(super) fn read(variables: Vec<(OsString, OsString)>, entries: &mut Entries, problems: &mut Vec<Problem>) {
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) || name.starts_with(TEST_PREFIX) || OTHERS.contains(&name.as_str()) {
            continue;
        }
        let known = ALL.iter().copied().find(|setting| setting.variable() == name);
        let Some(setting) = known.or_else(|| families::by_variable(&name)) else {
            problems.push(unknown(&name));
            continue;
        };
        let origin = Origin::Variable(name);
        match value.into_string() {
            Ok(text) => {
                let value = Value::Text(text.into());
                entries.insert(setting.key, Written { value, origin });
            }
            Err(_) => problems.push(Problem::new(setting.key, Some(origin), "is not UTF-8 text; write it in UTF-8.")),
        }
    }
}

fn unknown(name: &str) -> Problem {
    let variables: Vec<String> = ALL.iter().map(|setting| setting.variable()).collect();
    let complaint = match catalogue::nearest(name, variables.iter().map(String::as_str)) {
        Some(near) => {
            format!("is not a variable Locutory knows. Did you mean {near}? If not, unset it.")
        }
        None => "is not a variable Locutory knows. Unset it, or see `locutory config show` for \
                 the settings there are."
            .to_owned(),
    };
    Problem::new(name, None, complaint)
}
