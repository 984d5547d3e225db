//! The peppers: secrets of the operator's that go into every password's hash and lie outside the database.
//! Their file is written as that of the data keys. The program never makes it by itself, since losing it
//! locks everybody out: `locutory keys add-pepper` does when it is asked to.

use std::path::Path;

use super::{
    super::{Config, catalogue::PASSWORD_PEPPER_FILE, private_file::Sharing},
    SecretFile,
    data::{self, DataKeys},
};
use crate::server::start_error::StartError;

/// Reads the peppers; none where the operator wants none.
///
/// # Errors
/// When the file cannot be read, holds something else, or can be read by others.
pub fn open(config: &Config) -> Result<Option<DataKeys>, StartError> {
    config.secrets.pepper_file.as_deref().map(read).transpose()
}

/// Puts a new pepper in front of the others, or makes the file with the first.
///
/// # Errors
/// No file is named, or it cannot be read or written.
pub fn add(config: &Config) -> Result<DataKeys, StartError> {
    let Some(path) = config.secrets.pepper_file.as_deref() else {
        let complaint = "must name the file that peppers are to be kept in before there can be any.".to_owned();
        return Err(StartError::Setting { setting: PASSWORD_PEPPER_FILE.key, complaint });
    };
    let renewed = if path.exists() { read(path)?.renewed() } else { DataKeys::fresh() };
    renewed.map_err(|cause| file(path).refusal(format!("cannot have a new pepper: {cause}.")))?.write(&file(path))
}

fn read(path: &Path) -> Result<DataKeys, StartError> {
    data::read_lines(&file(path), "Restore it from a backup: without it nobody can sign in with a password.")
}

fn file(path: &Path) -> SecretFile<'_> {
    SecretFile { setting: PASSWORD_PEPPER_FILE.key, path, sharing: Sharing::GroupReads, holds: "holds secrets" }
}
