//! The running program: what every request shares.

use std::{fmt, num::NonZeroUsize, sync::Arc};

use tower_sessions::cookie::Key;
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::server::{
    accounts::{providers::Providers, throttle},
    clock::Clock,
    config::{
        Config, PasswordCost,
        keys::{CookieKeys, pepper},
    },
    database::{self, Database, MigrationState},
    events::Tally,
    letters::transport::Transport,
    metrics::Figures,
    password::{Parameters, Passwords},
    refusals::Refusals,
    seal::Seals,
    session::{Life, Lifetimes},
    site::SettingsCache,
    start_error::StartError,
};

/// Cheap to clone; every clone is the same program.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    config: Config,
    database: Database,
    passwords: Passwords,
    settings: SettingsCache,
    cookie_keys: CookieKeys,
    seals: Seals,
    throttle_secret: throttle::Secret,
    relying_party: Option<Webauthn>,
    providers: Providers,
    letters: Option<Transport>,
    refusals: Refusals,
    events: Tally,
    figures: Figures,
    clock: Clock,
}

impl App {
    /// Opens the database and everything that stands on it.
    ///
    /// # Errors
    /// The database cannot be opened, its schema is not of this version, or a key file is not as it
    /// must be.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        Self::open_at(config, Clock::System).await
    }

    /// Like [`Self::open`], with a clock of the caller's.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub async fn open_at(config: Config, clock: Clock) -> Result<Self, StartError> {
        let database = database::open(&config.data).await?;
        refuse_other_schema(&config, &database).await?;
        let cookie_keys = CookieKeys::open(&config)?;
        let seals = Seals::open(&config)?;
        let passwords = Passwords::new(hashing(config.password), pepper::open(&config)?)
            .map_err(|complaint| StartError::Setting { setting: "password", complaint: complaint.to_string() })?;
        let settings = SettingsCache::default();
        let throttle_secret = throttle::Secret::new(cookie_keys.tallies().clone());
        let relying_party = relying_party(&config);
        let providers = Providers::open(&config)?;
        let letters = Transport::open(&config.mail)?;
        Ok(Self(Arc::new(Shared {
            config,
            database,
            passwords,
            settings,
            cookie_keys,
            seals,
            throttle_secret,
            relying_party,
            providers,
            letters,
            refusals: Refusals::default(),
            events: Tally::default(),
            figures: Figures::default(),
            clock,
        })))
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    #[must_use]
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    #[must_use]
    pub fn settings_cache(&self) -> &SettingsCache {
        &self.0.settings
    }

    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What seals the secrets in the database.
    #[must_use]
    pub fn seals(&self) -> &Seals {
        &self.0.seals
    }

    /// What turns the names and networks that are counted into what the database holds.
    #[must_use]
    pub fn throttle_secret(&self) -> &throttle::Secret {
        &self.0.throttle_secret
    }

    /// What asks for passkeys and verifies them; nothing where the site's address has no name to bind them to.
    #[must_use]
    pub fn relying_party(&self) -> Option<&Webauthn> {
        self.0.relying_party.as_ref()
    }

    /// The providers of identities that the operator names.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.0.providers
    }

    /// Whether the site can write to its people.
    #[must_use]
    pub fn sends_letters(&self) -> bool {
        self.0.letters.is_some()
    }

    /// The way out for letters, where there is one.
    #[must_use]
    pub fn letter_transport(&self) -> Option<&Transport> {
        self.0.letters.as_ref()
    }

    /// Who was turned away, and how often.
    #[must_use]
    pub fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }

    /// What happened that somebody who watches over the site wants to know.
    #[must_use]
    pub fn events(&self) -> &Tally {
        &self.0.events
    }

    /// What was asked, and how long it took.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.0.figures
    }

    /// The key that encrypts cookies.
    #[must_use]
    pub fn cookie_key(&self) -> Key {
        self.0.cookie_keys.current()
    }

    /// The keys that cookies from before a rotation still open with.
    #[must_use]
    pub fn former_cookie_keys(&self) -> Vec<Key> {
        self.0.cookie_keys.former()
    }

    #[must_use]
    pub fn lifetimes(&self) -> Lifetimes {
        let life = self.0.config.session;
        Lifetimes {
            member: Life { idle: life.member_idle, absolute: life.member_absolute },
            short: Life { idle: life.short_idle, absolute: life.short_absolute },
            staff: Life { idle: life.staff_idle, absolute: life.staff_absolute },
        }
    }

    /// Closes the database in order.
    pub async fn close(self) {
        if let Err(error) = self.0.database.clone().close().await {
            tracing::error!(cause = %error, "the database was not closed in order");
        }
    }
}

fn relying_party(config: &Config) -> Option<Webauthn> {
    let address = &config.site.address;
    let origin = Url::parse(address.origin()).ok().filter(|origin| origin.domain().is_some())?;
    WebauthnBuilder::new(address.host(), &origin).and_then(WebauthnBuilder::build).ok()
}

fn hashing(cost: PasswordCost) -> Parameters {
    Parameters {
        memory_kib: cost.memory_kib,
        iterations: cost.iterations,
        parallelism: cost.parallelism,
        at_once: NonZeroUsize::new(cost.at_once).unwrap_or(NonZeroUsize::MIN),
    }
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("App")
    }
}

async fn refuse_other_schema(config: &Config, database: &Database) -> Result<(), StartError> {
    let migrations = database.migrations().await.map_err(|cause| database::unusable(&config.data, &cause))?;
    match migrations.iter().filter(|migration| migration.state == MigrationState::Pending).count() {
        0 => Ok(()),
        pending => Err(StartError::SchemaBehind { database: config.data.database.describe(), pending }),
    }
}
