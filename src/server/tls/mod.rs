//! TLS as the server speaks it: versions 1.2 and 1.3, HTTP/2 and HTTP/1.1, with a certificate from
//! files or one of our own making. Certificates are exchanged while serving, without a restart.
//!
//! **Promises.** A key that does not fit its certificate stops the start; later it is logged and
//! the old pair goes on serving.

mod pair;
mod reload;
mod self_signed;
#[cfg(test)]
mod tests;

use axum_server::tls_rustls::RustlsConfig;
use time::OffsetDateTime;

use self::pair::PairFiles;
pub use self::reload::Reloader;
use self::self_signed::SelfSigned;
use super::config::{Config, Tls, catalogue};
use super::start_error::StartError;

/// Where the certificate comes from.
#[derive(Debug)]
enum Source {
    Files(PairFiles),
    SelfSigned(SelfSigned),
}

/// What a TLS listener needs: the configuration that new connections take, and what keeps it fresh.
#[derive(Debug)]
pub struct Prepared {
    pub config: RustlsConfig,
    pub reloader: Reloader,
}

/// Reads the certificate and key, or makes them for `self-signed`; `None` without TLS. The data
/// folder must be there.
///
/// # Errors
/// When a file cannot be read or written, is not PEM, or the key does not fit the certificate.
pub fn prepare(config: &Config) -> Result<Option<Prepared>, StartError> {
    let source = match &config.tls {
        Tls::Off => return Ok(None),
        Tls::Files { certificate, key } => Source::Files(PairFiles::of_operator(certificate, key)),
        Tls::SelfSigned => Source::SelfSigned(SelfSigned::of(config)),
    };
    let (config, reloader) = Reloader::start(source, OffsetDateTime::now_utc())?;
    Ok(Some(Prepared { config, reloader }))
}

/// Everything that is wrong with the operator's files. Makes nothing.
#[must_use]
pub fn check(config: &Config) -> Vec<StartError> {
    match &config.tls {
        Tls::Off | Tls::SelfSigned => Vec::new(),
        Tls::Files { certificate, key } => PairFiles::of_operator(certificate, key).problems(),
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
