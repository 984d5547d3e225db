//! The two doors to the database: readers and the writer.
//!
//! SQLite lets one connection write at a time. There is exactly one writer here, its transactions
//! begin IMMEDIATE (a transaction that reads first and then wants to write fails at once under WAL,
//! and no waiting helps), and everybody else reads: so nobody ever meets "database is locked". On
//! PostgreSQL both doors are the same pool.

use std::{path::Path, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

/// How long a request waits for a connection before it is turned away.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long SQLite itself waits for a lock held by another program, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// An open database.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

/// What a schema lacks or has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaStatus {
    pub applied: usize,
    pub pending: usize,
}

impl Database {
    /// Opens a SQLite file, making it where there is none.
    ///
    /// # Errors
    /// The file cannot be opened or is no SQLite database.
    pub async fn open_sqlite(file: &Path, readers: u32) -> Result<Self, DbErr> {
        let address = format!("sqlite://{}?mode=rwc", file.display());
        let writer = sea_orm::Database::connect(sqlite(&address, 1)).await?;
        let reader = sea_orm::Database::connect(sqlite(&address, readers)).await?;
        Ok(Self { reader, writer })
    }

    /// Opens a PostgreSQL database by its address.
    ///
    /// # Errors
    /// The server does not answer or refuses.
    pub async fn open_postgres(address: &str, connections: u32) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(address.to_owned());
        options.max_connections(connections).acquire_timeout(PATIENCE).connect_timeout(PATIENCE).sqlx_logging(false);
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
        let options =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
        self.writer.begin_with_options(options).await
    }

    /// # Errors
    /// The database does not answer.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.execute_unprepared("SELECT 1").await.map(drop)
    }

    /// # Errors
    /// The history of migrations cannot be read.
    pub async fn schema_status(&self) -> Result<SchemaStatus, DbErr> {
        let pending = Migrator::get_pending_migrations(&self.writer).await?.len();
        let applied = Migrator::get_applied_migrations(&self.writer).await?.len();
        Ok(SchemaStatus { applied, pending })
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
                .optimize_on_close(true, None)
        });
    options
}
