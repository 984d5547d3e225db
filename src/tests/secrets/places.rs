//! The four places in which no secret may stand: the database, the log, pages, addresses.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, OnceLock},
};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tracing_subscriber::util::SubscriberInitExt;

use crate::{
    server::{
        config::{Log, LogFormat},
        log::{self, Colour},
    },
    tests::{
        schema::{columns, tables},
        support::World,
    },
};

/// Every line that is logged from the first call on, by any thread, with the filter wide open.
#[derive(Clone, Default)]
pub struct LogLines(Arc<Mutex<Vec<u8>>>);

impl LogLines {
    /// A process has one log; tests that run in the same one share it.
    pub fn of_everything() -> Self {
        static LINES: OnceLock<LogLines> = OnceLock::new();
        let lines = LINES.get_or_init(|| {
            let lines = Self::default();
            let writer = lines.clone();
            let wanted = Log { format: LogFormat::Text, filter: "trace".to_owned() };
            log::subscriber(&wanted, Colour::Never, move || writer.clone()).try_init().expect("nothing else logs");
            lines
        });
        lines.clone()
    }

    pub fn written(&self) -> String {
        readable(&self.0.lock().unwrap())
    }
}

impl io::Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A column, and what stands in one of its rows.
pub type Cells = BTreeSet<(String, String)>;

/// Bytes as text in which they can be looked for: each is the character of its number.
pub fn readable(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// PostgreSQL writes bytes as text: `\x` and their digits.
fn unwrapped(bytes: Vec<u8>) -> Vec<u8> {
    let Some(digits) = bytes.strip_prefix(b"\\x") else { return bytes };
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect::<Option<_>>().unwrap_or(bytes)
}

/// Everything in the database, whatever its type, as bytes.
pub async fn database(world: &World) -> Cells {
    let database = world.app.database();
    let backend = database.reader().get_database_backend();
    let mut cells = Cells::new();
    for table in tables(database).await {
        for name in columns(database, &table).await.into_keys() {
            let query = match backend {
                DbBackend::Sqlite => format!("SELECT CAST(\"{name}\" AS BLOB) FROM {table} WHERE \"{name}\" IS NOT NULL"),
                _ => format!("SELECT convert_to(\"{name}\"::text, 'UTF8') FROM {table} WHERE \"{name}\" IS NOT NULL"),
            };
            let rows = database.reader().query_all_raw(Statement::from_string(backend, query)).await.unwrap();
            let bytes = rows.iter().map(|row| row.try_get_by_index::<Vec<u8>>(0).unwrap());
            cells.extend(bytes.map(|bytes| (format!("{table}.{name}"), readable(&unwrapped(bytes)))));
        }
    }
    cells
}
