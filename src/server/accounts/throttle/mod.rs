//! Slows down who guesses passwords or registers in bulk.
//!
//! Attempts are counted per key, and a key is the name or the address that was tried, the person whose
//! proof was asked for, or the network it was tried from. The first tries are free; after them the wait
//! doubles with each failure. Unknown names are counted like known ones, so that a wait tells nothing. A
//! success forgives the failures of its own key, never the network's.
//!
//! An act calls [`check`] before the work, [`record`] after each failure (or use, for windows), and
//! [`clear`] after a success. Keys in the database are digests: they name nobody at a glance, but
//! whoever has the database can find out an address by trying all of them.

mod store;

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use sha2::{Digest, Sha256};

use crate::{accounts::model::UserId, moment::Moment};

pub use store::{ThrottleError, check, clear, forget_old, record};

/// Failed sign-ins to one account that cost no waiting.
pub const FREE_TRIES_PER_ACCOUNT: u32 = 5;
/// Failed sign-ins from one network that cost no waiting: many people may share one.
pub const FREE_TRIES_PER_NETWORK: u32 = 20;
/// After so long without a failure, counting starts anew.
pub const MEMORY: Duration = Duration::from_hours(24);

const SHORTEST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_hours(1);

/// What is counted by network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Failed sign-ins.
    SignIn,
    /// New accounts, of which a network may make so many in an hour.
    Registration { per_hour: u32 },
    /// Letters that were asked for, of which a network may have so many in an hour.
    Letters { per_hour: u32 },
}

/// Whom or what attempts are counted by, and how many are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    digest: [u8; 32],
    rule: Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The wait doubles with each failure after the free ones.
    Doubling { free_tries: u32 },
    /// No more than `uses` within `length`, which begins with the first of them.
    Window { uses: u32, length: Duration },
}

/// What is known about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tally {
    count: u32,
    /// The end of the wait, or of the window.
    until: Moment,
}

impl Key {
    /// Failed sign-ins by a user name in its canonical form.
    #[must_use]
    pub fn account(canonical: &str) -> Self {
        Self::doubling("account", canonical.as_bytes())
    }

    /// Failed sign-ins by an e-mail address in its canonical form. Not counted together with those by
    /// the name of the same account: that would tell whose address it is.
    #[must_use]
    pub fn email(canonical: &str) -> Self {
        Self::doubling("email", canonical.as_bytes())
    }

    /// Failed proofs of somebody signed in. Not counted together with sign-ins: strangers could keep
    /// an admin from proving who they are.
    #[must_use]
    pub fn proof(user: UserId) -> Self {
        Self::doubling("proof", &user.0.to_be_bytes())
    }

    /// Failed sign-ins from a browser in which the owner of the account has signed in before.
    #[must_use]
    pub fn browser(user: UserId, token_hash: &[u8]) -> Self {
        Self::doubling("browser", &[&user.0.to_be_bytes(), token_hash].concat())
    }

    /// Second factors that were tried with the right first one, over all entries of an account.
    #[must_use]
    pub fn second_factor(user: UserId) -> Self {
        Self::doubling("second-factor", &user.0.to_be_bytes())
    }

    fn doubling(name: &str, of: &[u8]) -> Self {
        Self { digest: digest(name, of), rule: Rule::Doubling { free_tries: FREE_TRIES_PER_ACCOUNT } }
    }

    /// What comes from one network: an IPv4 address, or the /64 that an IPv6 address lies in, since
    /// that is what one customer has.
    #[must_use]
    pub fn network(kind: Kind, address: IpAddr) -> Self {
        let (name, rule) = match kind {
            Kind::SignIn => ("sign-in", Rule::Doubling { free_tries: FREE_TRIES_PER_NETWORK }),
            Kind::Letters { per_hour } => ("letters", Rule::Window { uses: per_hour, length: Duration::from_hours(1) }),
            Kind::Registration { per_hour } => ("registration", Rule::Window { uses: per_hour, length: Duration::from_hours(1) }),
        };
        Self { digest: digest(name, &network_of(address)), rule }
    }

    /// The same key with another number of free tries; windows have none.
    #[must_use]
    pub fn with_free_tries(self, free_tries: u32) -> Self {
        match self.rule {
            Rule::Doubling { .. } => Self { rule: Rule::Doubling { free_tries }, ..self },
            Rule::Window { .. } => self,
        }
    }
}

impl Rule {
    /// How long whoever is tallied has to wait now.
    fn wait(self, tally: Tally, now: Moment) -> Duration {
        match self {
            Self::Window { uses, .. } if tally.count < uses => Duration::ZERO,
            Self::Window { .. } | Self::Doubling { .. } => tally.until.since(now),
        }
    }

    /// The end of the wait, or of the window, when the first of a series is counted now.
    fn first_until(self, now: Moment) -> Moment {
        match self {
            Self::Doubling { free_tries } => now.after(delay(1, free_tries)),
            Self::Window { length, .. } => now.after(length),
        }
    }
}

/// How long to wait after so many failures: nothing while they are free, then from one second on
/// twice as long with each, up to one hour.
#[must_use]
pub fn delay(failures: u32, free_tries: u32) -> Duration {
    match failures.saturating_sub(free_tries) {
        0 => Duration::ZERO,
        beyond => 2_u32.checked_pow(beyond - 1).map_or(LONGEST_DELAY, |factor| (SHORTEST_DELAY * factor).min(LONGEST_DELAY)),
    }
}

/// In seconds, rounded up, so that who waits as long as told does not wait again.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A zero byte ends the kind's name, so that no two kinds share a digest.
fn digest(name: &str, subject: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(name).chain_update([0]).chain_update(subject).finalize().into()
}

fn network_of(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => prefix_of(address).to_vec(),
    }
}

fn prefix_of(address: Ipv6Addr) -> [u8; 8] {
    let [one, two, three, four, five, six, seven, eight, ..] = address.octets();
    [one, two, three, four, five, six, seven, eight]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in_from(address: &str) -> Key {
        Key::network(Kind::SignIn, address.parse().unwrap())
    }

    #[test]
    fn the_wait_doubles_from_a_second_to_an_hour_after_the_free_tries() {
        let seconds: Vec<u64> = (0..=20).map(|failures| delay(failures, 5).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600, 3_600]);
        assert_eq!(delay(u32::MAX, 5), LONGEST_DELAY);
        assert_eq!(delay(u32::MAX, u32::MAX), Duration::ZERO);
    }

    #[test]
    fn a_network_is_an_ipv4_address_or_an_ipv6_64() {
        assert_eq!(sign_in_from("192.0.2.7"), sign_in_from("::ffff:192.0.2.7"));
        assert_eq!(sign_in_from("2001:db8:1:2::1"), sign_in_from("2001:db8:1:2:ffff::9"));
        assert_ne!(sign_in_from("192.0.2.7"), sign_in_from("192.0.2.8"));
        assert_ne!(sign_in_from("2001:db8:1:2::1"), sign_in_from("2001:db8:1:3::1"));
    }

    #[test]
    fn what_is_counted_for_one_thing_does_not_count_for_another() {
        let address = "192.0.2.7".parse().unwrap();
        let registration = Key::network(Kind::Registration { per_hour: 3 }, address);
        assert_ne!(registration.digest, Key::network(Kind::SignIn, address).digest);
        assert_ne!(Key::account("ada").digest, Key::account("eda").digest);
        assert_ne!(digest("account", b"x"), digest("accountx", b""));
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_that_suffice() {
        assert_eq!(seconds(Duration::ZERO), 0);
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_secs(1)), 1);
        assert_eq!(seconds(Duration::from_millis(1_001)), 2);
    }
}
