//! Certificates from an authority, ordered, kept and renewed by ourselves over ACME (RFC 8555).
//!
//! **Promises.** The server starts and answers the authority's challenges without a certificate, but
//! shows people no stand-in: a warning that is clicked away once is clicked away always. What is
//! served goes on being served while a renewal fails. A failure waits longer each time, so that no
//! authority shuts us out.

mod asking;
pub mod cache;
pub mod challenges;
mod fault;
mod opened;
mod order;
pub mod schedule;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use self::cache::{Cache, Usable};
use self::challenges::{ACME_TLS, Challenges, Resolver};
use self::fault::Fault;
use self::opened::Opened;
use self::order::Orders;
pub use self::schedule::Pace;
use super::profile;
use super::state::{Failure, Phase, State};
use crate::moment::Moment;
use crate::server::config::Config;
use crate::server::config::acme::Acme;
use crate::server::start_error::StartError;

/// For one try, from the first question to the chain.
const ONE_TRY: Duration = Duration::from_mins(10);

/// Keeps a certificate fresh.
pub struct Renewer {
    orders: Orders,
    serving: RustlsConfig,
    pace: Pace,
    /// What is served, and whether it is for other names or from another authority than is wanted now.
    current: Option<(Usable, Wanted)>,
    again: Option<Moment>,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Still,
    NoMore,
}

/// Everything that is wrong with the files that the settings name.
pub fn check(settings: &Acme) -> Option<StartError> {
    Opened::open(settings).err()
}

/// The names to be certified, the site's own first.
#[must_use]
pub fn names(config: &Config, settings: &Acme) -> Vec<String> {
    let site = config.site.address.name().map(str::to_owned);
    let mut names: Vec<String> = Vec::new();
    for name in site.into_iter().chain(settings.names.iter().cloned()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl std::fmt::Debug for Renewer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Renewer").field("names", &self.orders.names).finish_non_exhaustive()
    }
}

impl Renewer {
    /// Reads what there is and asks nobody.
    ///
    /// # Errors
    /// When the folder of certificates or a file that the settings name cannot be used.
    pub(super) fn open(config: &Config, settings: &Acme, pace: Pace) -> Result<Self, StartError> {
        let cache = Cache::of(&config.data.folder);
        let unusable = |cause| StartError::DataFolder { path: cache.folder().to_owned(), cause };
        cache.prepare().map_err(unusable)?;
        let names = names(config, settings);
        let wanted: BTreeSet<&String> = names.iter().collect();
        let current = cache.issued().map(|(issued, usable)| {
            let fits = issued.directory == settings.directory.as_str() && usable.certificate.names.iter().eq(wanted);
            (usable, if fits { Wanted::Still } else { Wanted::NoMore })
        });
        let challenges = Arc::new(Challenges::default());
        let serving = serve(current.as_ref().map(|(usable, _)| usable), &challenges)?;
        let former = cache.state();
        let orders = Orders { settings: settings.clone(), names, opened: Opened::open(settings)?, cache, challenges };
        let renewer = Self { orders, serving, pace, current, again: None, state: watch::Sender::default() };
        renewer.begin(former.and_then(|state| state.failure));
        Ok(renewer)
    }

    #[must_use]
    pub fn serving(&self) -> RustlsConfig {
        self.serving.clone()
    }

    #[must_use]
    pub fn challenges(&self) -> Arc<Challenges> {
        Arc::clone(&self.orders.challenges)
    }

    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    fn begin(&self, failure: Option<Failure>) {
        let names = self.orders.names.join(", ");
        match &self.current {
            Some((usable, Wanted::Still)) => tracing::info!(
                names,
                ends = usable.certificate.ends.to_rfc3339(),
                renewed = schedule::renewal(usable).to_rfc3339(),
                "serving the certificate that was issued before"
            ),
            Some((_, Wanted::NoMore)) => tracing::info!(names, "names or authority have changed: a new certificate is asked for"),
            None => tracing::info!(names, "there is no certificate yet: one is asked for, and nobody can read until it is here"),
        }
        self.tell(self.phase(), failure);
    }

    /// Works until the task that runs it is ended. SIGHUP ends a wait after a failure.
    ///
    /// # Errors
    /// When the system lets us watch no signals.
    pub async fn run(mut self) -> Result<(), StartError> {
        let mut hangups = signal(SignalKind::hangup()).map_err(StartError::Serving)?;
        loop {
            if self.pace.clock.now() >= self.due() {
                self.renew().await;
            }
            tokio::select! {
                () = tokio::time::sleep(self.pace.looks_every) => {}
                _ = hangups.recv() => {
                    self.again = None;
                    tracing::info!(due = self.due().to_rfc3339(), "the certificate is looked at again");
                }
            }
        }
    }

    fn due(&self) -> Moment {
        let wanted = match &self.current {
            Some((usable, Wanted::Still)) => schedule::renewal(usable),
            Some((_, Wanted::NoMore)) | None => Moment::from_milliseconds(0),
        };
        self.again.map_or(wanted, |again| again.max(wanted))
    }

    fn phase(&self) -> Phase {
        match (&self.again, &self.current) {
            (Some(again), _) => Phase::Waiting { again: *again },
            (None, Some((usable, Wanted::Still))) => Phase::Serving { renews: Some(schedule::renewal(usable)) },
            (None, _) => Phase::Ordering { since: self.pace.clock.now() },
        }
    }

    async fn renew(&mut self) {
        let former = self.state.borrow().failure.clone();
        self.tell(Phase::Ordering { since: self.pace.clock.now() }, former.clone());
        let tried = tokio::time::timeout(ONE_TRY, self.orders.obtain()).await;
        self.orders.challenges.end();
        let taken = tried.unwrap_or(Err(Fault::TooLong)).and_then(|usable| self.take_over(usable));
        let failure = taken.err().map(|fault| self.wait(&fault, former.map_or(0, |failure| failure.in_a_row)));
        self.tell(self.phase(), failure);
    }

    fn take_over(&mut self, usable: Usable) -> Result<(), Fault> {
        let config = server_config(Some(&usable), &self.orders.challenges)?;
        self.serving.reload_from_config(config);
        let word = if self.current.is_some() { "renewed" } else { "issued" };
        tracing::info!(
            names = self.orders.names.join(", "),
            issuer = usable.certificate.issuer,
            ends = usable.certificate.ends.to_rfc3339(),
            renewed = schedule::renewal(&usable).to_rfc3339(),
            "the certificate was {word}, and is served from now on"
        );
        self.current = Some((usable, Wanted::Still));
        self.again = None;
        Ok(())
    }

    fn wait(&mut self, fault: &Fault, before: u32) -> Failure {
        let (now, in_a_row) = (self.pace.clock.now(), before.saturating_add(1));
        let mut wait = schedule::wait_after(in_a_row);
        if fault.is_problem("rateLimited") {
            wait = wait.max(schedule::AFTER_TOO_MANY);
        }
        let again = now.after(wait);
        self.again = Some(again);
        let told = fault.told();
        let ends = self.current.as_ref().map(|(usable, _)| usable.certificate.ends.to_rfc3339());
        tracing::error!(
            names = self.orders.names.join(", "),
            why = told,
            in_a_row,
            again = again.to_rfc3339(),
            ends,
            "no certificate could be obtained; it will be tried again, and what there is goes on being served"
        );
        Failure { at: now, told, in_a_row }
    }

    /// Tells whoever watches, and leaves it for `locutory tls status`.
    fn tell(&self, phase: Phase, failure: Option<Failure>) {
        let certificate = self.current.as_ref().map(|(usable, _)| usable.certificate.clone());
        let state = State { certificate, phase, failure };
        if let Err(cause) = self.orders.cache.keep_state(&state) {
            tracing::warn!(%cause, "the state of the certificate cannot be written into the data folder");
        }
        self.state.send_replace(state);
    }
}

fn serve(usable: Option<&Usable>, challenges: &Arc<Challenges>) -> Result<RustlsConfig, StartError> {
    let config = server_config(usable, challenges).map_err(|fault| StartError::Serving(std::io::Error::other(fault)))?;
    Ok(RustlsConfig::from_config(config))
}

fn server_config(usable: Option<&Usable>, challenges: &Arc<Challenges>) -> Result<Arc<rustls::ServerConfig>, Fault> {
    let certificate = usable.map(|usable| Arc::clone(&usable.key));
    let mut config = profile::server_config(Arc::new(Resolver { certificate, challenges: Arc::clone(challenges) }))?;
    config.alpn_protocols.push(ACME_TLS.to_vec());
    Ok(Arc::new(config))
}
