//! The peppers: secrets of the operator's that go into every password's hash and lie outside the database.
//! Their file is written as that of the data keys; it is never made by the program, since losing it locks
//! everybody out.

use std::{
    fs::File,
    io::{self, Read},
};

use zeroize::Zeroizing;

use super::{
    super::{
        Config,
        catalogue::PASSWORD_PEPPER_FILE,
        private_file::{self, Sharing},
    },
    data::{self, DataKeys},
};
use crate::server::start_error::StartError;

/// Reads the peppers; none where the operator wants none.
///
/// # Errors
/// When the file cannot be read, holds something else, or can be read by others.
pub fn open(config: &Config) -> Result<Option<DataKeys>, StartError> {
    let Some(path) = &config.secrets.pepper_file else { return Ok(None) };
    let refuse = |complaint: String| StartError::File { setting: PASSWORD_PEPPER_FILE.key, path: path.clone(), complaint };
    let unreadable =
        |cause: io::Error| refuse(format!("cannot be read: {cause}. Give the user that runs Locutory the right to read it."));
    let file = File::open(path).map_err(unreadable)?;
    if let Some(mode) = private_file::excess_permissions(&file, Sharing::GroupReads).map_err(unreadable)? {
        return Err(refuse(format!("holds secrets, and its mode {mode:o} lets others at it. Run `chmod 600` on it.")));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(data::LONGEST_FILE).read_to_string(&mut text).map_err(unreadable)?;
    let peppers = data::parse(&text).ok_or_else(|| {
        refuse(
            "must have lines of eight hexadecimal digits, a space and 32 random bytes in Base64, each with digits of its \
             own. Restore it from a backup: without it nobody can sign in with a password."
                .to_owned(),
        )
    })?;
    Ok(Some(peppers))
}
