//! The keys that encrypt cookies. The first encrypts; the others, from before a rotation, only open what
//! they once encrypted. Whoever can read them can forge sessions' cookies.
//!
//! The file has 64 bytes for each key. Once keys were rotated, 32 more follow: the secret under which
//! tallies of tries are kept. It follows from the key until then, and stays as it is afterwards, because a
//! new one would forget every tally.

use std::{fmt, io, path::PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use rand::{TryRng, rngs::SysRng};
use sha2::Sha256;
use tower_sessions::cookie::Key;
use zeroize::Zeroizing;

use super::{
    super::{
        Config,
        catalogue::{DATA_FOLDER, SECRETS_COOKIE_KEY_FILE},
        private_file::{self, Existing, Sharing},
    },
    SecretFile, quality,
};
use crate::server::start_error::StartError;

/// Bytes in a key: 32 to encrypt and 32 to sign, as the `cookie` crate wants them.
pub const LENGTH: usize = 64;
const TALLY_LENGTH: usize = 32;
/// Keys that one file may have: more than anybody rotates within the life of a session.
const MOST: usize = 8;

const FILE_NAME: &str = "cookie.key";

#[derive(Clone)]
struct CookieKey(Zeroizing<[u8; LENGTH]>);

#[derive(Clone)]
pub struct CookieKeys {
    current: CookieKey,
    former: Vec<CookieKey>,
    tallies: Zeroizing<[u8; TALLY_LENGTH]>,
}

impl CookieKey {
    fn random() -> io::Result<Self> {
        let mut key = Zeroizing::new([0; LENGTH]);
        SysRng.try_fill_bytes(&mut *key).map_err(io::Error::other)?;
        Ok(Self(key))
    }
}

impl CookieKeys {
    /// Reads the keys, and makes the first where the data folder has none yet.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds something else, or can be read by others.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let path = path(config);
        if config.secrets.cookie_key_file.is_none() && !path.exists() {
            CookieKey::random()
                .and_then(|key| private_file::write(&path, &*key.0, Existing::Keep))
                .map_err(|cause| StartError::DataFolder { path: path.clone(), cause })?;
        }
        read(config)
    }

    /// Checks the keys as [`Self::open`] does and makes nothing.
    ///
    /// # Errors
    /// As for [`Self::open`]; a key that is yet to be made is no error.
    pub fn check(config: &Config) -> Result<(), StartError> {
        if config.secrets.cookie_key_file.is_none() && !path(config).exists() {
            return Ok(());
        }
        read(config).map(drop)
    }

    /// Puts a new key in front. What the others encrypted can still be opened.
    ///
    /// # Errors
    /// When the file cannot be read or written, or has as many keys as it may.
    pub fn rotate(config: &Config) -> Result<Self, StartError> {
        let old = Self::open(config)?;
        let path = path(config);
        if old.former.len() + 1 >= MOST {
            let full = "has as many keys as it may. Run `locutory keys forget-old-cookie` first.";
            return Err(file(config, &path).refusal(full));
        }
        let current = CookieKey::random().map_err(|cause| StartError::DataFolder { path, cause })?;
        let former = std::iter::once(old.current).chain(old.former).collect();
        Self { current, former, tallies: old.tallies }.written(config)
    }

    /// Throws away every key but the one that encrypts.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn forget_former(config: &Config) -> Result<Self, StartError> {
        let old = Self::open(config)?;
        Self { former: Vec::new(), ..old }.written(config)
    }

    fn written(self, config: &Config) -> Result<Self, StartError> {
        let keys = std::iter::once(&self.current).chain(&self.former);
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST * LENGTH + TALLY_LENGTH));
        keys.for_each(|key| bytes.extend_from_slice(&*key.0));
        bytes.extend_from_slice(&*self.tallies);
        file(config, &path(config)).replace(&bytes)?;
        Ok(self)
    }

    /// The key that encrypts.
    #[must_use]
    pub fn current(&self) -> Key {
        Key::from(&*self.current.0)
    }

    /// Those that only open, the newest first.
    #[must_use]
    pub fn former(&self) -> Vec<Key> {
        self.former.iter().map(|key| Key::from(&*key.0)).collect()
    }

    /// The secret under which tallies are kept.
    #[must_use]
    pub const fn tallies(&self) -> &Zeroizing<[u8; TALLY_LENGTH]> {
        &self.tallies
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (keys, rest) = bytes.as_chunks::<LENGTH>();
        let mut keys = keys.iter().map(|key| CookieKey(Zeroizing::new(*key)));
        let current = keys.next()?;
        let former: Vec<_> = keys.collect();
        let tallies = match rest.len() {
            // A key alone, as it was made: nothing was rotated yet.
            0 if former.is_empty() => derived(&current),
            TALLY_LENGTH if former.len() < MOST => Zeroizing::new(rest.try_into().ok()?),
            _ => return None,
        };
        Some(Self { current, former, tallies })
    }

    fn flaw(&self) -> Option<&'static str> {
        std::iter::once(&self.current).chain(&self.former).find_map(|key| quality::flaw_of_key(&*key.0))
    }
}

fn derived(key: &CookieKey) -> Zeroizing<[u8; TALLY_LENGTH]> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&*key.0).expect("HMAC takes keys of every length");
    Zeroizing::new(mac.chain_update(b"locutory throttle keys").finalize().into_bytes().into())
}

fn path(config: &Config) -> PathBuf {
    config.secrets.cookie_key_file.clone().unwrap_or_else(|| config.data.folder.join(FILE_NAME))
}

fn file<'a>(config: &Config, path: &'a std::path::Path) -> SecretFile<'a> {
    let (setting, sharing) = match config.secrets.cookie_key_file {
        Some(_) => (SECRETS_COOKIE_KEY_FILE.key, Sharing::GroupReads),
        None => (DATA_FOLDER.key, Sharing::OwnerOnly),
    };
    SecretFile {
        setting,
        path,
        sharing,
        holds: "holds the key of all sessions (replace it if strangers had access to this machine, which signs everybody out)",
    }
}

fn read(config: &Config) -> Result<CookieKeys, StartError> {
    let path = path(config);
    let file = file(config, &path);
    let bytes = file.read(MOST * LENGTH + TALLY_LENGTH)?;
    let keys = CookieKeys::parse(&bytes).ok_or_else(|| {
        file.refusal(format!(
            "must hold exactly {LENGTH} random bytes, or what `locutory keys rotate-cookie` has made of them. Restore it from \
             a backup, or replace it (which signs everybody out): `head -c {LENGTH} /dev/urandom`."
        ))
    })?;
    match keys.flaw() {
        Some(flaw) => Err(file.refusal(format!("{flaw}. Replace it: `head -c {LENGTH} /dev/urandom`."))),
        None => Ok(keys),
    }
}

impl fmt::Debug for CookieKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CookieKeys(********)")
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::super::super::catalogue::Setting;
    use super::super::super::{Flag, Sources};
    use super::*;

    fn config(setting: &'static Setting, path: &Path) -> Config {
        let flag = Flag { setting, name: "--test", value: path.display().to_string() };
        Config::load(Sources::of_flags(vec![flag])).unwrap()
    }

    fn bytes(keys: &CookieKeys) -> Vec<u8> {
        keys.current.0.to_vec()
    }

    #[test]
    fn the_key_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        let first = CookieKeys::open(&config).unwrap();
        assert_eq!(bytes(&first), bytes(&CookieKeys::open(&config).unwrap()));
        let mode = fs::metadata(path(&config)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_new_key_comes_first_the_old_one_stays_until_it_is_forgotten_and_tallies_never_change() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        let old = CookieKeys::open(&config).unwrap();
        CookieKeys::rotate(&config).unwrap();
        let both = CookieKeys::open(&config).unwrap();
        assert_ne!(bytes(&both), bytes(&old));
        assert_eq!(both.former, old.former_with_current());
        CookieKeys::forget_former(&config).unwrap();
        let left = CookieKeys::open(&config).unwrap();
        assert_eq!((bytes(&left), left.former.len()), (bytes(&both), 0));
        assert_eq!((both.tallies(), left.tallies()), (old.tallies(), old.tallies()));
        assert_eq!(fs::metadata(path(&config)).unwrap().permissions().mode() & 0o777, 0o600);
    }

    impl CookieKeys {
        fn former_with_current(&self) -> Vec<CookieKey> {
            vec![self.current.clone()]
        }
    }

    impl PartialEq for CookieKey {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }

    impl fmt::Debug for CookieKey {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("CookieKey")
        }
    }

    #[test]
    fn nobody_rotates_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        for _ in 1..MOST {
            CookieKeys::rotate(&config).unwrap();
        }
        assert!(CookieKeys::rotate(&config).unwrap_err().to_string().contains("forget-old-cookie"));
        assert_eq!(CookieKeys::open(&config).unwrap().former.len(), MOST - 1);
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        CookieKeys::open(&config).unwrap();
        fs::set_permissions(path(&config), Permissions::from_mode(0o644)).unwrap();
        let refusal = CookieKeys::open(&config).unwrap_err().to_string();
        assert!(refusal.contains("cookie.key") && refusal.contains("chmod"), "{refusal}");
    }

    #[test]
    fn a_key_of_another_length_or_that_nobody_drew_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let random: [u8; 3 * LENGTH] = std::array::from_fn(|_| rand::random());
        let mut files: Vec<Vec<u8>> =
            [0, LENGTH - 1, LENGTH + 1, 2 * LENGTH].map(|length| random[..length].to_vec()).into_iter().collect();
        files.push(vec![0; LENGTH]);
        files.push([[7; LENGTH].as_slice(), &random[..LENGTH], &random[..TALLY_LENGTH]].concat());
        for bytes in files {
            let path = folder.path().join("named.key");
            private_file::write(&path, &bytes, Existing::Replace).unwrap();
            let refusal = CookieKeys::open(&config(&SECRETS_COOKIE_KEY_FILE, &path)).unwrap_err().to_string();
            assert!(refusal.starts_with("secrets.cookie_key_file:"), "{refusal}");
        }
    }

    #[test]
    fn a_named_key_that_is_missing_is_refused_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("named.key");
        assert!(CookieKeys::open(&config(&SECRETS_COOKIE_KEY_FILE, &path)).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn checking_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&DATA_FOLDER, folder.path());
        CookieKeys::check(&config).unwrap();
        assert!(!path(&config).exists());
    }
}
