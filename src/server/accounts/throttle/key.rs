//! Whom or what is counted by. However a name or an address is written, it has one key.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::rule::{FREE_TRIES_PER_ACCOUNT, Rule, Stop};
use crate::accounts::model::UserId;

/// How fast failures at an account are forgotten, one after the other.
const ACCOUNT_DECAY: Duration = Duration::from_hours(1);
/// Many people may share a network.
const NETWORK_DECAY: Duration = Duration::from_mins(30);
/// So many times the tries of a /64 has the /48 that it lies in.
pub const WIDE: u32 = 4;
/// So many times the tries of an account has a network.
const SHARED: u32 = 4;

/// Whom or what attempts are counted by, and how many are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    digest: [u8; 32],
    pub(super) rule: Rule,
    pub(super) series: Series,
}

/// What a success does to the failures before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// They are forgiven.
    EndsWithSuccess,
    /// They stay; only the success itself does not count.
    GoesOn,
}

impl Key {
    /// Failed sign-ins by a user name in its canonical form.
    #[must_use]
    pub fn account(canonical: &str) -> Self {
        Self::guesses("account", canonical.as_bytes())
    }

    /// Failed sign-ins by an e-mail address in its canonical form. Not counted together with those by
    /// the name of the same account: that would tell whose address it is.
    #[must_use]
    pub fn email(canonical: &str) -> Self {
        Self::guesses("email", canonical.as_bytes())
    }

    /// Failed proofs of somebody signed in. Not counted together with sign-ins: strangers could keep
    /// an admin from proving who they are.
    #[must_use]
    pub fn proof(user: UserId) -> Self {
        Self::guesses("proof", &user.0.to_be_bytes())
    }

    /// Failed sign-ins from a browser in which the owner of the account has signed in before.
    #[must_use]
    pub fn browser(user: UserId, token_hash: &[u8]) -> Self {
        Self::guesses("browser", &[&user.0.to_be_bytes(), token_hash].concat())
    }

    /// Second factors that were tried with the right first one, over all entries of an account.
    #[must_use]
    pub fn second_factor(user: UserId) -> Self {
        Self::guesses("second-factor", &user.0.to_be_bytes())
    }

    /// Failed tries from one network: from an IPv4 address, or from an IPv6 /64 and, with a higher
    /// allowance, from the /48 around it, of which one customer may have all.
    #[must_use]
    pub fn networks(address: IpAddr, free_tries: u32) -> Vec<Self> {
        let of = |(network, share): (Vec<u8>, u32)| {
            let free_tries = free_tries.saturating_mul(SHARED).saturating_mul(share);
            let rule = Rule::Guesses { free_tries, decay: NETWORK_DECAY, stop: Stop::Never };
            Self { digest: digest("network", &network), rule, series: Series::GoesOn }
        };
        networks_of(address).into_iter().map(of).collect()
    }

    fn guesses(name: &str, of: &[u8]) -> Self {
        let rule = Rule::Guesses { free_tries: FREE_TRIES_PER_ACCOUNT, decay: ACCOUNT_DECAY, stop: Stop::AtHundred };
        Self { digest: digest(name, of), rule, series: Series::EndsWithSuccess }
    }

    /// What is counted under a rule of its own.
    pub(super) fn ruled(name: &str, of: &[u8], rule: Rule) -> Self {
        Self { digest: digest(name, of), rule, series: Series::GoesOn }
    }

    /// The same key with another number of free tries; other rules have none.
    #[must_use]
    pub fn with_free_tries(self, free_tries: u32) -> Self {
        match self.rule {
            Rule::Guesses { decay, stop, .. } => Self { rule: Rule::Guesses { free_tries, decay, stop }, ..self },
            Rule::Window { .. } | Rule::Pressure { .. } => self,
        }
    }

    /// What stands for the key within this program: in no database and no log.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

/// What turns keys into what the database holds.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// All programs of a site share it, and it stays as it is: a change would forget every tally.
    #[must_use]
    pub const fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    pub(super) fn row_of(&self, key: &Key) -> Vec<u8> {
        keyed(&*self.0, &key.digest).to_vec()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

fn keyed(secret: &[u8], text: &[u8]) -> [u8; 32] {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("HMAC takes keys of every length");
    mac.chain_update(text).finalize().into_bytes().into()
}

/// A zero byte ends the kind's name, so that no two kinds share a digest.
fn digest(name: &str, subject: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(name).chain_update([0]).chain_update(subject).finalize().into()
}

/// The networks that an address lies in, the narrowest first, each with how much more it may than that.
pub fn networks_of(address: IpAddr) -> Vec<(Vec<u8>, u32)> {
    match address.to_canonical() {
        IpAddr::V4(address) => vec![(address.octets().to_vec(), 1)],
        IpAddr::V6(address) => vec![(prefix(address, 8), 1), (prefix(address, 6), WIDE)],
    }
}

/// The network that an address is counted under where nothing is kept of it: an IPv4 address, an IPv6 /64.
#[must_use]
pub fn network_of(address: IpAddr) -> Vec<u8> {
    networks_of(address).swap_remove(0).0
}

fn prefix(address: Ipv6Addr, bytes: usize) -> Vec<u8> {
    address.octets().into_iter().take(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Vec<Key> {
        Key::networks(address.parse().unwrap(), 5)
    }

    #[test]
    fn a_network_is_an_ipv4_address_or_an_ipv6_64_and_the_48_around_it() {
        assert_eq!(from("192.0.2.7"), from("::ffff:192.0.2.7"));
        assert_eq!(from("2001:db8:1:2::1"), from("2001:db8:1:2:ffff::9"));
        assert_ne!(from("192.0.2.7"), from("192.0.2.8"));
        let (one, neighbour, stranger) = (from("2001:db8:1:2::1"), from("2001:db8:1:3::1"), from("2001:db8:2:2::1"));
        assert_ne!(one[0], neighbour[0]);
        assert_eq!(one[1], neighbour[1]);
        assert_ne!(one[1], stranger[1]);
    }

    #[test]
    fn what_is_counted_for_one_thing_does_not_count_for_another() {
        let window = Rule::Window { uses: 3, length: Duration::from_hours(1) };
        assert_ne!(Key::ruled("registration", &[192, 0, 2, 7], window).digest, from("192.0.2.7")[0].digest);
        assert_ne!(Key::account("ada").digest, Key::account("eda").digest);
        assert_ne!(Key::account("ada").digest, Key::email("ada").digest);
        assert_ne!(digest("account", b"x"), digest("accountx", b""));
    }

    #[test]
    fn what_the_database_holds_follows_from_the_secret_and_shows_nothing_of_the_key() {
        let (ours, theirs) = (Secret::new(Zeroizing::new([1; 32])), Secret::new(Zeroizing::new([2; 32])));
        let key = Key::account("ada");
        assert_eq!(ours.row_of(&key), Secret::new(Zeroizing::new([1; 32])).row_of(&key));
        assert_ne!(ours.row_of(&key), theirs.row_of(&key));
        assert_ne!(ours.row_of(&key), key.digest.to_vec());
        assert_eq!(format!("{ours:?}"), "Secret(…)");
    }
}
