//! The pages of this slice: each handler loads all it shows, then renders once.

#![allow(clippy::missing_errors_doc, reason = "a handler's errors are pages, told in `shell/trouble.rs`")]

mod account;
mod continuing;
mod elsewhere;
mod email;
mod entering;
mod forms;
mod linked;
mod linking;
mod passkeys;
mod person;
pub(in crate::server) mod rooms;
mod second_factor;
mod security;
mod sessions;
mod travelling;

pub use account::{account, change_password};
pub use continuing::continue_sign_in;
pub use email::{email, email_undo, forgotten, open_email_undo, open_verify, verify};
pub use entering::{open_invitation, prove, register, sign_in};
pub use linked::{open_password, open_set_up, password_link, set_up};
pub use linking::linked_accounts;
pub use person::person;
pub use security::{app, security};
pub use sessions::sessions;
pub use travelling::{leave, register_with_provider, return_from};

use serde::Deserialize;

use crate::{
    accounts::model::Secret,
    landing::LocalPath,
    server::{accounts::passphrase, shell},
    valid::Value,
};

/// The page to go on to afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Onward {
    next: Option<String>,
}

impl Onward {
    fn path(&self) -> Option<LocalPath> {
        LocalPath::parse(self.next.as_deref()?).ok()
    }

    /// The address of another page that leads on to the same one.
    fn joined_to(&self, page: &str) -> String {
        self.path().map_or_else(|| page.to_owned(), |next| shell::with_next(page, next.as_str()))
    }

    /// As the hidden field of a form; empty for the usual page.
    fn field(&self) -> String {
        self.path().map(String::from).unwrap_or_default()
    }
}

/// A passphrase to offer; none where the system has no random numbers, as the page works without.
fn suggestion() -> Option<Secret> {
    passphrase::suggest().inspect_err(|cause| tracing::warn!(%cause, "no passphrase can be suggested")).ok()
}
