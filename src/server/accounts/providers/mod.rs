//! Accounts elsewhere as a way in: OpenID Connect and OAuth 2, with any number of providers that the
//! operator names.
//!
//! Promises: a person is known by the provider's own number for them and by nothing else; an account
//! elsewhere never finds its way to an account here by an e-mail address or a name; a visit to a
//! provider comes back once, to the browser that began it, within ten minutes; and the last way into an
//! account cannot be taken away. A provider that is down, or lies, is a refusal, and no reason not to
//! start.

mod fault;
mod flow;
mod http;
mod identities;
mod joining;
mod letters;
mod oauth;
mod openid;
mod protocol;
mod registry;
mod returning;
mod store;

pub use flow::{Wish, begin, departure};
pub use identities::{linked, offered_to, unlink};
pub use joining::{Pending, pending, register};
pub use registry::{Provider, Providers};
pub use returning::{Answer, finish};

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::UserId,
    audit::model::{Deed, Subject},
    moment::Moment,
    server::{
        audit::{self, Line},
        error::{Error, Result},
        visit::Visit,
    },
};

use fault::Fault;

/// Somebody whom a provider has recognised.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recognised {
    subject: String,
    pub label: String,
    /// Offered to whoever registers; never what somebody is found by.
    pub username: Option<String>,
    pub email: Option<String>,
}

impl Recognised {
    /// In bytes (OpenID Connect Core 1.0, 2).
    const LONGEST_SUBJECT: usize = 255;
    /// In characters.
    const LONGEST_LABEL: usize = 100;

    /// Nothing where the provider tells nobody in particular.
    fn new(subject: &str, label: Option<String>, username: Option<String>, email: Option<String>) -> Option<Self> {
        let is_somebody = !subject.trim().is_empty() && subject.len() <= Self::LONGEST_SUBJECT && !subject.contains('\0');
        let label = label.filter(|label| !label.trim().is_empty()).unwrap_or_else(|| subject.to_owned());
        let label = label.chars().filter(|letter| !letter.is_control()).take(Self::LONGEST_LABEL).collect();
        is_somebody.then(|| Self { subject: subject.to_owned(), label, username, email })
    }

    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// Writes down that a provider was not believed, and tells the person what they can do.
async fn refuse(visit: &Visit, provider: &Provider, fault: &Fault) -> Error {
    let (name, code) = (provider.name(), fault.to_string());
    tracing::warn!(provider = %name, code, "the answer of a provider was refused");
    let line = Line::of(Deed::ProviderRefused, Subject::Site).named(name).detailed(code);
    match audit::record(visit.database().writer(), visit, line).await {
        Ok(()) => fault.refusal().into(),
        Err(error) => error,
    }
}

/// Whether an account could be entered without one of its passkeys: with its password, or through a
/// provider. For whoever takes a passkey away, in the transaction that has locked the account.
///
/// # Errors
/// The database's.
pub async fn opens(database: &impl ConnectionTrait, visit: &Visit, user: UserId) -> Result<bool> {
    let names = visit.app().providers().names();
    Ok(store::has_password(database, user).await? || store::count_linked(database, user, &names).await? > 0)
}

/// Deletes visits to providers that are over.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    store::sweep(database, now).await
}
