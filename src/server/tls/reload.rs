//! Exchanges the certificate while serving, when its files have changed. Contents are compared, not
//! times, so that links moved by certificate tools are noticed and a mere touch is not.

use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use time::OffsetDateTime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use super::Source;
use super::pair::{Fingerprint, Pair};
use crate::server::start_error::StartError;

const LOOKS_EVERY: Duration = Duration::from_secs(5);
const WARNS_BEFORE_THE_END: time::Duration = time::Duration::days(14);

pub struct Reloader {
    source: Source,
    serving: RustlsConfig,
    /// The content that was last judged, taken over or not.
    judged: Option<Fingerprint>,
}

/// What a look at the files has led to.
#[derive(Debug)]
pub enum Look {
    Unchanged,
    Exchanged,
    /// The old pair goes on serving.
    Refused(StartError),
}

impl std::fmt::Debug for Reloader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reloader").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Reloader {
    /// Loads the first pair.
    pub(super) fn start(source: Source, now: OffsetDateTime) -> Result<(RustlsConfig, Self), StartError> {
        source.refresh(now)?;
        source.files().warn_if_key_is_exposed();
        let pair = source.files().read()?;
        let serving = RustlsConfig::from_config(pair.server_config()?);
        warn_if_ending(&pair, now);
        let reloader = Self { source, serving: serving.clone(), judged: Some(pair.fingerprint()) };
        Ok((serving, reloader))
    }

    /// Looks every five seconds and at each SIGHUP, until the task that runs it is ended.
    ///
    /// # Errors
    /// When the system lets us watch no signals.
    pub async fn run(mut self) -> Result<(), StartError> {
        let mut hangups = signal(SignalKind::hangup()).map_err(StartError::Serving)?;
        let mut ticks = interval(LOOKS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let reason = wait(&mut ticks, &mut hangups).await;
            let looked = tokio::task::spawn_blocking(move || {
                let look = self.look(OffsetDateTime::now_utc());
                (self, look)
            });
            let Ok((reloader, look)) = looked.await else {
                return Ok(()); // The runtime is being shut down.
            };
            self = reloader;
            report(&look, reason);
        }
    }

    /// Takes over the files' content when it has changed and is sound.
    pub fn look(&mut self, now: OffsetDateTime) -> Look {
        match self.exchange(now) {
            Ok(look) => look,
            Err(refusal) => Look::Refused(refusal),
        }
    }

    fn exchange(&mut self, now: OffsetDateTime) -> Result<Look, StartError> {
        self.source.refresh(now)?;
        let pair = match self.source.files().read() {
            Ok(pair) => pair,
            // Files are gone for a moment while they are being exchanged: told once.
            Err(_) if self.judged.is_none() => return Ok(Look::Unchanged),
            Err(refusal) => {
                self.judged = None;
                return Err(refusal);
            }
        };
        let found = Some(pair.fingerprint());
        if found == self.judged {
            return Ok(Look::Unchanged);
        }
        self.judged = found;
        self.serving.reload_from_config(pair.server_config()?);
        warn_if_ending(&pair, now);
        Ok(Look::Exchanged)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    Tick,
    Hangup,
}

async fn wait(ticks: &mut tokio::time::Interval, hangups: &mut Signal) -> Reason {
    tokio::select! {
        _ = ticks.tick() => Reason::Tick,
        _ = hangups.recv() => Reason::Hangup,
    }
}

fn report(look: &Look, reason: Reason) {
    match (look, reason) {
        (Look::Exchanged, _) => tracing::info!("serving the new TLS certificate from now on"),
        (Look::Refused(refusal), _) => {
            tracing::error!(%refusal, "the changed TLS files cannot be used; the old certificate goes on serving");
        }
        (Look::Unchanged, Reason::Hangup) => {
            tracing::info!("the TLS certificate has not changed");
        }
        (Look::Unchanged, Reason::Tick) => {}
    }
}

fn warn_if_ending(pair: &Pair, now: OffsetDateTime) {
    match pair.ends() {
        Ok(ends) if ends <= now => {
            tracing::error!(%ends, "the TLS certificate has ended; browsers will refuse it");
        }
        Ok(ends) if ends - now < WARNS_BEFORE_THE_END => {
            tracing::warn!(%ends, "the TLS certificate ends soon");
        }
        _ => {}
    }
}
