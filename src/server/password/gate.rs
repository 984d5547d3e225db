//! For tests: a gate that requests come to when they have computed a hash. Shut, it keeps them there, so that a
//! test can have something else happen in between.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockWriteGuard, RwLock, watch};

#[derive(Clone, Debug)]
pub struct Gate {
    way: Arc<RwLock<()>>,
    waiting: watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { way: Arc::default(), waiting: watch::Sender::new(0) }
    }
}

impl Gate {
    /// Shut until what is returned is dropped.
    pub async fn shut(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.way).write_owned().await
    }

    /// Until so many stand before the gate.
    ///
    /// # Panics
    /// Nobody came for 20 seconds: the test has gone another way than it says.
    pub async fn has_waiting(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        let arrived = waiting.wait_for(|waiting| *waiting >= count);
        let limit = std::time::Duration::from_secs(20);
        let _there = tokio::time::timeout(limit, arrived).await.expect("nobody came to the gate").unwrap();
    }

    pub(super) async fn pass(&self) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        drop(self.way.read().await);
        self.waiting.send_modify(|waiting| *waiting -= 1);
    }
}
