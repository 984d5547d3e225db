//! Where the data lives: one folder, and SQLite inside it or PostgreSQL elsewhere.

use std::path::{Path, PathBuf};

use url::Url;
use zeroize::Zeroizing;

use super::catalogue::{DATA_CONNECTIONS, DATA_DATABASE, DATA_FOLDER, DATA_NETWORK};
use super::keys::quality;
use super::reader::{MASK, Reader};
use crate::accounts::model::Secret;

#[derive(Clone, Debug)]
pub struct Data {
    pub folder: PathBuf,
    pub database: Database,
    /// Connections that read at the same time; on PostgreSQL as many again may write.
    pub connections: u32,
}

#[derive(Clone, Debug)]
pub enum Database {
    Sqlite {
        file: PathBuf,
    },
    Postgres {
        /// A `postgres://` address with its password.
        address: Secret,
        /// The same with the password masked, for people to read.
        masked: String,
        network: Network,
    },
}

impl Database {
    /// What it is and where, for an operator. Holds no password.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("SQLite, {}", file.display()),
            Self::Postgres { masked, .. } => format!("PostgreSQL, {masked}"),
        }
    }
}

/// What the operator says of the network between here and the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Somebody may listen or answer in the database's place: its certificate must be verified.
    Untrusted,
    /// Nobody else can reach it, which is the operator's word.
    Trusted,
}

/// The database as it was written, before the folder is known.
enum Choice {
    Sqlite,
    Postgres { address: Secret, masked: String },
}

impl Data {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let folder = reader.text(&DATA_FOLDER, |text| {
            let absolute = std::path::absolute(text);
            absolute.map_err(|cause| format!("cannot be made an absolute path: {cause}."))
        });
        let choice = reader.text(&DATA_DATABASE, parse_database);
        let shown = match &choice {
            Choice::Sqlite => "sqlite".to_owned(),
            Choice::Postgres { masked, .. } => masked.clone(),
        };
        reader.show_instead(&DATA_DATABASE, shown);
        let network = reader.text(&DATA_NETWORK, |text| match text {
            "untrusted" => Ok(Network::Untrusted),
            "trusted" => Ok(Network::Trusted),
            _ => Err(format!("must be \"untrusted\" or \"trusted\", not {text:?}.")),
        });
        let connections = reader.number(&DATA_CONNECTIONS, 1..=1_000);
        Self {
            database: locate(choice, &folder, network),
            folder,
            connections: u32::try_from(connections).expect("the range ends at 1,000"),
        }
    }
}

fn locate(choice: Choice, folder: &Path, network: Network) -> Database {
    match choice {
        Choice::Sqlite => Database::Sqlite { file: folder.join("locutory.db") },
        Choice::Postgres { address, masked } => Database::Postgres { address, masked, network },
    }
}

/// Complaints do not quote what was written, as it may hold a password.
fn parse_database(text: &str) -> Result<Choice, String> {
    const EXPECTED: &str = "must be \"sqlite\" or an address such as postgres://user:password@host:5432/locutory";
    if text == "sqlite" {
        return Ok(Choice::Sqlite);
    }
    let url = Url::parse(text).map_err(|cause| format!("{EXPECTED} ({cause})."))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(format!("{EXPECTED}."));
    }
    if url.path().trim_matches('/').is_empty() {
        return Err(format!("{EXPECTED}: the name of the database is missing."));
    }
    let password = url.password().map(percent_decode);
    let in_query = url.query_pairs().find(|(name, _)| name == "password").map(|(_, password)| password.into_owned().into());
    if let Some(flaw) = password.or(in_query).and_then(|password: Zeroizing<String>| quality::flaw_of_text(&password)) {
        return Err(format!("has a password that {flaw}. Give the account one of its own, such as: openssl rand -hex 32."));
    }
    let masked = mask(&url);
    Ok(Choice::Postgres { address: Secret::new(text.to_owned()), masked })
}

/// A password as an address writes it, in clear.
fn percent_decode(written: &str) -> Zeroizing<String> {
    let query = Zeroizing::new(format!("p={}", written.replace('+', "%2B").replace('&', "%26")));
    let decoded = form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned());
    Zeroizing::new(decoded.unwrap_or_default())
}

/// Leaves out the query too, where drivers also take passwords.
fn mask(url: &Url) -> String {
    let mut masked = url.clone();
    masked.set_query(None);
    masked.set_fragment(None);
    if masked.password().is_some() && masked.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    masked.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_database_is_never_described() {
        let written = "postgres://locutory:hunter2@db.example:5432/talk?password=hunter3";
        let Ok(Choice::Postgres { address, masked }) = parse_database(written) else {
            panic!("the address was refused");
        };
        assert_eq!(address.expose(), written);
        let database = Database::Postgres { address, masked, network: Network::Untrusted };
        assert_eq!(database.describe(), "PostgreSQL, postgres://locutory:********@db.example:5432/talk");
        assert!(!format!("{database:?}").contains("hunter"));
    }

    #[test]
    fn a_password_from_an_example_is_refused_however_it_is_written() {
        for written in [
            "postgres://u:password@h/d",
            "postgres://u:pass%77ord@h/d",
            "postgres://u:changeme@h/d",
            "postgres://h/d?password=secret",
        ] {
            assert!(parse_database(written).is_err_and(|said| said.contains("example")), "{written}");
        }
        for written in ["postgres://u:k&Jd83hq@h/d", "postgres://u:secret&8f3a@h/d", "postgres://u:k%26Jd83hq@h/d"] {
            assert!(parse_database(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn a_refused_database_address_is_not_quoted() {
        for written in ["mysql://u:hunter2@h/d", "postgres://u:hunter2@h", "postgres://u:hunter2@h:port/d"] {
            let Err(complaint) = parse_database(written) else {
                panic!("{written} was taken");
            };
            assert!(!complaint.contains("hunter2"), "{complaint}");
        }
    }
}
