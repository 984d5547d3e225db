//! How many reports are taken in a minute: a few from one network, and not many in all.
//!
//! Counted in memory, since turning a report away must cost less than taking it. The count in all also
//! bounds how many networks are remembered.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{moment::Moment, server::accounts::throttle};

const WINDOW: Duration = Duration::from_mins(1);
pub const FROM_ONE_NETWORK: u32 = 20;
pub const IN_ALL: u32 = 120;

/// Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Mutex<Minute>>);

#[derive(Debug, Default)]
struct Minute {
    began: Option<Moment>,
    taken: u32,
    networks: HashMap<Vec<u8>, u32>,
}

impl Gate {
    /// Whether one more may come in, and counts it if so.
    pub fn admits(&self, address: IpAddr, now: Moment) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.began.is_none_or(|began| now.since(began) >= WINDOW || began > now) {
            *minute = Minute { began: Some(now), ..Minute::default() };
        }
        let network = throttle::network_of(address);
        let from_here = minute.networks.get(&network).copied().unwrap_or_default();
        if minute.taken >= IN_ALL || from_here >= FROM_ONE_NETWORK {
            return false;
        }
        minute.taken += 1;
        minute.networks.insert(network, from_here + 1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_milliseconds(1_795_500_000_000);

    fn admitted(gate: &Gate, address: &str, now: Moment) -> usize {
        (0..200).filter(|_| gate.admits(address.parse().unwrap(), now)).count()
    }

    #[test]
    fn one_network_and_all_together_have_their_share_of_a_minute() {
        let gate = Gate::default();
        assert_eq!(admitted(&gate, "192.0.2.1", NOW), FROM_ONE_NETWORK as usize);
        assert_eq!(admitted(&gate, "2001:db8:1:2::1", NOW), FROM_ONE_NETWORK as usize);
        assert_eq!(admitted(&gate, "2001:db8:1:2:ffff::2", NOW), 0, "one subscriber has one share");
        let others: usize = (2..100).map(|last| admitted(&gate, &format!("192.0.2.{last}"), NOW)).sum();
        assert_eq!(others, (IN_ALL - 2 * FROM_ONE_NETWORK) as usize);
        assert!(gate.0.lock().unwrap().networks.len() <= IN_ALL as usize);
        assert_eq!(admitted(&gate, "192.0.2.1", NOW.after(WINDOW)), FROM_ONE_NETWORK as usize);
    }
}
