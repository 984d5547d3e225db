//! The running program: what every request shares.

use std::{fmt, sync::Arc};

use tower_sessions::cookie::Key;

use crate::server::{
    clock::Clock,
    config::{Config, Database as DatabaseSetting, keys::CookieKey},
    database::Database,
    password::{Parameters, Passwords},
    session::Lifetimes,
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
        let database = open_database(&config).await?;
        refuse_other_schema(&config, &database).await?;
        let cookie_key = CookieKey::open(&config)?;
        let passwords = Passwords::new(Parameters::from(config.password)).map_err(|complaint| StartError::Database {
            database: "password".to_owned(),
            complaint: complaint.to_string(),
        })?;
        let settings = SettingsCache::default();
        Ok(Self(Arc::new(Shared { config, database, passwords, settings, cookie_key, clock })))
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

    /// The key of the session cookie.
    #[must_use]
    pub fn cookie_key(&self) -> Key {
        Key::from(self.0.cookie_key.expose())
    }

    #[must_use]
    pub fn lifetimes(&self) -> Lifetimes {
        let life = self.0.config.session;
        Lifetimes {
            member_idle: life.member_idle,
            member_absolute: life.member_absolute,
            staff_idle: life.staff_idle,
            staff_absolute: life.staff_absolute,
        }
    }

    /// Closes the database in order.
    pub async fn close(self) {
        if let Err(error) = self.0.database.clone().close().await {
            tracing::error!(cause = %error, "the database was not closed in order");
        }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("App")
    }
}

/// Opens the configured database, whatever state its schema is in.
///
/// # Errors
/// It does not answer, refuses, or is no database.
pub async fn open_database(config: &Config) -> Result<Database, StartError> {
    let opened = match &config.data.database {
        DatabaseSetting::Sqlite { file } => Database::open_sqlite(file, config.data.connections).await,
        DatabaseSetting::Postgres { address, .. } => Database::open_postgres(address.expose(), config.data.connections).await,
    };
    opened.map_err(|error| StartError::Database {
        database: config.data.database.describe(),
        complaint: format!("{error}. Check that it runs, that the address is right and that the disk has room."),
    })
}

async fn refuse_other_schema(config: &Config, database: &Database) -> Result<(), StartError> {
    let described = config.data.database.describe();
    match database.schema_status().await {
        Ok(status) if status.pending > 0 => Err(StartError::SchemaBehind { database: described, pending: status.pending }),
        Ok(_) => Ok(()),
        Err(error) => Err(StartError::Database { database: described, complaint: format!("{error}.") }),
    }
}
