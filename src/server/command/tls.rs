//! `locutory tls`: the certificate that the server shows.

use clap::Subcommand;
use time::OffsetDateTime;

use super::failure::Failure;
use super::output::say;
use crate::server::config::Config;
use crate::server::tls::status::{self, Verdict};

/// Look at the TLS certificate
#[derive(Debug, Subcommand)]
pub enum Tls {
    /// Tell names, issuer, end, next renewal and last failure of the certificate
    ///
    /// Reads files and asks nobody, so it may be used while the server runs. The exit code is 1 when
    /// something is wrong or the certificate ends within days.
    #[command(after_help = "Example:
  locutory tls status")]
    Status,
}

impl Tls {
    pub fn run(self, config: &Config) -> Result<(), Failure> {
        match self {
            Self::Status => {
                let report = status::report(config, OffsetDateTime::now_utc().into());
                say(report.text.trim_end())?;
                match report.verdict {
                    Verdict::WellKept => Ok(()),
                    Verdict::NeedsCare => Err(Failure::Input("the certificate needs your care, as told above.")),
                }
            }
        }
    }
}
