//! The configuration: a file's text, then a line `---`, then variables of the environment, a line each.

use std::{cell::RefCell, ffi::OsString, fs, path::PathBuf};

use locutory::server::config::{
    Config, FileChoice, Sources,
    catalogue::{ALL, DATA_DATABASE, Secrecy},
};
use tempfile::TempDir;

/// Put in place of `%secret%` in the variables of secret settings.
const SECRET: &str = "kestrel-amber-4711";

thread_local! {
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// # Panics
/// A secret is shown.
pub fn examine(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (file, environment) = text.split_once("\n---\n").unwrap_or((&text, ""));
    let Some(path) = written(file) else { return };
    let environment = environment.lines().filter_map(|line| line.split_once('=')).map(variable).collect();
    let sources = Sources { file: FileChoice::Named { path, by: "--config" }, environment, ..Sources::default() };
    let shown = match Config::load(sources.clone()) {
        Ok(config) => {
            let effective: Vec<String> = config.effective().map(|setting| format!("{setting:?}")).collect();
            format!("{config:?} {}", effective.join(" "))
        }
        Err(problems) => format!("{problems:?} {problems}"),
    };
    let shown = format!("{shown} {sources:?}");
    assert!(text.contains(SECRET) || !shown.contains(SECRET), "a secret is shown: {shown}");
}

/// In front of the password in the address of a database; what comes after it is no secret.
const BEFORE_PASSWORD: &str = "postgres://locutory:";

fn variable((name, value): (&str, &str)) -> (OsString, OsString) {
    if name == DATA_DATABASE.variable() {
        let after = value.strip_prefix(BEFORE_PASSWORD).and_then(|rest| rest.strip_prefix("%secret%@"));
        let value = after.map_or_else(|| value.to_owned(), |rest| format!("{BEFORE_PASSWORD}{SECRET}@{rest}"));
        return (name.into(), value.into());
    }
    let is_secret = ALL.iter().any(|setting| setting.secrecy == Secrecy::Secret && setting.variable() == name)
        || (name.starts_with("LOCUTORY_PROVIDERS__") && name.ends_with("__CLIENT_SECRET"));
    let value = if is_secret { value.replace("%secret%", SECRET) } else { value.to_owned() };
    (name.into(), value.into())
}

/// The same file each time, as the program reads its configuration from one.
fn written(text: &str) -> Option<PathBuf> {
    FOLDER.with_borrow_mut(|folder| {
        if folder.is_none() {
            *folder = tempfile::tempdir().ok();
        }
        let path = folder.as_ref()?.path().join("locutory.toml");
        fs::write(&path, text).ok()?;
        Some(path)
    })
}
