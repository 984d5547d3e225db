//! Sending a form twice does it once: each form carries a random key, and a unique column holds the
//! keys of what was made, each with a digest of what was sent. A form that was changed before it is sent again,
//! as when its first answer was lost on the way, is a new one: nothing that somebody wrote is taken for done.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::accounts::model::UserId;

/// What a form carries to be told from the same form sent again.
#[derive(Clone, Debug)]
pub struct OnceKey(String);

impl OnceKey {
    const LONGEST: usize = 64;

    /// A key for a form that is being shown.
    #[must_use]
    pub fn fresh() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// The key that came with a form; a form without one is always a new one.
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        match text {
            Some(text)
                if !text.is_empty() && text.len() <= Self::LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
            {
                Self(text.to_owned())
            }
            _ => Self::fresh(),
        }
    }

    /// The key as the database holds it, for what the form says: nobody can use up another person's.
    #[must_use]
    pub fn of(&self, author: UserId, content: &[&str]) -> String {
        let mut digest = Sha256::new();
        for part in content {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        format!("{author}:{}:{}", self.0, URL_SAFE_NO_PAD.encode(&digest.finalize()[..16]))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
