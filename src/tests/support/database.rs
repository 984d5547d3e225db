//! A database for one test: a SQLite file in the test's folder, or, where `LOCUTORY_TEST_DATABASE`
//! names a PostgreSQL server, a database of the test's own there, which goes when the test ends.

use std::thread;

use sea_orm::{ConnectionTrait, Database};
use url::Url;

const SERVER: &str = "LOCUTORY_TEST_DATABASE";

#[derive(Debug)]
pub enum TestDatabase {
    Sqlite,
    Postgres { server: String, name: String },
}

impl TestDatabase {
    pub async fn make() -> Self {
        let Ok(server) = std::env::var(SERVER) else { return Self::Sqlite };
        let name = format!("locutory_test_{:016x}", rand::random::<u64>());
        tell(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        Self::Postgres { server, name }
    }

    /// The value of `data.database` that leads here.
    pub fn setting(&self) -> String {
        match self {
            Self::Sqlite => "sqlite".to_owned(),
            Self::Postgres { server, name } => {
                let mut address = Url::parse(server).expect("the server's address is a URL");
                address.set_path(name);
                address.to_string()
            }
        }
    }
}

impl Drop for TestDatabase {
    /// On a thread of its own, as a test's runtime cannot be waited for inside itself.
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            let (server, statement) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
            let dropped = thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(tell(&server, &statement));
            });
            // A database that stays behind ends with its server; the test's own verdict must not change.
            drop(dropped.join());
        }
    }
}

async fn tell(server: &str, statement: &str) {
    let connection = Database::connect(server).await.unwrap();
    connection.execute_unprepared(statement).await.unwrap();
    connection.close().await.unwrap();
}
