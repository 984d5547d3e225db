//! The keys of the program and the operator: those of cookies, those of what lies sealed in the database,
//! and the peppers of passwords. They are made at the first start and kept in the data folder, or read from
//! files of the operator's, systemd credentials among them.
//!
//! **Promises.** A file that others may read is refused, and so is a key that chance has not made.

pub mod cookie;
pub mod data;
pub mod pepper;
pub mod quality;

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use zeroize::Zeroizing;

pub use cookie::CookieKeys;

use super::private_file::{self, Existing, Sharing};
use crate::server::start_error::StartError;

/// A file with a secret in it, and the setting that names it.
#[derive(Clone, Copy, Debug)]
pub struct SecretFile<'a> {
    pub setting: &'static str,
    pub path: &'a Path,
    pub sharing: Sharing,
    /// What it holds and what to do when others may have read it, in sentences.
    pub holds: &'static str,
}

impl SecretFile<'_> {
    #[must_use]
    pub fn refusal(&self, complaint: impl Into<String>) -> StartError {
        StartError::File { setting: self.setting, path: self.path.to_owned(), complaint: complaint.into() }
    }

    /// Its bytes, at most one more than `most`.
    ///
    /// # Errors
    /// It cannot be read, or others may read it.
    pub fn read(&self, most: usize) -> Result<Zeroizing<Vec<u8>>, StartError> {
        let unreadable = |cause: io::Error| {
            self.refusal(format!("cannot be read: {cause}. Give the user that runs Locutory the right to read it."))
        };
        let file = File::open(self.path).map_err(unreadable)?;
        if let Some(mode) = private_file::excess_permissions(&file, self.sharing).map_err(unreadable)? {
            let holds = self.holds;
            return Err(self.refusal(format!("{holds}, and its mode {mode:o} lets others at it. Run `chmod 600` on it.")));
        }
        // As large as it can become: a vector that grows leaves its old bytes behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
        file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }

    /// Its text as it stands.
    ///
    /// # Errors
    /// It cannot be read, others may read it, or it is no text or a longer one than `most` bytes.
    pub fn read_text(&self, most: usize) -> Result<Zeroizing<String>, StartError> {
        let bytes = self.read(most)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| self.refusal("must be text in UTF-8."))?;
        if bytes.len() > most {
            return Err(self.refusal(format!("is longer than {most} bytes, which no secret is.")));
        }
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// Writes it anew, whole or not at all.
    ///
    /// # Errors
    /// It cannot be written, as when a service manager has handed it out.
    pub fn replace(&self, bytes: &[u8]) -> Result<(), StartError> {
        private_file::write(self.path, bytes, Existing::Replace).map_err(|cause| {
            self.refusal(format!(
                "cannot be written: {cause}. Give the user that runs this command the right to write there; what a service \
                 manager hands out is changed where it comes from."
            ))
        })
    }
}
