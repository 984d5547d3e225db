//! The queue in front of the hashes: so many at once, and of each asker only a few in it, waiting or
//! being computed, so that nobody can fill it for the others.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Somebody for whom hashes are computed: an account, or a network that many may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    digest: [u8; 32],
    most: usize,
}

impl Asker {
    /// `digest` tells accounts apart.
    #[must_use]
    pub const fn account(digest: [u8; 32]) -> Self {
        Self { digest, most: 2 }
    }

    /// `digest` tells networks apart.
    #[must_use]
    pub const fn network(digest: [u8; 32]) -> Self {
        Self { digest, most: 8 }
    }
}

#[derive(Clone, Debug)]
pub struct Queue {
    turns: Arc<Semaphore>,
    standing: Arc<Mutex<HashMap<[u8; 32], usize>>>,
}

/// A place in the queue; dropped, it is free again.
#[derive(Debug)]
pub struct Place {
    queue: Queue,
    digests: Vec<[u8; 32]>,
}

impl Queue {
    pub fn new(at_once: NonZeroUsize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once.get())), standing: Arc::default() }
    }

    /// A place, unless one of the askers has all it may have.
    pub fn place_for(&self, askers: &[Asker]) -> Option<Place> {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |asker: &Asker| standing.get(&asker.digest).is_some_and(|number| *number >= asker.most);
        if askers.iter().any(is_full) {
            return None;
        }
        for asker in askers {
            *standing.entry(asker.digest).or_default() += 1;
        }
        drop(standing);
        Some(Place { queue: self.clone(), digests: askers.iter().map(|asker| asker.digest).collect() })
    }

    /// Waits for a turn.
    pub async fn turn(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.turns).acquire_owned().await.expect("nothing closes the semaphore")
    }

    #[cfg(test)]
    pub fn free_turns(&self) -> usize {
        self.turns.available_permits()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut standing = self.queue.standing.lock().unwrap_or_else(PoisonError::into_inner);
        for digest in &self.digests {
            if let Some(number) = standing.get_mut(digest) {
                *number -= 1;
                if *number == 0 {
                    standing.remove(digest);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_asker_has_a_few_places_and_leaves_the_rest_to_others() {
        let queue = Queue::new(NonZeroUsize::MIN);
        let (ada, eda) = (Asker::account([1; 32]), Asker::account([2; 32]));
        let first = queue.place_for(&[ada]).unwrap();
        let _second = queue.place_for(&[ada]).unwrap();
        assert!(queue.place_for(&[ada]).is_none());
        assert!(queue.place_for(&[eda, ada]).is_none(), "every asker must have room");
        assert!(queue.place_for(&[eda]).is_some());
        drop(first);
        assert!(queue.place_for(&[ada]).is_some());
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let queue = Queue::new(NonZeroUsize::MIN);
        drop(queue.place_for(&[Asker::account([1; 32]), Asker::network([2; 32])]));
        assert!(queue.standing.lock().unwrap().is_empty());
    }
}
