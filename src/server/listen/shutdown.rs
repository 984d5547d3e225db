//! How serving ends: at SIGTERM or SIGINT no connection is taken any more, requests in flight get
//! their time, and a second signal ends at once.

use std::io;
use std::time::Duration;

use axum_server::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::server::peer::Peer;

/// What requests in flight have left to finish.
pub const GRACE: Duration = Duration::from_secs(30);

/// Asks for the end of serving. Made before anybody is told that the server is ready, so that no
/// signal is missed.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// # Errors
    /// When the system lets us watch no signals.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Whatever can ask for the end of serving: signals, or a test.
pub trait Stop: Send + 'static {
    /// Returns when the end is asked for, and once more when it is asked for with force.
    fn asked(&mut self) -> impl Future<Output = ()> + Send;
}

impl Stop for StopSignals {
    async fn asked(&mut self) {
        self.next().await;
    }
}

/// Carries out what `stop` asks for on all listeners. Ends only by being dropped.
pub async fn stop_when_asked(mut stop: impl Stop, handles: Vec<Handle<Peer>>) {
    stop.asked().await;
    tracing::info!("stopping: requests in flight have {} seconds", GRACE.as_secs());
    for handle in &handles {
        handle.graceful_shutdown(Some(GRACE));
    }
    stop.asked().await;
    tracing::warn!("stopping at once, as asked for a second time");
    for handle in &handles {
        handle.shutdown();
    }
}
