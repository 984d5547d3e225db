//! The two doors to the database: readers and the writer.
//!
//! SQLite lets one connection write at a time. There is exactly one writer here, its transactions
//! begin IMMEDIATE (a transaction that reads first and then wants to write fails at once under WAL,
//! and no waiting helps), and everybody else reads: so nobody ever meets "database is locked". On
//! PostgreSQL both doors are the same pool.

mod postgres;

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use migration::{Migrator, MigratorTrait, sea_orm_migration::migrator::MigrationStatus};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use postgres::Protection;

use crate::server::{
    config::{Data, Database as Setting, catalogue::DATA_DATABASE},
    start_error::StartError,
};

/// How long a request waits for a connection before it is turned away.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long SQLite itself waits for a lock held by another program, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Changes that happen together or not at all.
pub type Transaction = DatabaseTransaction;

/// An open database.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

/// One step of the schema's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    pub name: String,
    pub state: MigrationState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationState {
    Applied,
    Pending,
}

impl Database {
    /// Opens a SQLite file, making it where there is none.
    ///
    /// # Errors
    /// The file cannot be opened or is no SQLite database.
    pub async fn open_sqlite(file: &Path, readers: u32) -> Result<Self, DbErr> {
        make_private(file).map_err(|cause| DbErr::Custom(cause.to_string()))?;
        let address = format!("sqlite://{}?mode=rwc", file.display());
        let writer = sea_orm::Database::connect(sqlite(&address, 1)).await?;
        let reader = sea_orm::Database::connect(sqlite(&address, readers)).await?;
        Ok(Self { reader, writer })
    }

    /// Opens a PostgreSQL database by its address.
    ///
    /// # Errors
    /// The server does not answer or refuses.
    async fn open_postgres(address: &str, protection: Protection, connections: u32) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(address.to_owned());
        options.max_connections(connections).acquire_timeout(PATIENCE).connect_timeout(PATIENCE).sqlx_logging(false);
        options.map_sqlx_postgres_opts(move |options| protection.apply(options));
        let pool = sea_orm::Database::connect(options).await?;
        Ok(Self { reader: pool.clone(), writer: pool })
    }

    /// For queries that change nothing.
    #[must_use]
    pub const fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single statements that change something.
    #[must_use]
    pub const fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// No connection became free in time, or the database is gone.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }

    /// Connections that are open, and how many of them wait for work, over both doors.
    #[must_use]
    pub fn connections(&self) -> (u32, u32) {
        let of = |(open, idle): (u32, usize)| (open, u32::try_from(idle).unwrap_or(u32::MAX));
        if self.reader.get_database_backend() != DbBackend::Sqlite {
            let pool = self.reader.get_postgres_connection_pool();
            return of((pool.size(), pool.num_idle()));
        }
        let doors = [&self.reader, &self.writer].map(DatabaseConnection::get_sqlite_connection_pool);
        of(doors.iter().fold((0, 0), |(open, idle), pool| (open + pool.size(), idle + pool.num_idle())))
    }

    /// # Errors
    /// The database does not answer.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.execute_unprepared("SELECT 1").await.map(drop)
    }

    /// The migrations in their order, each with its state.
    ///
    /// # Errors
    /// The history of migrations cannot be read.
    pub async fn migrations(&self) -> Result<Vec<Migration>, DbErr> {
        let migrations = Migrator::get_migration_with_status(&self.writer).await?;
        Ok(migrations
            .iter()
            .map(|migration| Migration {
                name: migration.name().to_owned(),
                state: match migration.status() {
                    MigrationStatus::Applied => MigrationState::Applied,
                    MigrationStatus::Pending => MigrationState::Pending,
                },
            })
            .collect())
    }

    /// Applies every pending migration.
    ///
    /// # Errors
    /// A migration fails; those before it stay applied.
    pub async fn migrate_up(&self) -> Result<(), DbErr> {
        Migrator::up(&self.writer, None).await
    }

    /// Takes back the last `steps` migrations, and the data in what they made.
    ///
    /// # Errors
    /// A migration fails; those taken back before it stay taken back.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), DbErr> {
        Migrator::down(&self.writer, Some(steps)).await
    }

    /// Waits for what is under way and closes all connections.
    ///
    /// # Errors
    /// A connection cannot be closed in order.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// Opens the configured database, whatever state its schema is in.
///
/// # Errors
/// It does not answer, refuses, or is no database.
pub async fn open(data: &Data) -> Result<Database, StartError> {
    let protection = check(data)?;
    let opened = match &data.database {
        Setting::Sqlite { file } => Database::open_sqlite(file, data.connections).await,
        Setting::Postgres { address, .. } => Database::open_postgres(address.expose(), protection, data.connections).await,
    };
    opened.map_err(|cause| unusable(data, &cause))
}

/// Whether the way to the database is protected as it must be, without going it.
///
/// # Errors
/// It is not.
pub fn check(data: &Data) -> Result<Protection, StartError> {
    match &data.database {
        Setting::Sqlite { .. } => Ok(Protection::AsWritten),
        Setting::Postgres { address, network, .. } => postgres::protection(address, *network)
            .map_err(|complaint| StartError::Setting { setting: DATA_DATABASE.key, complaint }),
    }
}

/// What is wrong with the configured database, for the operator.
#[must_use]
pub fn unusable(data: &Data, cause: &DbErr) -> StartError {
    StartError::Database {
        database: data.database.describe(),
        complaint: format!(
            "{cause}. Check that it runs, that the address and the password are right, and that its disk has room."
        ),
    }
}

/// Applies every pending migration; returns their names.
///
/// # Errors
/// The database cannot be used, or a migration fails.
pub async fn migrate_up(data: &Data) -> Result<Vec<String>, StartError> {
    changed(data, MigrationState::Applied, async |database| database.migrate_up().await).await
}

/// Takes back the last `steps` migrations with all they hold; returns their names.
///
/// # Errors
/// The database cannot be used, or a migration fails.
pub async fn migrate_down(data: &Data, steps: u32) -> Result<Vec<String>, StartError> {
    changed(data, MigrationState::Pending, async |database| database.migrate_down(steps).await).await
}

/// # Errors
/// The database cannot be used.
pub async fn migration_status(data: &Data) -> Result<Vec<Migration>, StartError> {
    let database = open(data).await?;
    let migrations = database.migrations().await;
    close(database).await;
    migrations.map_err(|cause| unusable(data, &cause))
}

/// Runs a change of the schema and names the migrations that are in another state after it.
async fn changed(
    data: &Data,
    new: MigrationState,
    change: impl AsyncFnOnce(&Database) -> Result<(), DbErr>,
) -> Result<Vec<String>, StartError> {
    let database = open(data).await?;
    let names = async {
        let before = database.migrations().await?;
        change(&database).await?;
        let after = database.migrations().await?;
        let has_changed = |migration: &Migration| migration.state == new && !before.contains(migration);
        Ok(after.into_iter().filter(has_changed).map(|migration| migration.name).collect())
    };
    let names = names.await;
    close(database).await;
    names.map_err(|cause| unusable(data, &cause))
}

async fn close(database: Database) {
    if let Err(cause) = database.close().await {
        tracing::warn!(%cause, "the database was not closed in order");
    }
}

/// Makes the file where there is none, for the eyes of its owner only; SQLite gives the files beside it
/// the same mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(file).map(drop)
}

fn sqlite(address: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(address.to_owned());
    options
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .sqlx_logging(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("cache_size", "-16000")
                // What is deleted is overwritten: whoever leaves must not stay readable in the file.
                .pragma("secure_delete", "ON")
                // What does not fit is sorted in memory: a sandboxed program has no other place.
                .pragma("temp_store", "2")
                .optimize_on_close(true, None)
        });
    options
}
