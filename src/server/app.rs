//! The running program: what every request shares.

use std::{fmt, num::NonZeroUsize, sync::Arc};

use tower_sessions::cookie::Key;

use crate::server::{
    clock::Clock,
    config::{Config, PasswordCost, keys::CookieKey},
    database::{self, Database, MigrationState},
    letters::transport::Transport,
    password::{Parameters, Passwords},
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
    cookie_key: CookieKey,
    seals: Seals,
    letters: Option<Transport>,
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
        let cookie_key = CookieKey::open(&config)?;
        let seals = Seals::open(&config)?;
        let letters = Transport::open(&config.mail)?;
        let passwords = Passwords::new(hashing(config.password))
            .map_err(|complaint| StartError::Setting { setting: "password", complaint: complaint.to_string() })?;
        let settings = SettingsCache::default();
        Ok(Self(Arc::new(Shared { config, database, passwords, settings, cookie_key, seals, letters, clock })))
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

    /// The key of the session cookie.
    #[must_use]
    pub fn cookie_key(&self) -> Key {
        Key::from(self.0.cookie_key.expose())
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
