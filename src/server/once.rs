//! Sending a form twice does it once: each form carries a random key, and a unique column holds the
//! keys of what was made.

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
            Some(text) if !text.is_empty() && text.len() <= Self::LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Self(text.to_owned())
            }
            _ => Self::fresh(),
        }
    }

    /// The key as the database holds it: nobody can use up another person's.
    #[must_use]
    pub fn of(&self, author: UserId) -> String {
        format!("{author}:{}", self.0)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

