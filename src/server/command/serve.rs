//! `locutory serve`: start-up in reading order. What can fail fails before anybody is told that the
//! server is ready.

use std::fmt::Write;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::flag;
use super::output::say;
use crate::server::config::{Config, Endpoint, Flag, Tls, catalogue, folder};
use crate::server::listen::{Bound, Listeners, StopSignals};
use crate::server::start_error::StartError;
use crate::server::{
    App, database,
    events::{self, SecurityEvent},
    housekeeping, letters, metrics, operator, router, tls,
};

/// Start the server
///
/// Without TLS it listens on this machine only, or behind a proxy that you declare. It ends at
/// Ctrl+C or SIGTERM, after the requests in flight have been answered.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  On this machine, to try it out:
    locutory serve --migrate
  With your own certificate (read again whenever the files change):
    locutory serve --listen 0.0.0.0:443 --tls-certificate fullchain.pem --tls-key privkey.pem
  With a certificate that Locutory makes and keeps in the data folder:
    locutory serve --listen 0.0.0.0:8443 --tls self-signed
  With a certificate from Let's Encrypt, kept fresh (once tls.acme_terms_agreed is true):
    locutory serve --listen 0.0.0.0:443 --tls acme
  Behind a proxy on the same machine that speaks TLS:
    locutory serve --behind-proxy 127.0.0.1

All but the first need the public address: site.address in locutory.toml, or the variable
LOCUTORY_SITE__ADDRESS=https://talk.example.org.")]
pub struct Serve {
    /// Listen on this IP address and port, a Unix socket (`unix:PATH`), or `systemd` (setting `listen.address`)
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Serve TLS with a certificate from files, from an authority, or of our own making (setting `tls.mode`)
    #[arg(long, value_name = "MODE", value_enum)]
    tls: Option<Mode>,
    /// The certificate chain in PEM form (setting `tls.certificate`)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<String>,
    /// The certificate's private key in PEM form (setting `tls.key`)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<String>,
    /// The proxy's addresses or networks, separated by commas (setting `listen.behind_proxy`)
    #[arg(long, value_name = "ADDRESSES")]
    behind_proxy: Option<String>,
    /// Bring the database to this version's form first, as `locutory migrate up` does
    #[arg(long)]
    migrate: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    Off,
    Files,
    SelfSigned,
    Acme,
}

impl Mode {
    const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Files => "files",
            Self::SelfSigned => "self-signed",
            Self::Acme => "acme",
        }
    }
}

impl Serve {
    pub fn flags(&self) -> Vec<Flag> {
        let from_files = self.tls_certificate.is_some().then_some(Mode::Files);
        let mode = self.tls.or(from_files).map(|mode| mode.word().to_owned());
        [
            flag(&catalogue::LISTEN_ADDRESS, "--listen", self.listen.as_ref()),
            flag(&catalogue::TLS_MODE, "--tls", mode.as_ref()),
            flag(&catalogue::TLS_CERTIFICATE, "--tls-certificate", self.tls_certificate.as_ref()),
            flag(&catalogue::TLS_KEY, "--tls-key", self.tls_key.as_ref()),
            flag(&catalogue::LISTEN_BEHIND_PROXY, "--behind-proxy", self.behind_proxy.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    pub async fn run(self, mut config: Config) -> Result<(), Failure> {
        let _claim = folder::claim(&config.data)?;
        let listeners = Listeners::bind(&config)?;
        config.follow_listener(listeners.address());
        let tls = tls::prepare(&config)?;
        if self.migrate {
            database::migrate_up(&config.data).await?;
        }
        let figures = match &config.metrics {
            Some(address) => Some(bind_figures(address)?),
            None => None,
        };
        let app = App::open(config.clone()).await?;
        let figures = figures.map(|listener| metrics::start(listener, app.clone()));
        events::tell(SecurityEvent::Startup, "serving");
        let served = serve(&app, &config, listeners, tls).await;
        if let Some(figures) = figures {
            figures.abort();
        }
        events::tell(SecurityEvent::Shutdown, if served.is_ok() { "asked" } else { "failure" });
        app.close().await;
        served
    }
}

fn bind_figures(address: &Endpoint) -> Result<Bound, StartError> {
    let setting = catalogue::METRICS_ADDRESS.key;
    Bound::open(address).map_err(|cause| StartError::Listener { setting, address: address.clone(), cause })
}

async fn serve(app: &App, config: &Config, listeners: Listeners, tls: Option<tls::Prepared>) -> Result<(), Failure> {
    let stop = StopSignals::listen().map_err(StartError::Serving)?;
    let setup_link = operator::setup_link(app).await?;
    say(banner(config, setup_link.as_deref()))?;
    let tasks =
        [housekeeping::start(app.clone()), housekeeping::start_archives(app.clone()), letters::worker::start(app.clone())];
    let served =
        listeners.serve(config, router::build(app.clone()), tls, app.refusals(), app.figures().connections.clone(), stop).await;
    for task in tasks {
        task.abort();
    }
    Ok(served?)
}

/// What an operator wants to know once the server is ready.
pub fn banner(config: &Config, setup_link: Option<&str>) -> String {
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments<'_>| {
        writeln!(text, "{words}").expect("a String takes every text");
    };
    line(format_args!("\nLocutory {} is ready.\n", env!("CARGO_PKG_VERSION")));
    line(format_args!("  Address    {}", config.site.address.origin()));
    line(format_args!("  Listening  {}, {}", config.listen.address, protection(config)));
    if config.tls == Tls::SelfSigned {
        let authority = tls::SelfSigned::of(config);
        line(format_args!("  Authority  {} (give this file to browsers)", authority.authority_file().display()));
    }
    line(format_args!("  Data       {}", config.data.folder.display()));
    line(format_args!("  Database   {}", config.data.database.describe()));
    line(format_args!("  Letters    {}", config.mail.describe()));
    if let Some(address) = &config.metrics {
        line(format_args!("  Figures    {address}, /metrics"));
    }
    if let Some(link) = setup_link {
        line(format_args!("\n  There is no admin yet. This link makes the first one, once:\n  {link}"));
    }
    text
}

fn protection(config: &Config) -> &'static str {
    match (&config.tls, config.listen.is_behind_proxy()) {
        (Tls::Files { .. }, _) => "TLS with your certificate",
        (Tls::SelfSigned, _) => "TLS with a certificate of our own authority",
        (Tls::Acme(_), _) => "TLS with a certificate over ACME",
        (Tls::Off, true) => "plain HTTP behind a declared proxy",
        (Tls::Off, false) => "plain HTTP, from this machine only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Sources;

    fn serve_with(certificate: Option<&str>) -> Serve {
        Serve {
            listen: Some("127.0.0.1:1".to_owned()),
            tls: None,
            tls_certificate: certificate.map(str::to_owned),
            tls_key: certificate.map(str::to_owned),
            behind_proxy: None,
            migrate: false,
        }
    }

    #[test]
    fn naming_a_certificate_means_tls_from_files() {
        let mut flags = serve_with(Some("both.pem")).flags();
        flags.extend(flag(&catalogue::SITE_ADDRESS, "--test", Some(&"https://talk.example.org".to_owned())));
        let config = Config::load(Sources::of_flags(flags)).unwrap();
        assert!(matches!(config.tls, Tls::Files { .. }));
    }

    #[test]
    fn the_banner_tells_where_everything_is_and_how_to_begin() {
        let config = Config::load(Sources::of_flags(serve_with(None).flags())).unwrap();
        let fresh = banner(&config, Some("http://localhost:1/setup?token=t"));
        for part in ["http://localhost:1\n", "127.0.0.1:1, plain HTTP", "/data\n", "SQLite", "token=t"] {
            assert!(fresh.contains(part), "{part} missing in {fresh}");
        }
        assert!(!banner(&config, None).contains("admin"));
    }

    #[test]
    fn the_banner_tells_where_the_authority_is_that_browsers_are_given() {
        let mut serve = serve_with(None);
        serve.tls = Some(Mode::SelfSigned);
        let banner = banner(&Config::load(Sources::of_flags(serve.flags())).unwrap(), None);
        assert!(banner.contains("/data/tls/authority.pem"), "{banner}");
    }
}
