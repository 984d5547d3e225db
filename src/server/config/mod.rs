//! The configuration: every setting, read once at start, typed and checked.
//!
//! **Precedence.** Later wins, setting by setting:
//! 1. the default in the [`catalogue`],
//! 2. the file (`--config FILE`, else `LOCUTORY_CONFIG`, else `./locutory.toml` if it exists),
//! 3. the credentials that systemd hands out (`LoadCredential=`), by the names of [`credentials`],
//! 4. the environment: `LOCUTORY_` and the upper-case path with `__` between section and name, such
//!    as `LOCUTORY_LISTEN__ADDRESS`; lists are separated by commas,
//! 5. flags of the command line.
//!
//! **Promises.** An unknown key, section or variable, a number out of its range and a file that
//! cannot be read are refused, each with its name and where it was written, all at once. No
//! complaint, `Debug` output or display holds a secret.

pub mod acme;
pub mod catalogue;
mod contact;
mod credentials;
pub mod data;
mod environment;
pub mod error;
pub mod families;
mod file;
pub mod folder;
pub mod keys;
pub mod listen;
pub mod log;
pub mod mail;
pub mod metrics;
pub mod numbers;
pub mod origin;
pub mod private_file;
pub mod providers;
mod reader;
mod rules;
pub mod sandbox;
pub mod show;
pub mod site;
pub mod sources;
#[cfg(test)]
mod tests;
pub mod tls;

use std::path::PathBuf;

pub use self::data::{Data, Database};
pub use self::error::{Problem, Problems};
pub use self::listen::{Endpoint, Listen, Proxies, ProxyProtocol};
pub use self::log::{Log, LogFormat};
pub use self::mail::Mail;
pub use self::numbers::{Limits, PasswordCost, SessionLife};
pub use self::reader::{Effective, Shown};
pub use self::sandbox::Sandbox;
pub use self::site::{Site, SiteAddress};
pub use self::sources::{FileChoice, Flag, Sources};
pub use self::tls::Tls;

use self::reader::Reader;

#[derive(Clone, Debug)]
pub struct Config {
    pub site: Site,
    pub listen: Listen,
    pub tls: Tls,
    pub data: Data,
    pub password: PasswordCost,
    pub session: SessionLife,
    pub limits: Limits,
    pub secrets: Secrets,
    pub mail: Mail,
    pub log: Log,
    /// Where figures for a monitoring program are served, if anywhere.
    pub metrics: Option<Endpoint>,
    pub sandbox: Sandbox,
    /// Whom people may sign in with.
    pub providers: Vec<providers::Provider>,
    effective: Vec<Effective>,
}

/// Where secrets of the operator's own keeping lie.
#[derive(Clone, Debug)]
pub struct Secrets {
    pub cookie_key_file: Option<PathBuf>,
    pub data_keys_file: Option<PathBuf>,
    pub pepper_file: Option<PathBuf>,
}

impl Config {
    /// Reads and checks everything that can be judged without touching the data folder.
    ///
    /// # Errors
    /// Every problem that was found, not only the first.
    pub fn load(sources: Sources) -> Result<Self, Problems> {
        let (entries, problems) = sources.gather();
        let mut reader = Reader::new(entries, problems);
        let listen = Listen::read(&mut reader);
        let tls = Tls::read(&mut reader);
        let site = Site::read(&mut reader, &listen, &tls);
        rules::check(&mut reader, &site, &listen, &tls);
        rules::check_acme(&mut reader, &site, &listen, &tls);
        let data = Data::read(&mut reader);
        let password = PasswordCost::read(&mut reader);
        let session = SessionLife::read(&mut reader);
        let limits = Limits::read(&mut reader);
        let secrets = Secrets::read(&mut reader);
        let mail = Mail::read(&mut reader, &data.folder);
        let log = Log::read(&mut reader);
        let metrics = metrics::read(&mut reader, &listen);
        let sandbox = sandbox::read(&mut reader);
        let providers = providers::read(&mut reader);
        let (effective, problems) = reader.finish();
        let config = Self {
            site,
            listen,
            tls,
            data,
            password,
            session,
            limits,
            secrets,
            mail,
            log,
            metrics,
            sandbox,
            providers,
            effective,
        };
        Problems::unless_none(problems, config)
    }

    /// Takes over the address that the listener really has, which differs from the written one
    /// when that had port 0.
    pub fn follow_listener(&mut self, bound: Endpoint) {
        if let Endpoint::Network(address) = bound {
            self.site.follow_listener(&self.tls, address);
        }
        self.listen.address = bound;
    }

    /// Every setting with its value and where that comes from, in the catalogue's order.
    pub fn effective(&self) -> impl Iterator<Item = &Effective> {
        let listed = catalogue::ALL.iter().filter_map(|setting| self.effective.iter().find(|it| it.setting == *setting));
        listed.chain(self.effective.iter().filter(|it| families::is_member(it.setting)))
    }
}

impl Secrets {
    fn read(reader: &mut Reader) -> Self {
        Self {
            cookie_key_file: reader.optional_text(&catalogue::SECRETS_COOKIE_KEY_FILE, |text| Ok(PathBuf::from(text))),
            pepper_file: reader.optional_text(&catalogue::PASSWORD_PEPPER_FILE, |text| Ok(PathBuf::from(text))),
            data_keys_file: reader.optional_text(&catalogue::SECRETS_DATA_KEYS_FILE, |text| Ok(PathBuf::from(text))),
        }
    }
}
