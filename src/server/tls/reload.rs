//! Exchanges the certificate while serving, when its files have changed. Contents are compared, not
//! times, so that links moved by certificate tools are noticed and a mere touch is not.

use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use time::OffsetDateTime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::Source;
use super::certificate::Certificate;
use super::pair::{Fingerprint, Pair};
use super::state::{Failure, Phase, State, log_safe};
use crate::moment::Moment;
use crate::server::start_error::StartError;

const LOOKS_EVERY: Duration = Duration::from_secs(5);

pub struct Reloader {
    source: Source,
    serving: RustlsConfig,
    /// The content that was last judged, taken over or not.
    judged: Option<Fingerprint>,
    state: watch::Sender<State>,
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
        let pair = source.files().read()?;
        let serving = RustlsConfig::from_config(pair.server_config()?);
        let reloader =
            Self { source, serving: serving.clone(), judged: Some(pair.fingerprint()), state: watch::Sender::default() };
        reloader.tell(&pair, now);
        Ok((serving, reloader))
    }

    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    fn tell(&self, pair: &Pair, now: OffsetDateTime) {
        let certificate = pair.certificate().ok();
        if let Some(certificate) = &certificate {
            warn_if_ending(certificate, now.into());
        }
        self.state.send_replace(State { certificate, phase: Phase::Serving { renews: None }, failure: None });
    }

    /// Looks every five seconds and at each SIGHUP, until the task that runs it is ended.
    ///
    /// # Errors
    /// When the system lets us watch no signals.
    pub async fn run(self) -> Result<(), StartError> {
        self.run_every(LOOKS_EVERY).await
    }

    pub(super) async fn run_every(mut self, looks_every: Duration) -> Result<(), StartError> {
        let mut hangups = signal(SignalKind::hangup()).map_err(StartError::Serving)?;
        let mut ticks = interval(looks_every);
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
            Err(refusal) => {
                self.state.send_modify(|state| {
                    let in_a_row = state.failure.as_ref().map_or(1, |failure| failure.in_a_row.saturating_add(1));
                    state.failure = Some(Failure { at: now.into(), told: log_safe(&refusal.to_string()), in_a_row });
                });
                Look::Refused(refusal)
            }
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
        self.tell(&pair, now);
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

fn warn_if_ending(certificate: &Certificate, now: Moment) {
    let ends = certificate.ends.to_rfc3339();
    if certificate.ends <= now {
        tracing::error!(ends, "the TLS certificate has ended; browsers will refuse it");
    } else if certificate.ends_soon(now) {
        tracing::warn!(ends, "the TLS certificate ends soon");
    }
}
