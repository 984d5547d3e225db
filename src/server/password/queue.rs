//! The queue in front of the hashes: so many at once, and of each asker only a few in it, waiting or
//! being computed, so that nobody can fill it for the others.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
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

/// The right to compute one hash now.
pub type Turn = OwnedSemaphorePermit;

#[derive(Clone, Debug)]
pub struct Queue {
    turns: Arc<Semaphore>,
    standing: Arc<Mutex<HashMap<[u8; 32], usize>>>,
    waits: Arc<Waits>,
}

#[derive(Debug, Default)]
struct Waits {
    now: AtomicU64,
    turns: AtomicU64,
    microseconds: AtomicU64,
}

/// How long the queue is, and how long it was waited in since the program started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueFigures {
    pub waiting: u64,
    pub turns: u64,
    /// By all of them together.
    pub waited: Duration,
}

/// Somebody who waits; dropped, they do not any more, whether they had their turn or went away.
struct Waiting<'a>(&'a Waits);

impl<'a> Waiting<'a> {
    fn begin(waits: &'a Waits) -> Self {
        waits.now.fetch_add(1, Ordering::Relaxed);
        Self(waits)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place in the queue; dropped, it is free again.
#[derive(Debug)]
pub struct Place {
    queue: Queue,
    digests: Vec<[u8; 32]>,
}

impl Queue {
    pub fn new(at_once: NonZeroUsize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once.get())), standing: Arc::default(), waits: Arc::default() }
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
    pub async fn turn(&self) -> Turn {
        let _waiting = Waiting::begin(&self.waits);
        let began = Instant::now();
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("nothing closes the semaphore");
        let waited = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.waits.turns.fetch_add(1, Ordering::Relaxed);
        self.waits.microseconds.fetch_add(waited, Ordering::Relaxed);
        turn
    }

    pub fn figures(&self) -> QueueFigures {
        QueueFigures {
            waiting: self.waits.now.load(Ordering::Relaxed),
            turns: self.waits.turns.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.waits.microseconds.load(Ordering::Relaxed)),
        }
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

    #[tokio::test]
    async fn who_waits_is_counted_until_they_have_their_turn_or_go_away() {
        let queue = Queue::new(NonZeroUsize::MIN);
        let first = queue.turn().await;
        assert_eq!(queue.figures().turns, 1);
        let mut second = Box::pin(queue.turn());
        assert!(tokio::time::timeout(Duration::from_millis(1), &mut second).await.is_err());
        assert_eq!(queue.figures().waiting, 1);
        drop(second);
        assert_eq!(queue.figures().waiting, 0);
        drop(first);
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let queue = Queue::new(NonZeroUsize::MIN);
        drop(queue.place_for(&[Asker::account([1; 32]), Asker::network([2; 32])]));
        assert!(queue.standing.lock().unwrap().is_empty());
    }
}
