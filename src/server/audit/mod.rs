//! Writing and reading the audit log. An entry stands in the transaction of what it tells of, so
//! that neither is ever there without the other.

mod store;

use sea_orm::ConnectionTrait;

pub use store::{Filter, PAGE};

use crate::{
    accounts::model::Actor,
    audit::model::{Deed, Entry, Subject},
    policy::{self, act},
    server::{error::Result, events, visit::Visit},
};

/// What is to be written down; who, when and from where are the visit's.
#[derive(Clone, Debug)]
pub struct Line {
    pub deed: Deed,
    pub subject: Subject,
    pub subject_name: String,
    pub detail: String,
    pub reason: String,
}

impl Line {
    #[must_use]
    pub const fn of(deed: Deed, subject: Subject) -> Self {
        Self { deed, subject, subject_name: String::new(), detail: String::new(), reason: String::new() }
    }

    #[must_use]
    pub fn named(self, name: impl ToString) -> Self {
        Self { subject_name: name.to_string(), ..self }
    }

    #[must_use]
    pub fn detailed(self, detail: impl ToString) -> Self {
        Self { detail: detail.to_string(), ..self }
    }

    #[must_use]
    pub fn because(self, reason: impl ToString) -> Self {
        Self { reason: reason.to_string(), ..self }
    }
}

/// Writes an entry.
///
/// # Errors
/// The database's.
pub async fn record(database: &impl ConnectionTrait, visit: &Visit, line: Line) -> Result<()> {
    let (actor, name) = match visit.actor() {
        Actor::Guest => (None, "a guest".to_owned()),
        Actor::Operator => (None, "the operator".to_owned()),
        Actor::Person(person) => (Some(person.id), person.name.to_string()),
    };
    let address = visit.address().map(|address| address.to_string()).unwrap_or_default();
    events::tell_of(events::of_deed(line.deed), line.deed.name(), line.subject.kind(), line.subject.id());
    tracing::info!(deed = line.deed.name(), actor = %name, subject = line.subject.kind(), subject_id = line.subject.id(), "audit");
    store::insert(
        database,
        Entry {
            id: 0,
            at: visit.now(),
            actor,
            actor_name: name,
            deed: line.deed,
            subject: line.subject,
            subject_name: line.subject_name,
            detail: line.detail,
            reason: line.reason,
            address,
        },
    )
    .await
}

/// Deletes failed sign-ins, and what providers were not believed, from before a moment: the entries that
/// strangers cause.
///
/// # Errors
/// The database's.
pub async fn forget_failures(database: &impl ConnectionTrait, before: crate::moment::Moment) -> Result<u64> {
    let mut gone = 0;
    for deed in [Deed::SignInFailed, Deed::ProviderRefused] {
        gone += store::delete_before(database, deed, before).await?;
    }
    Ok(gone)
}

/// A page of the log, the newest first, and one entry more if there is.
///
/// # Errors
/// Not allowed, or the database's.
pub async fn entries(visit: &Visit, filter: &Filter) -> Result<Vec<Entry>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::page(visit.database().reader(), filter, PAGE + 1).await
}

/// The newest entries that the filter lets through, at most `most`.
///
/// # Errors
/// Not allowed, or the database's.
pub async fn latest(visit: &Visit, filter: &Filter, most: u64) -> Result<Vec<Entry>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::page(visit.database().reader(), filter, most).await
}

/// How many entries of a kind were written since a moment.
///
/// # Errors
/// Not allowed, or the database's.
pub async fn count_since(visit: &Visit, deed: Deed, since: crate::moment::Moment) -> Result<u64> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::count_since(visit.database().reader(), deed, since).await
}
