//! The key that encrypts cookies. It is made at the first start and kept in the data folder, or
//! read from a file of the operator's. Whoever can read it can forge sessions' cookies, so a file
//! that others may read is refused.

pub mod data;
pub mod pepper;

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use super::Config;
use super::catalogue::{DATA_FOLDER, SECRETS_COOKIE_KEY_FILE};
use super::private_file::{self, Existing, Sharing};
use crate::server::start_error::StartError;

/// Bytes in the key: 32 to encrypt and 32 to sign, as the `cookie` crate wants them.
pub const LENGTH: usize = 64;

const FILE_NAME: &str = "cookie.key";

#[derive(Clone)]
pub struct CookieKey(Zeroizing<[u8; LENGTH]>);

impl CookieKey {
    /// Reads the key, and makes it where the data folder has none yet.
    ///
    /// # Errors
    /// When the file cannot be read or made, has another length, or can be read by others.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        if let Some(path) = &config.secrets.cookie_key_file {
            return read(SECRETS_COOKIE_KEY_FILE.key, path, Sharing::GroupReads);
        }
        let path = own_file(config);
        if !path.exists() {
            make(&path)?;
        }
        read(DATA_FOLDER.key, &path, Sharing::OwnerOnly)
    }

    /// Checks the key as [`Self::open`] does and makes nothing.
    ///
    /// # Errors
    /// As for [`Self::open`]; a key that is yet to be made is no error.
    pub fn check(config: &Config) -> Result<(), StartError> {
        if config.secrets.cookie_key_file.is_none() && !own_file(config).exists() {
            return Ok(());
        }
        Self::open(config).map(drop)
    }

    #[must_use]
    pub fn expose(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for CookieKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CookieKey(********)")
    }
}

fn own_file(config: &Config) -> PathBuf {
    config.data.folder.join(FILE_NAME)
}

fn make(path: &Path) -> Result<(), StartError> {
    let mut key = Zeroizing::new([0; LENGTH]);
    SysRng
        .try_fill_bytes(&mut *key)
        .map_err(io::Error::other)
        .and_then(|()| private_file::write(path, &*key, Existing::Keep))
        .map_err(|cause| StartError::DataFolder { path: path.to_owned(), cause })
}

fn read(setting: &'static str, path: &Path, sharing: Sharing) -> Result<CookieKey, StartError> {
    let refuse = |complaint: String| StartError::File { setting, path: path.to_owned(), complaint };
    let unreadable =
        |cause: io::Error| refuse(format!("cannot be read: {cause}. Give the user that runs Locutory the right to read it."));
    let file = File::open(path).map_err(unreadable)?;
    if let Some(mode) = private_file::excess_permissions(&file, sharing).map_err(unreadable)? {
        return Err(refuse(format!(
            "holds the key of all sessions, and its mode {mode:o} lets others at it. Run `chmod \
             600` on it; if strangers had access to this machine, replace it as well (which signs \
             everybody out)."
        )));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(LENGTH + 1));
    let one_too_many = u64::try_from(LENGTH + 1).expect("65 fits");
    file.take(one_too_many).read_to_end(&mut bytes).map_err(unreadable)?;
    let key = <[u8; LENGTH]>::try_from(bytes.as_slice()).map_err(|_| {
        refuse(format!(
            "must hold exactly {LENGTH} random bytes. Restore it from a backup, or replace it \
             (which signs everybody out): `head -c {LENGTH} /dev/urandom`."
        ))
    })?;
    Ok(CookieKey(Zeroizing::new(key)))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::super::catalogue::Setting;
    use super::super::{Flag, Sources};
    use super::*;

    fn config(setting: &'static Setting, path: &Path) -> Config {
        let flag = Flag { setting, name: "--test", value: path.display().to_string() };
        Config::load(Sources::of_flags(vec![flag])).unwrap()
    }

    #[test]
    fn the_key_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        let first = CookieKey::open(&config).unwrap();
        let second = CookieKey::open(&config).unwrap();
        assert_eq!(first.expose(), second.expose());
        assert_ne!(first.expose(), &[0; LENGTH]);
        let mode = fs::metadata(own_file(&config)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        CookieKey::open(&config).unwrap();
        fs::set_permissions(own_file(&config), Permissions::from_mode(0o644)).unwrap();
        let refusal = CookieKey::open(&config).unwrap_err().to_string();
        assert!(refusal.contains("cookie.key") && refusal.contains("chmod"), "{refusal}");
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for length in [0, LENGTH - 1, LENGTH + 1] {
            let path = folder.path().join("named.key");
            private_file::write(&path, &vec![7; length], Existing::Replace).unwrap();
            let config = config(&SECRETS_COOKIE_KEY_FILE, &path);
            let refusal = CookieKey::open(&config).unwrap_err().to_string();
            assert!(refusal.starts_with("secrets.cookie_key_file:"), "{refusal}");
        }
    }

    #[test]
    fn a_named_key_that_is_missing_is_refused_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("named.key");
        assert!(CookieKey::open(&config(&SECRETS_COOKIE_KEY_FILE, &path)).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn checking_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        CookieKey::check(&config).unwrap();
        assert!(!own_file(&config).exists());
    }
}
