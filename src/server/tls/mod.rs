//! TLS as the server speaks it: versions 1.2 and 1.3, HTTP/2 and HTTP/1.1, with a certificate from
//! files, from an authority over ACME, or of our own making. Certificates are exchanged while serving,
//! without a restart.
//!
//! **Promises.** A key that does not fit its certificate stops the start; later it is logged and
//! the old pair goes on serving.

mod acme;
mod certificate;
mod pair;
mod profile;
mod reload;
mod self_signed;
mod state;
pub mod status;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use time::OffsetDateTime;
use tokio::sync::watch;

pub use self::acme::challenges::Challenges;
pub use self::acme::{Pace, Renewer};
use self::pair::PairFiles;
pub use self::reload::Reloader;
pub use self::self_signed::SelfSigned;
pub use self::state::State;
use super::config::{Config, Tls, catalogue};
use super::start_error::StartError;

/// Where the certificate comes from.
#[derive(Debug)]
enum Source {
    Files(PairFiles),
    SelfSigned(SelfSigned),
}

/// What a TLS listener needs: the configuration that new connections take, what keeps it fresh, and
/// what the plain listener answers for it.
#[derive(Debug)]
pub struct Prepared {
    pub config: RustlsConfig,
    pub keeper: Keeper,
    pub challenges: Option<Arc<Challenges>>,
    /// What is happening with the certificate, now and later.
    pub state: watch::Receiver<State>,
}

/// What keeps a certificate fresh while the server runs.
#[derive(Debug)]
pub enum Keeper {
    Reloader(Reloader),
    Renewer(Box<Renewer>),
}

impl Keeper {
    /// # Errors
    /// When the system lets us watch no signals.
    pub async fn run(self) -> Result<(), StartError> {
        match self {
            Self::Reloader(reloader) => reloader.run().await,
            Self::Renewer(renewer) => renewer.run().await,
        }
    }
}

/// Reads the certificate and key, or makes them for `self-signed`; `None` without TLS. The data
/// folder must be there. An authority is not asked before [`Keeper::run`].
///
/// # Errors
/// When a file cannot be read or written, is not PEM, or the key does not fit the certificate.
pub fn prepare(config: &Config) -> Result<Option<Prepared>, StartError> {
    prepare_at(config, Pace::default())
}

/// Like [`prepare`], with the caller's clock and pace.
///
/// # Errors
/// As for [`prepare`].
pub fn prepare_at(config: &Config, pace: Pace) -> Result<Option<Prepared>, StartError> {
    let source = match &config.tls {
        Tls::Off => return Ok(None),
        Tls::Files { certificate, key } => Source::Files(PairFiles::of_operator(certificate, key)),
        Tls::SelfSigned => Source::SelfSigned(SelfSigned::of(config)),
        Tls::Acme(settings) => {
            let renewer = Renewer::open(config, settings, pace)?;
            let (state, challenges) = (renewer.state(), Some(renewer.challenges()));
            return Ok(Some(Prepared {
                config: renewer.serving(),
                keeper: Keeper::Renewer(Box::new(renewer)),
                challenges,
                state,
            }));
        }
    };
    let (config, reloader) = Reloader::start(source, OffsetDateTime::now_utc())?;
    let state = reloader.state();
    Ok(Some(Prepared { config, keeper: Keeper::Reloader(reloader), challenges: None, state }))
}

/// Everything that is wrong with the operator's files. Makes nothing.
#[must_use]
pub fn check(config: &Config) -> Vec<StartError> {
    match &config.tls {
        Tls::Off | Tls::SelfSigned => Vec::new(),
        Tls::Files { certificate, key } => PairFiles::of_operator(certificate, key).problems(),
        Tls::Acme(settings) => acme::check(settings).into_iter().collect(),
    }
}

impl Source {
    fn files(&self) -> &PairFiles {
        match self {
            Self::Files(files) => files,
            Self::SelfSigned(own) => own.files(),
        }
    }

    /// Makes or renews the certificate where that is our job and due.
    fn refresh(&self, now: OffsetDateTime) -> Result<(), StartError> {
        match self {
            Self::Files(_) => Ok(()),
            Self::SelfSigned(own) => own.ensure(now),
        }
    }
}

const CERTIFICATE_SETTING: &str = catalogue::TLS_CERTIFICATE.key;
const KEY_SETTING: &str = catalogue::TLS_KEY.key;
