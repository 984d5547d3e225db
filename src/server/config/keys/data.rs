//! The keys that seal what lies in the database and must be read again: secrets of authenticator apps,
//! letters on their way. They are made at the first start and kept in the data folder, or read from a
//! file of the operator's.
//!
//! The file has a line for each key: its id (eight hexadecimal digits), a space, and 32 bytes in Base64.
//! The first line seals; the others only open what they once sealed.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{TryRng, rngs::SysRng};
use zeroize::Zeroizing;

use super::{
    super::{
        Config,
        catalogue::{DATA_FOLDER, SECRETS_DATA_KEYS_FILE},
        private_file::{self, Existing, Sharing},
    },
    SecretFile, quality,
};
use crate::server::start_error::StartError;

/// Bytes in a key, as XChaCha20-Poly1305 and HMAC-SHA-256 want them.
pub const LENGTH: usize = 32;

const FILE_NAME: &str = "data.keys";
/// Far more than anybody needs; a file beyond it is not one of ours.
pub(super) const LONGEST_FILE: usize = 64 * 1_024;

/// Names a key, so that what it sealed finds it again. No secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}", self.0)
    }
}

/// One key.
#[derive(Clone)]
pub struct DataKey {
    pub id: KeyId,
    secret: Zeroizing<[u8; LENGTH]>,
}

impl DataKey {
    #[must_use]
    pub fn expose(&self) -> &[u8; LENGTH] {
        &self.secret
    }

    fn random() -> io::Result<Self> {
        let mut id = [0; 4];
        let mut secret = Zeroizing::new([0; LENGTH]);
        SysRng.try_fill_bytes(&mut id).map_err(io::Error::other)?;
        SysRng.try_fill_bytes(&mut *secret).map_err(io::Error::other)?;
        Ok(Self { id: KeyId(u32::from_be_bytes(id)), secret })
    }

    fn parse(line: &str) -> Option<Self> {
        let (id, secret) = line.trim().split_once(' ')?;
        let id = (id.len() == 8).then(|| u32::from_str_radix(id, 16).ok()).flatten()?;
        let bytes = Zeroizing::new(STANDARD.decode(secret.trim()).ok()?);
        let secret = <[u8; LENGTH]>::try_from(bytes.as_slice()).ok()?;
        Some(Self { id: KeyId(id), secret: Zeroizing::new(secret) })
    }

    fn line(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{} {}\n", self.id, STANDARD.encode(*self.secret)))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DataKey({}, ********)", self.id)
    }
}

/// The keys in force, the one that seals first.
#[derive(Clone, Debug)]
pub struct DataKeys {
    current: DataKey,
    former: Vec<DataKey>,
}

impl DataKeys {
    /// Reads the keys, and makes the first where the data folder has none yet.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds something else, or can be read by others.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let path = path(config);
        if config.secrets.data_keys_file.is_none() && !path.exists() {
            let made = DataKey::random().and_then(|key| private_file::write(&path, key.line().as_bytes(), Existing::Keep));
            made.map_err(|cause| StartError::DataFolder { path: path.clone(), cause })?;
        }
        read(config)
    }

    /// Checks the keys as [`Self::open`] does and makes nothing.
    ///
    /// # Errors
    /// As for [`Self::open`]; keys that are yet to be made are no error.
    pub fn check(config: &Config) -> Result<(), StartError> {
        let path = path(config);
        if config.secrets.data_keys_file.is_none() && !path.exists() {
            return Ok(());
        }
        read(config).map(drop)
    }

    /// Puts a new key in front. What the others sealed can still be opened.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn rotate(config: &Config) -> Result<Self, StartError> {
        let renewed = Self::open(config)?.renewed();
        renewed.map_err(|cause| StartError::DataFolder { path: path(config), cause })?.written(config)
    }

    /// Throws away every key but the one that seals.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn forget_former(config: &Config) -> Result<Self, StartError> {
        let current = Self::open(config)?.current;
        Self { current, former: Vec::new() }.written(config)
    }

    fn written(self, config: &Config) -> Result<Self, StartError> {
        let path = path(config);
        self.write(&file(config, &path))
    }

    pub(super) fn write(self, file: &SecretFile<'_>) -> Result<Self, StartError> {
        let text = Zeroizing::new(self.all().map(|key| key.line().to_string()).collect::<String>());
        file.replace(text.as_bytes())?;
        Ok(self)
    }

    /// The same with a new key in front.
    pub(super) fn renewed(self) -> io::Result<Self> {
        let former = std::iter::once(self.current).chain(self.former).collect();
        Ok(Self { current: DataKey::random()?, former })
    }

    /// One new key.
    pub(super) fn fresh() -> io::Result<Self> {
        Ok(Self { current: DataKey::random()?, former: Vec::new() })
    }

    /// The key that seals.
    #[must_use]
    pub const fn current(&self) -> &DataKey {
        &self.current
    }

    /// The key of that id, old or new.
    #[must_use]
    pub fn find(&self, id: KeyId) -> Option<&DataKey> {
        self.all().find(|key| key.id == id)
    }

    fn all(&self) -> impl Iterator<Item = &DataKey> {
        std::iter::once(&self.current).chain(&self.former)
    }
}

fn path(config: &Config) -> PathBuf {
    config.secrets.data_keys_file.clone().unwrap_or_else(|| config.data.folder.join(FILE_NAME))
}

fn file<'a>(config: &Config, path: &'a Path) -> SecretFile<'a> {
    let (setting, sharing) = match config.secrets.data_keys_file {
        Some(_) => (SECRETS_DATA_KEYS_FILE.key, Sharing::GroupReads),
        None => (DATA_FOLDER.key, Sharing::OwnerOnly),
    };
    SecretFile {
        setting,
        path,
        sharing,
        holds: "opens the secrets in the database (run `locutory keys rotate` if strangers had access to this machine)",
    }
}

fn read(config: &Config) -> Result<DataKeys, StartError> {
    let path = path(config);
    read_lines(&file(config, &path), "Restore it from a backup: without it second factors cannot be checked.")
}

/// Reads a file of keys. `loss` says what to do where it is not as it must be.
pub(super) fn read_lines(file: &SecretFile<'_>, loss: &str) -> Result<DataKeys, StartError> {
    let text = file.read_text(LONGEST_FILE)?;
    let keys = parse(&text).ok_or_else(|| {
        file.refusal(format!(
            "must have lines of eight hexadecimal digits, a space and 32 random bytes in Base64, each with digits of its own. \
             {loss}"
        ))
    })?;
    let flawed = keys.all().find_map(|key| Some((key.id, quality::flaw_of_key(key.expose())?)));
    match flawed {
        Some((id, flaw)) => Err(file.refusal(format!("has a key, {id}, that {flaw}. Put one of `openssl rand -base64 32`."))),
        None => Ok(keys),
    }
}

/// Reads the lines of a file of keys; nothing when one of them is none, or two have the same id.
pub(in crate::server) fn parse(text: &str) -> Option<DataKeys> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let keys = lines.map(DataKey::parse).collect::<Option<Vec<_>>>()?;
    let is_doubled = |(place, key): (usize, &DataKey)| keys[..place].iter().any(|other| other.id == key.id);
    if keys.iter().enumerate().any(is_doubled) {
        return None;
    }
    let mut keys = keys.into_iter();
    Some(DataKeys { current: keys.next()?, former: keys.collect() })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::super::super::{Flag, Sources};
    use super::*;

    fn config(folder: &Path) -> Config {
        let flag = Flag { setting: &DATA_FOLDER, name: "--test", value: folder.display().to_string() };
        Config::load(Sources::of_flags(vec![flag])).unwrap()
    }

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let first = DataKeys::open(&config).unwrap();
        let second = DataKeys::open(&config).unwrap();
        assert_eq!(first.current().expose(), second.current().expose());
        assert_eq!(fs::metadata(path(&config)).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!format!("{first:?}").contains(&STANDARD.encode(first.current().expose())));
        fs::set_permissions(path(&config), Permissions::from_mode(0o644)).unwrap();
        assert!(DataKeys::open(&config).unwrap_err().to_string().contains("chmod"));
    }

    #[test]
    fn a_new_key_comes_first_and_the_old_one_still_opens_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let old = DataKeys::open(&config).unwrap().current().id;
        let rotated = DataKeys::rotate(&config).unwrap();
        assert_ne!(rotated.current().id, old);
        assert!(DataKeys::open(&config).unwrap().find(old).is_some());
        DataKeys::forget_former(&config).unwrap();
        let left = DataKeys::open(&config).unwrap();
        assert_eq!((left.current().id, left.find(old).is_none()), (rotated.current().id, true));
    }

    #[test]
    fn a_file_with_something_else_in_it_is_refused_whole() {
        let good = DataKey::random().unwrap().line().to_string();
        for text in ["", "\n", "zzzzzzzz AAAA", "0000000g", &format!("{good}x"), &format!("{good}{good}")] {
            assert!(parse(text).is_none(), "{text:?}");
        }
        assert!(parse(&good).is_some());
    }
}
