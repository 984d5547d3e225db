//! Random tokens that stand for something in the database: 256 bits, of which only the SHA-256 is kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::accounts::model::Secret;

/// A token that nobody has seen before.
#[must_use]
pub fn fresh() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// What the database knows a token by.
#[must_use]
pub fn hash(token: &Secret) -> Vec<u8> {
    Sha256::digest(token.expose().as_bytes()).to_vec()
}
