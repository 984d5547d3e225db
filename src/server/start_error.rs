//! Why the program cannot start or a command cannot be carried out, told to the operator. Every
//! variant names the setting, file or table at fault and says what would cure it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

use super::config::{Endpoint, Problems};

#[derive(Debug, Error)]
pub enum StartError {
    #[error("the configuration cannot be used:\n{0}")]
    Configuration(#[from] Problems),

    #[error(
        "data.folder: {} cannot be written: {cause}. Give the user that runs Locutory the right \
         to write there and some free space, or choose another folder with data.folder or --data.",
        path.display()
    )]
    DataFolder { path: PathBuf, cause: io::Error },

    #[error(
        "data.folder: {} is in use by another Locutory{holder}. Two processes on one SQLite \
         database would harm it: stop the other one, or choose another folder with data.folder or \
         --data.",
        path.display()
    )]
    DataFolderInUse {
        path: PathBuf,
        /// Such as ` (process 4711)`, or empty while unknown.
        holder: String,
    },

    /// A file of ours or of the operator's that cannot be used as it is. `complaint` is a sentence
    /// with the cure.
    #[error("{setting}: {} {complaint}", path.display())]
    File { setting: &'static str, path: PathBuf, complaint: String },

    #[error("{setting}: cannot listen on {address}: {}.", why_not_listening(address, cause))]
    Listener { setting: &'static str, address: Endpoint, cause: io::Error },

    /// A setting that reads well but cannot be used.
    #[error("{setting}: {complaint}")]
    Setting { setting: &'static str, complaint: String },

    /// The database did not answer, or refused us.
    #[error("data.database: {database} cannot be used: {complaint}")]
    Database {
        /// What it is and where, without its password.
        database: String,
        complaint: String,
    },

    #[error(
        "data.database: the tables of {database} are {pending} migration(s) behind this version. \
         Run `locutory migrate up`, or start with `locutory serve --migrate`; take a backup first."
    )]
    SchemaBehind { database: String, pending: usize },

    #[error(
        "data.database: {database} was migrated by a newer version of Locutory (migration \
         {newest} is not known here). Start that version, or restore a backup."
    )]
    SchemaAhead { database: String, newest: String },

    #[error("serving has stopped: {0}.")]
    Serving(io::Error),
}

fn why_not_listening(address: &Endpoint, cause: &io::Error) -> String {
    match address {
        Endpoint::Network(address) => why_not_on_port(*address, cause),
        Endpoint::Socket(_) => why_not_on_socket(cause),
        Endpoint::Inherited => format!(
            "the service manager hands over no such socket ({cause}). Start the socket unit (systemd.socket(5)), with a socket \
             for pages and, for listen.redirect_address, a second one whose FileDescriptorName is redirect"
        ),
    }
}

fn why_not_on_socket(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::AddrInUse => "another program serves this socket. Stop that program, or choose another path".to_owned(),
        io::ErrorKind::AlreadyExists => {
            "something else than a socket stands at this path. Move it away, or choose another path".to_owned()
        }
        _ => format!(
            "{cause}. The folder must be there, and the user that runs Locutory must have the right to write to it (systemd \
             makes one by RuntimeDirectory=)"
        ),
    }
}

fn why_not_on_port(address: SocketAddr, cause: &io::Error) -> String {
    let port = address.port();
    match cause.kind() {
        io::ErrorKind::AddrInUse => {
            format!("another program uses port {port} already. Stop that program, or choose another port")
        }
        io::ErrorKind::PermissionDenied => format!(
            "the system does not let this user have port {port}. Choose a port from 1024 upwards, \
             or give the program the right (on Linux: the capability CAP_NET_BIND_SERVICE)"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine has no address {}. Choose one that it has", address.ip())
        }
        _ => format!("{cause}. Choose another address"),
    }
}
