//! Whether the whole site is under attack: many failed sign-ins over many accounts, many registrations,
//! or many requests for letters, within ten minutes.
//!
//! One account and one network cannot make so many failures, as both have to wait long before: so many
//! mean that many accounts are tried from many places, which no tally of one of them would notice.

use std::time::Duration;

use super::{key::Key, rule::Rule, store};
use crate::server::{error::Result, visit::Visit};

/// How far back the counting goes, and how long pressure lasts after it was last felt.
const LENGTH: Duration = Duration::from_mins(10);

/// What may be too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// Sign-ins that failed in browsers that are not known.
    FailedSignIns,
    Registrations,
    ResetRequests,
}

impl Pressure {
    const ALL: [Self; 3] = [Self::FailedSignIns, Self::Registrations, Self::ResetRequests];

    fn key(self, visit: &Visit) -> Key {
        let limits = visit.app().config().limits;
        let (name, limit) = match self {
            Self::FailedSignIns => ("failed-sign-ins", limits.failed_sign_ins_before_challenge),
            Self::Registrations => ("registrations", limits.registrations_before_challenge),
            Self::ResetRequests => ("reset-requests", limits.resets_before_challenge),
        };
        Key::ruled("pressure", name.as_bytes(), Rule::Pressure { limit, length: LENGTH })
    }
}

/// Counts one more.
///
/// # Errors
/// The database's.
pub async fn count(visit: &Visit, pressure: Pressure) -> Result<()> {
    let key = pressure.key(visit);
    Ok(store::count(visit.database().writer(), visit.app().throttle_secret(), &key, visit.now()).await.map(drop)?)
}

/// Whether any of them was too much lately.
///
/// # Errors
/// The database's.
pub async fn is_on(visit: &Visit) -> Result<bool> {
    let keys = Pressure::ALL.map(|pressure| pressure.key(visit));
    Ok(store::is_any_blocked(visit.database().reader(), visit.app().throttle_secret(), &keys, visit.now()).await?)
}
