//! How serving ends: at SIGTERM or SIGINT no connection is taken any more, requests in flight get
//! their time, and a second signal ends at once. SIGHUP ends nothing.

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
    /// Ends a process that does not listen for it.
    hangup: Signal,
}

impl StopSignals {
    /// # Errors
    /// When the system lets us watch no signals.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    pub async fn next(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {
                    tracing::info!("SIGHUP has a TLS certificate read again, where there is one, and nothing else");
                }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn send(name: &str) {
        let sent = std::process::Command::new("kill").args([name, &std::process::id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    #[tokio::test]
    async fn a_hangup_ends_neither_the_process_nor_serving() {
        let mut stop = StopSignals::listen().unwrap();
        // Whoever does not listen is ended by this one; whoever listens here as well is not.
        send("-HUP");
        let mut arrived = signal(SignalKind::hangup()).unwrap();
        send("-HUP");
        tokio::select! {
            () = stop.next() => panic!("a hangup was taken for the wish to end"),
            _ = arrived.recv() => {}
        }
        assert!(tokio::time::timeout(Duration::ZERO, stop.next()).await.is_err(), "a hangup was taken for the wish to end");
        send("-TERM");
        tokio::time::timeout(Duration::from_mins(1), stop.next()).await.expect("the wish to end went unheard");
    }
}
