//! What must lie in the database and come back in clear, sealed with a key that lies outside it, so
//! that a stolen database gives nothing away: XChaCha20-Poly1305 with a random nonce of 192 bits.
//!
//! A seal is bound to what it is for and to whose it is: moved to another row it does not open. It
//! begins with a number for its form and the id of its key. The same keys also sign what we hand out
//! and want back unchanged.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::server::{
    config::{
        Config,
        keys::data::{DataKey, DataKeys, KeyId},
    },
    error::Error,
    start_error::StartError,
};

const FORM: u8 = 1;
const NONCE: usize = 24;
const HEAD: usize = 1 + 4 + NONCE;

/// What is sealed or signed. A seal for one purpose does not open for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The secret of an authenticator app, by its owner.
    Totp,
    /// A letter that waits to be sent, by its number.
    Letter,
    /// What a visit to a provider must bring back, by its state.
    ProviderFlow,
    /// A challenge for who registers or asks for a letter.
    Challenge,
    /// A link that ends notices with one click.
    Unsubscribe,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Letter => "letter",
            Self::ProviderFlow => "provider-flow",
            Self::Challenge => "challenge",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// Why a seal does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// Its key is not among ours.
    UnknownKey(KeyId),
    /// It is no seal, or it was changed, or it belongs elsewhere.
    Broken,
}

/// The keys of the running program.
#[derive(Clone)]
pub struct Seals(Arc<Shared>);

struct Shared {
    config: Config,
    keys: RwLock<DataKeys>,
}

impl Seals {
    /// # Errors
    /// The key file is not as it must be.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let keys = RwLock::new(DataKeys::open(config)?);
        Ok(Self(Arc::new(Shared { config: config.clone(), keys })))
    }

    /// Seals with the current key. `owner` says whose it is.
    ///
    /// # Errors
    /// The cipher's, which it has for texts of many gigabytes only.
    pub fn seal(&self, purpose: Purpose, owner: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.current();
        let nonce: [u8; NONCE] = rand::random();
        let context = context(purpose, owner);
        let sealed = cipher(&key).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &context });
        let sealed = sealed.map_err(|cause| Error::broken("something could not be sealed", cause))?;
        Ok([&[FORM][..], &key.id.0.to_be_bytes(), &nonce, &sealed].concat())
    }

    /// Opens what [`Self::seal`] sealed for the same purpose and owner. Keys that were added to the
    /// file in the meantime are read.
    ///
    /// # Errors
    /// The seal is broken, or its key is not among ours.
    pub fn unseal(&self, purpose: Purpose, owner: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let id = Self::key_of(sealed).ok_or(SealError::Broken)?;
        let key = self.find(id).ok_or(SealError::UnknownKey(id))?;
        let (nonce, body) = sealed[HEAD - NONCE..].split_at(NONCE);
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::Broken)?;
        let context = context(purpose, owner);
        let plain = cipher(&key).decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &context });
        plain.map(Zeroizing::new).map_err(|_| SealError::Broken)
    }

    /// The key that something was sealed with.
    #[must_use]
    pub fn key_of(sealed: &[u8]) -> Option<KeyId> {
        let (&form, rest) = sealed.split_first()?;
        let id = rest.first_chunk::<4>()?;
        (form == FORM && sealed.len() > HEAD).then(|| KeyId(u32::from_be_bytes(*id)))
    }

    /// The key that seals now.
    #[must_use]
    pub fn current_id(&self) -> KeyId {
        self.current().id
    }

    /// A signature (HMAC-SHA-256) under the current key, after the key's id.
    ///
    /// # Panics
    /// Never: HMAC takes keys of every length.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, text: &[u8]) -> Vec<u8> {
        let key = self.current();
        let signature = mac(&key, purpose, text).finalize().into_bytes();
        [&key.id.0.to_be_bytes()[..], &signature].concat()
    }

    /// Whether we signed this, for this purpose. Takes the same time wherever they differ.
    #[must_use]
    pub fn is_signed(&self, purpose: Purpose, text: &[u8], signature: &[u8]) -> bool {
        let Some((id, signature)) = signature.split_first_chunk::<4>() else { return false };
        let key = self.find(KeyId(u32::from_be_bytes(*id)));
        key.is_some_and(|key| mac(&key, purpose, text).verify_slice(signature).is_ok())
    }

    fn current(&self) -> DataKey {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).current().clone()
    }

    fn find(&self, id: KeyId) -> Option<DataKey> {
        let known = self.0.keys.read().unwrap_or_else(PoisonError::into_inner).find(id).cloned();
        known.or_else(|| {
            let read = DataKeys::open(&self.0.config).ok()?;
            let found = read.find(id).cloned()?;
            *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = read;
            Some(found)
        })
    }
}

fn cipher(key: &DataKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

fn mac(key: &DataKey, purpose: Purpose, text: &[u8]) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.expose()).expect("HMAC takes keys of every length");
    mac.chain_update(context(purpose, "signature")).chain_update(text)
}

/// A zero byte ends each part, so that no two contexts are alike.
fn context(purpose: Purpose, owner: &str) -> Vec<u8> {
    [purpose.name().as_bytes(), &[0], owner.as_bytes(), &[0]].concat()
}

impl fmt::Debug for Seals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Seals({})", self.current_id())
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(id) => {
                write!(formatter, "it was sealed with the key {id}, which secrets.data_keys_file does not have")
            }
            Self::Broken => formatter.write_str("it is not as it was sealed"),
        }
    }
}

impl std::error::Error for SealError {}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        Self::broken("something sealed does not open", error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server::config::{Flag, Sources, catalogue::DATA_FOLDER};

    fn seals(folder: &tempfile::TempDir) -> (Config, Seals) {
        let flag = Flag { setting: &DATA_FOLDER, name: "--test", value: folder.path().display().to_string() };
        let config = Config::load(Sources::of_flags(vec![flag])).unwrap();
        let seals = Seals::open(&config).unwrap();
        (config, seals)
    }

    #[test]
    fn a_seal_opens_for_its_purpose_and_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let (_, seals) = seals(&folder);
        let sealed = seals.seal(Purpose::Totp, "7", b"secret").unwrap();
        assert_eq!(**seals.unseal(Purpose::Totp, "7", &sealed).unwrap(), *b"secret");
        assert_eq!(seals.unseal(Purpose::Totp, "8", &sealed), Err(SealError::Broken));
        assert_eq!(seals.unseal(Purpose::Letter, "7", &sealed), Err(SealError::Broken));
        assert_ne!(sealed, seals.seal(Purpose::Totp, "7", b"secret").unwrap(), "no two seals are alike");
    }

    #[test]
    fn a_running_program_opens_what_a_newer_key_sealed_and_not_what_a_lost_one_did() {
        let folder = tempfile::tempdir().unwrap();
        let (config, running) = seals(&folder);
        let old = running.seal(Purpose::Totp, "7", b"secret").unwrap();
        DataKeys::rotate(&config).unwrap();
        let newer = Seals::open(&config).unwrap();
        let sealed = newer.seal(Purpose::Totp, "7", b"secret").unwrap();
        assert!(running.unseal(Purpose::Totp, "7", &sealed).is_ok());
        assert!(newer.unseal(Purpose::Totp, "7", &old).is_ok());
        DataKeys::forget_former(&config).unwrap();
        let left = Seals::open(&config).unwrap();
        assert!(matches!(left.unseal(Purpose::Totp, "7", &old), Err(SealError::UnknownKey(_))));
    }

    #[test]
    fn a_signature_holds_for_its_text_and_purpose_only() {
        let folder = tempfile::tempdir().unwrap();
        let (_, seals) = seals(&folder);
        let signature = seals.sign(Purpose::Challenge, b"text");
        assert!(seals.is_signed(Purpose::Challenge, b"text", &signature));
        assert!(!seals.is_signed(Purpose::Challenge, b"texts", &signature));
        assert!(!seals.is_signed(Purpose::Unsubscribe, b"text", &signature));
        assert!(!seals.is_signed(Purpose::Challenge, b"text", b""));
    }

    proptest! {
        #[test]
        fn nothing_but_a_whole_seal_opens(noise in proptest::collection::vec(any::<u8>(), 0..120), place in 0_usize..60) {
            let folder = tempfile::tempdir().unwrap();
            let (_, seals) = seals(&folder);
            prop_assert!(seals.unseal(Purpose::Totp, "7", &noise).is_err());
            let mut sealed = seals.seal(Purpose::Totp, "7", b"secret").unwrap();
            let place = place % sealed.len();
            sealed[place] ^= 1;
            prop_assert!(seals.unseal(Purpose::Totp, "7", &sealed).is_err());
        }
    }
}
