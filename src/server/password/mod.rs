//! Passwords become Argon2id hashes here, and are compared with them.
//!
//! Promises: no parameters below the floor of the OWASP Password Storage Cheat Sheet; a fresh salt of
//! 128 bits for each hash; never more hashes at once than the operator allows, whatever becomes of
//! the requests that asked for them; and the same work for people who do not exist.
//!
//! Where the operator has a pepper, it goes into the hash as Argon2's secret, and the PHC string names it
//! (`keyid`). A hash is compared with the pepper that it names, and renewed at the next sign-in when that is
//! not the one of today.
//!
//! Before hashing a password is brought to Unicode's form NFC (NIST SP 800-63B-4, 3.1.1.2), because
//! keyboards differ in how they compose `é`. Nothing else is changed. Our own copies of it are wiped;
//! the working memory of Argon2 is not, and holds nothing from which the password can be read.

mod blocklist;
mod breached;
#[cfg(test)]
pub mod gate;
mod parameters;
mod queue;

use std::{fmt, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, ParamsBuilder, PasswordHasher, PasswordVerifier, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use tokio::{task::JoinError, time::timeout};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{
    accounts::model::{NewPassword, Secret},
    server::config::keys::data::{DataKey, DataKeys, KeyId},
};

pub use blocklist::{Context, weakness, weight};
pub use parameters::{Parameters, ParametersError};
pub use queue::{Asker, QueueFigures};

use queue::Queue;

/// How long a password waits for its turn before the request is turned away.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// In seconds: what a request that was turned away is told.
const RETRY_AFTER: u64 = 5;

/// Hashes and compares passwords, a few at a time.
#[derive(Clone, Debug)]
pub struct Passwords {
    params: Params,
    peppers: Option<DataKeys>,
    queue: Queue,
    /// For whom, apart from all others, hashes are computed here.
    askers: Vec<Asker>,
    /// A hash that no password has, with today's parameters.
    nobody: Arc<str>,
    #[cfg(test)]
    gate: gate::Gate,
}

/// A password's hash as a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hash(String);

/// Whether a password belongs to a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Match,
    /// It does, but the hash is cheaper to attack than one made today: hash the password again.
    MatchWithOldParameters,
    NoMatch,
}

/// Why there is no hash or no verdict.
#[derive(Debug)]
pub enum PasswordError {
    /// Too many others were waiting; `retry_after` is in seconds.
    Busy { retry_after: u64 },
    /// What stands in the table `users` is not an Argon2 hash.
    UnreadableHash(password_hash::phc::Error),
    /// The system gave no memory or no random bytes.
    Failed(password_hash::Error),
    /// The task that hashed died.
    Stopped(JoinError),
}

impl Passwords {
    /// # Errors
    /// A parameter lies outside what is allowed.
    pub fn new(parameters: Parameters, peppers: Option<DataKeys>) -> Result<Self, ParametersError> {
        let params = peppered(&parameters.checked()?, peppers.as_ref());
        let nobody = hash_of_nobody(&params).to_string().into();
        Ok(Self {
            params,
            peppers,
            queue: Queue::new(parameters.at_once),
            askers: Vec::new(),
            nobody,
            #[cfg(test)]
            gate: gate::Gate::default(),
        })
    }

    /// The same for somebody who may have only so many hashes in the queue at once.
    #[must_use]
    pub fn asked_by(&self, askers: impl IntoIterator<Item = Asker>) -> Self {
        let askers = self.askers.iter().copied().chain(askers).collect();
        Self { askers, ..self.clone() }
    }

    /// How long the queue is.
    #[must_use]
    pub fn queue_figures(&self) -> QueueFigures {
        self.queue.figures()
    }

    /// Makes the hash that is stored for a password.
    ///
    /// # Errors
    /// The queue is too long, or the system is out of memory or random bytes.
    pub async fn hash(&self, password: &NewPassword) -> Result<Hash, PasswordError> {
        let (params, pepper) = (self.params.clone(), self.peppers.as_ref().map(DataKeys::current).cloned());
        let text = composed(password.secret());
        let hash = self.in_turn(move || argon2(params, pepper.as_ref()).hash_password(text.as_bytes())).await?;
        hash.map(|hash| Hash(hash.to_string())).map_err(PasswordError::Failed)
    }

    /// Compares a password with a stored hash. A hash of lower cost takes as long as one of today when the
    /// password is wrong, so that a clock does not tell whose hash is old, and thereby who is here. One whose
    /// pepper is lost has no right password any more; the operator reads of it in the log.
    /// Where an account has none, the same work is done and no password is right.
    ///
    /// # Errors
    /// The stored text is no hash, the queue is too long, or the system is out of memory.
    pub async fn verify(&self, password: &Secret, stored: &str) -> Result<Verdict, PasswordError> {
        if stored.is_empty() {
            let nobody = Arc::clone(&self.nobody);
            return self.compare(password, &nobody).await.map(|_| Verdict::NoMatch);
        }
        self.compare(password, stored).await
    }

    async fn compare(&self, password: &Secret, stored: &str) -> Result<Verdict, PasswordError> {
        let hash = PasswordHash::new(stored).map_err(PasswordError::UnreadableHash)?;
        let verdict = if self.is_weaker_than_today(&hash) { Verdict::MatchWithOldParameters } else { Verdict::Match };
        let Ok(pepper) = self.pepper_of(&hash) else {
            // The same work and answer as for a wrong password, which tells nobody else of it.
            let stored = Arc::clone(&self.nobody);
            let _no = Box::pin(self.verify(password, &stored)).await?;
            return Ok(Verdict::NoMatch);
        };
        let params = self.params.clone();
        let rest = Params::try_from(&hash).ok().and_then(|then| difference(&params, &then));
        let text = composed(password);
        let compare = move || {
            let compared = argon2(params, pepper.as_ref()).verify_password(text.as_bytes(), &hash);
            if let (Err(_), Some(rest)) = (&compared, rest) {
                // Only the time that it takes matters.
                let _unread = argon2(rest, None).hash_password(text.as_bytes());
            }
            compared
        };
        match self.in_turn(compare).await? {
            Ok(()) => Ok(verdict),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::NoMatch),
            Err(error) => Err(PasswordError::Failed(error)),
        }
    }

    /// Does the work of [`Self::verify`] for somebody who has no account, so that a clock does not
    /// tell who has one. The answer is always no.
    ///
    /// # Errors
    /// Those of [`Self::verify`].
    pub async fn verify_nobody(&self, password: &Secret) -> Result<(), PasswordError> {
        let _always_no = self.verify(password, "").await?;
        Ok(())
    }

    /// Runs work on a thread that may block, when its turn comes.
    ///
    /// The permit travels with the work: a request that is given up does not make room for another
    /// one while its hash is still being computed.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let busy = PasswordError::Busy { retry_after: RETRY_AFTER };
        let Some(place) = self.queue.place_for(&self.askers) else { return Err(busy) };
        let turn = timeout(LONGEST_WAIT, self.queue.turn()).await.map_err(|_| busy)?;
        let outcome = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop((turn, place));
            outcome
        })
        .await;
        #[cfg(test)]
        self.gate.pass().await;
        outcome.map_err(PasswordError::Stopped)
    }

    /// Where tests have requests stop that have just computed a hash.
    #[cfg(test)]
    #[must_use]
    pub const fn gate(&self) -> &gate::Gate {
        &self.gate
    }

    /// The pepper that a hash names, if any.
    fn pepper_of(&self, hash: &PasswordHash) -> Result<Option<DataKey>, LostPepper> {
        let id = Params::try_from(hash).ok().map(|params| params.keyid().to_vec()).unwrap_or_default();
        if id.is_empty() {
            return Ok(None);
        }
        let id = <[u8; 4]>::try_from(id.as_slice()).map(u32::from_be_bytes).map(KeyId);
        let found = id.ok().and_then(|id| self.peppers.as_ref()?.find(id).cloned());
        found.map(Some).ok_or_else(|| {
            let named = id.map_or_else(|_| "of another form".to_owned(), |id| id.to_string());
            tracing::error!(pepper = %named, "a password cannot be checked: password.pepper_file does not have its pepper");
            LostPepper
        })
    }

    fn is_weaker_than_today(&self, hash: &PasswordHash) -> bool {
        let today = &self.params;
        match Params::try_from(hash) {
            Ok(then) => {
                hash.algorithm != Algorithm::Argon2id.ident()
                    || hash.version != Some(Version::V0x13.into())
                    || then.m_cost() < today.m_cost()
                    || then.t_cost() < today.t_cost()
                    || then.keyid() != today.keyid()
            }
            Err(_) => true,
        }
    }
}

/// A hash names a pepper that we do not have.
#[derive(Debug)]
struct LostPepper;

fn argon2(params: Params, pepper: Option<&DataKey>) -> Argon2<'_> {
    match pepper {
        None => Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
        Some(key) => Argon2::new_with_secret(key.expose(), Algorithm::Argon2id, Version::V0x13, params)
            .expect("32 bytes are not too long for a secret"),
    }
}

/// What a hash of lower cost leaves to do up to the cost of today: Argon2 takes time in proportion to its
/// memory, once for each pass.
fn difference(today: &Params, then: &Params) -> Option<Params> {
    let cost = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
    let left = cost(today).saturating_sub(cost(then));
    let passes = u32::try_from(left.div_ceil(u64::from(today.m_cost()))).ok().filter(|passes| *passes > 0)?;
    let memory = u32::try_from(left / u64::from(passes)).ok()?;
    Params::new(memory, passes, today.p_cost(), None).ok()
}

/// The same parameters with the name of today's pepper.
fn peppered(params: &Params, peppers: Option<&DataKeys>) -> Params {
    let Some(peppers) = peppers else { return params.clone() };
    let id = argon2::KeyId::new(&peppers.current().id.0.to_be_bytes()).expect("four bytes are not too long for a name");
    let mut builder = ParamsBuilder::new();
    builder.m_cost(params.m_cost()).t_cost(params.t_cost()).p_cost(params.p_cost()).output_len(Params::DEFAULT_OUTPUT_LEN);
    builder.keyid(id).build().expect("parameters that were checked stay as they are")
}

/// The password in form NFC, which never takes more than three times the bytes: room for all of it
/// from the start, so that no half of it stays behind when a text grows.
fn composed(password: &Secret) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(password.expose().len() * 3));
    text.extend(password.expose().nfc());
    text
}

fn hash_of_nobody(params: &Params) -> PasswordHash {
    PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).expect("three numbers fit into a PHC string"),
        salt: Some(Salt::new(&[0; Salt::RECOMMENDED_LENGTH]).expect("a salt of the recommended length is a salt")),
        hash: Some(Output::new(&[0; Params::DEFAULT_OUTPUT_LEN]).expect("an output of the default length is an output")),
    }
}

impl Hash {
    /// What stands in the place of a hash for an account without a password.
    #[must_use]
    pub const fn none() -> Self {
        Self(String::new())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.0
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hash(…)")
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { retry_after } => write!(formatter, "too many passwords wait to be hashed; retry after {retry_after} s"),
            Self::UnreadableHash(cause) => write!(formatter, "a value of users.password is not an Argon2 hash: {cause}"),
            Self::Failed(cause) => write!(formatter, "a password could not be hashed: {cause}"),
            Self::Stopped(cause) => write!(formatter, "the task that hashes passwords died: {cause}"),
        }
    }
}

impl std::error::Error for PasswordError {}

#[cfg(test)]
mod tests;
