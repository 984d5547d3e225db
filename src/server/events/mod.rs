//! Security events: what somebody who watches over a site wants to be woken for, in one form, with the names
//! of the OWASP Logging Vocabulary. `docs/security-events.md` describes them for operators.
//!
//! **Promises.** An event is a word of a closed list with a reason of fixed words, numbers of accounts and
//! things, and an address. Nothing that a client typed is ever part of it: no name, path, header or body.
//! Who asks, from where and in which request is known to the task of the request ([`within`]), so whoever
//! tells of an event says only what happened. They are logged whatever `log.filter` says.

mod deeds;
mod kind;

use std::{
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

pub use deeds::of_deed;
pub use kind::{SecurityEvent, Severity};

use crate::{
    error::{AppError, Doubt, Refusal},
    server::refusals::Refusal as TurnedAway,
};

/// Where events are logged; `log.rs` lets it through.
pub const TARGET: &str = "locutory::security";

tokio::task_local! {
    static ASKED: Asked;
}

/// What is known of the request that a task works on. Clones are the same.
#[derive(Clone, Debug)]
pub struct Asked(Arc<Known>);

#[derive(Debug)]
struct Known {
    request: String,
    address: IpAddr,
    person: OnceLock<i64>,
    tally: Tally,
}

impl Asked {
    #[must_use]
    pub fn new(request: String, address: IpAddr, tally: Tally) -> Self {
        Self(Arc::new(Known { request, address, person: OnceLock::new(), tally }))
    }
}

/// How often each event happened in requests since the program started. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<[AtomicU64; SecurityEvent::ALL.len()]>);

impl Tally {
    fn count(&self, event: SecurityEvent) {
        self.0[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Every event with its number.
    pub fn counts(&self) -> impl Iterator<Item = (SecurityEvent, u64)> + '_ {
        SecurityEvent::ALL.iter().map(|event| (*event, self.0[*event as usize].load(Ordering::Relaxed)))
    }
}

/// Does something as part of a request.
pub async fn within<T>(asked: Asked, doing: impl Future<Output = T>) -> T {
    ASKED.scope(asked, doing).await
}

/// Notes who is signed in.
pub fn note_person(person: i64) {
    // A request has one session; a second word about it has nothing new.
    let _ = ASKED.try_with(|asked| asked.0.person.set(person));
}

/// Writes an event down. `reason` says more about it, in a fixed word.
pub fn tell(event: SecurityEvent, reason: &'static str) {
    tell_of(event, reason, "", None);
}

/// The same about a thing: its kind and its number.
pub fn tell_of(event: SecurityEvent, reason: &'static str, subject: &'static str, number: Option<i64>) {
    let asked = ASKED.try_with(Clone::clone).ok();
    let known = asked.as_ref().map(|asked| &*asked.0);
    if let Some(known) = known {
        known.tally.count(event);
    }
    let request = known.map(|known| known.request.as_str());
    let address = known.map(|known| tracing::field::display(known.address));
    let person = known.and_then(|known| known.person.get().copied());
    let subject = (!subject.is_empty()).then_some(subject);
    let name = event.name();
    match event.severity() {
        Severity::Info => {
            tracing::info!(target: TARGET, event = name, reason, request, address, person, subject, number, "security");
        }
        Severity::Warning => {
            tracing::warn!(target: TARGET, event = name, reason, request, address, person, subject, number, "security");
        }
        Severity::Error => {
            tracing::error!(target: TARGET, event = name, reason, request, address, person, subject, number, "security");
        }
    }
}

/// Tells of what a person was refused, where that is of interest.
pub fn tell_refused(error: &AppError) {
    match error {
        AppError::TooMany { .. } => tell(SecurityEvent::RateLimit, "too-many"),
        AppError::Crowded { .. } => tell(SecurityEvent::RateLimit, "crowded"),
        AppError::FactorOwed => tell(SecurityEvent::AuthorisationFail, "factor-owed"),
        AppError::BadRequest => tell(SecurityEvent::InputValidationFail, "unreadable-form"),
        AppError::Forbidden(refusal) => tell_forbidden(*refusal),
        _ => {}
    }
}

fn tell_forbidden(refusal: Refusal) {
    match refusal {
        Refusal::Role => tell(SecurityEvent::AuthorisationFail, "role"),
        Refusal::NotYours => tell(SecurityEvent::AuthorisationFail, "not-yours"),
        Refusal::Suspended { .. } => tell(SecurityEvent::AuthorisationFail, "suspended"),
        Refusal::LastAdmin => tell(SecurityEvent::AuthorisationFail, "last-admin"),
        Refusal::InvitationNeeded => tell(SecurityEvent::AuthorisationFail, "invitation-needed"),
        Refusal::IdentityTaken => tell(SecurityEvent::AuthorisationFail, "identity-taken"),
        Refusal::Stopped => tell(SecurityEvent::LoginLock, "stopped"),
        Refusal::PasskeyRefused => tell(SecurityEvent::LoginFail, "passkey"),
        Refusal::LinkOver => tell(SecurityEvent::InputValidationFail, "link-over"),
        Refusal::EntryOver => tell(SecurityEvent::InputValidationFail, "entry-over"),
        Refusal::FlowOver => tell(SecurityEvent::InputValidationFail, "flow-over"),
        Refusal::PasskeyOver => tell(SecurityEvent::InputValidationFail, "passkey-over"),
        Refusal::Doubtful { doubt: Doubt::Trap } => tell(SecurityEvent::InputValidationFail, "trap"),
        Refusal::Doubtful { .. } => tell(SecurityEvent::InputValidationFail, "doubtful"),
        _ => {}
    }
}

/// Tells of a request that was turned away before any page or act was asked.
pub fn tell_turned_away(refusal: TurnedAway) {
    let event = match refusal {
        TurnedAway::ForeignOrigin => SecurityEvent::MaliciousCors,
        TurnedAway::ForeignHost | TurnedAway::ProxyHeader | TurnedAway::MediaType | TurnedAway::TooComplex => {
            SecurityEvent::InputValidationFail
        }
        TurnedAway::NetworkFull
        | TurnedAway::ServerFull
        | TurnedAway::Handshake
        | TurnedAway::TooLarge
        | TurnedAway::TooSlow
        | TurnedAway::Overload => SecurityEvent::RateLimit,
    };
    tell(event, refusal.word());
}

/// Whether a path has a shape that only somebody who tries to get out of a folder writes.
#[must_use]
pub fn is_traversal(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\").replace("%25", "%");
    let steps = path.replace('\\', "/");
    steps.contains("/../") || steps.ends_with("/..") || path.contains('\\') || path.contains("%00") || path.contains("%2e")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_climb_are_seen() {
        for path in ["/../etc/passwd", "/a/..", "/%2e%2e/a", "/..%2fetc", "/a%5c..%5cb", "/a%00.html", "/%252e%252e/"] {
            assert!(is_traversal(path), "{path}");
        }
        for path in ["/", "/d/7", "/u/..ada", "/assets/a.b.css", "/u/%C3%A9"] {
            assert!(!is_traversal(path), "{path}");
        }
    }

    #[tokio::test]
    async fn events_are_counted_by_whoever_serves_the_request() {
        let tally = Tally::default();
        let asked = Asked::new("1".to_owned(), IpAddr::from([192, 0, 2, 1]), tally.clone());
        within(asked, async { tell(SecurityEvent::LoginFail, "password") }).await;
        let counted: Vec<_> = tally.counts().filter(|(_, number)| *number > 0).collect();
        assert_eq!(counted, [(SecurityEvent::LoginFail, 1)]);
    }
}
