//! What somebody is writing, kept in their own browser until it is published: neither a lost
//! connection nor a closed page loses it. Only for islands.
//!
//! Promise: it is read by this browser alone, and under the key of its writer, so that the next person
//! at the same machine does not find it in their form.

use leptos::prelude::window;
use web_sys::Storage;

/// A place for one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptText {
    key: String,
}

/// Whether the browser took a text into keeping; some keep nothing, or no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    Kept,
    Refused,
}

impl KeptText {
    /// The place of what `writer` writes at `place`, such as `d7/c42`.
    #[must_use]
    pub fn at(writer: &str, place: &str) -> Self {
        Self { key: format!("locutory/{writer}/{place}") }
    }

    /// The place of another field of the same form.
    #[must_use]
    pub fn part(&self, field: &str) -> Self {
        Self { key: format!("{}/{field}", self.key) }
    }

    #[must_use]
    pub fn read(&self) -> Option<String> {
        storage()?.get_item(&self.key).ok()?
    }

    /// Keeps a text; one without a word in it is not worth a place.
    #[allow(clippy::must_use_candidate, reason = "a browser that keeps nothing is no reason to stop writing")]
    pub fn keep(&self, text: &str) -> Keeping {
        if text.trim().is_empty() {
            self.forget();
            return Keeping::Kept;
        }
        match storage().map(|storage| storage.set_item(&self.key, text)) {
            Some(Ok(())) => Keeping::Kept,
            _ => Keeping::Refused,
        }
    }

    pub fn forget(&self) {
        if let Some(storage) = storage() {
            // A browser that cannot remove an entry did not keep one.
            let _ = storage.remove_item(&self.key);
        }
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
