//! What was written, before anybody judged it: the file, then the credentials, then the environment, then the flags.
//! A later source replaces an earlier one, setting by setting.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::catalogue::Setting;
use super::error::Problem;
use super::origin::Origin;
use super::{credentials, environment, file};

/// A value as it stands in its source. It may be a secret, so it has no `Debug` and is wiped when it goes.
#[derive(Clone, PartialEq)]
pub(super) enum Value {
    Text(Zeroizing<String>),
    Number(i64),
    List(Vec<String>),
    Truth(bool),
    /// Something no setting takes; the word says what it is.
    Other(&'static str),
}

#[derive(Clone)]
pub(super) struct Written {
    pub value: Value,
    pub origin: Origin,
}

/// What has been written, by key.
pub(super) type Entries = BTreeMap<&'static str, Written>;

/// Which file to read.
#[derive(Clone, Debug, Default)]
pub enum FileChoice {
    /// `./locutory.toml` if it exists, nothing otherwise.
    #[default]
    Usual,
    /// The file the operator has named; it must exist.
    Named { path: PathBuf, by: &'static str },
    /// No file at all.
    None,
    /// The text of a file that is not on the disk; for tests.
    Text(&'static str),
}

/// A flag of the command line that sets a setting.
#[derive(Clone)]
pub struct Flag {
    pub setting: &'static Setting,
    pub name: &'static str,
    pub value: String,
}

impl fmt::Debug for Flag {
    /// Without the value, which may be a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Flag").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Everything that was written, unread.
#[derive(Clone, Default)]
pub struct Sources {
    pub file: FileChoice,
    /// The folder in which a service manager hands out secrets (systemd.exec(5), `LoadCredential=`).
    pub credentials: Option<PathBuf>,
    pub environment: Vec<(OsString, OsString)>,
    pub flags: Vec<Flag>,
}

impl fmt::Debug for Sources {
    /// Without the environment, which holds secrets of ours and of others.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sources = formatter.debug_struct("Sources");
        sources
            .field("file", &self.file)
            .field("credentials", &self.credentials)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// The file that is read when none is named.
pub const USUAL_FILE: &str = "./locutory.toml";

impl Sources {
    /// The sources of this process: the named file (else that of `LOCUTORY_CONFIG`, else the usual
    /// one), the credentials of a service manager, the environment, and `flags`.
    #[must_use]
    pub fn of_process(named: Option<PathBuf>, flags: Vec<Flag>) -> Self {
        let by_variable = std::env::var_os(environment::CONFIG_VARIABLE).map(PathBuf::from);
        let file = match (named, by_variable) {
            (Some(path), _) => FileChoice::Named { path, by: "--config" },
            (None, Some(path)) => FileChoice::Named { path, by: environment::CONFIG_VARIABLE },
            (None, None) => FileChoice::Usual,
        };
        let credentials = std::env::var_os(credentials::VARIABLE).map(PathBuf::from);
        Self { file, credentials, environment: std::env::vars_os().collect(), flags }
    }

    /// Only the given settings, no file and no environment. For tests and the demo.
    #[must_use]
    pub fn of_flags(flags: Vec<Flag>) -> Self {
        Self { file: FileChoice::None, flags, ..Self::default() }
    }

    /// Everything that was written, and what is wrong with how it was written.
    pub(super) fn gather(self) -> (Entries, Vec<Problem>) {
        let mut entries = Entries::new();
        let mut problems = Vec::new();
        file::read(&self.file, &mut entries, &mut problems);
        if let Some(folder) = &self.credentials {
            credentials::read(folder, &mut entries, &mut problems);
        }
        environment::read(self.environment, &mut entries, &mut problems);
        for flag in self.flags {
            let written = Written { value: Value::Text(flag.value.into()), origin: Origin::Flag(flag.name) };
            entries.insert(flag.setting.key, written);
        }
        (entries, problems)
    }
}
