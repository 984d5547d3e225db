//! What lies outside the database: keys and the pepper.

use base64::{Engine, engine::general_purpose::STANDARD};
use tempfile::TempDir;

use super::planted::Planted;
use crate::server::config::{
    Config,
    keys::{CookieKeys, data::DataKeys, pepper},
    private_file::{self, Existing},
};

/// A file with one pepper; its path as the settings have it.
pub fn write_pepper(folder: &TempDir) -> String {
    let path = folder.path().join("pepper.keys");
    let line = format!("00c0ffee {}\n", STANDARD.encode(rand::random::<[u8; 32]>()));
    private_file::write(&path, line.as_bytes(), Existing::Keep).unwrap();
    path.display().to_string()
}

/// All of them as the program has them.
pub fn planted(config: &Config) -> [Planted; 5] {
    let pepper = pepper::open(config).unwrap().unwrap();
    let (cookies, data) = (CookieKeys::open(config).unwrap(), DataKeys::open(config).unwrap());
    let key = cookies.current();
    [
        Planted::bytes("the pepper", pepper.current().expose()),
        Planted::bytes("the cookie key", key.master()),
        Planted::bytes("the half of the cookie key that encrypts", key.encryption()),
        Planted::bytes("the secret of tallies", &**cookies.tallies()),
        Planted::bytes("the data key", data.current().expose()),
    ]
}
