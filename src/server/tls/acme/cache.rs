//! What is kept of accounts, orders and certificates, in the folder `tls/acme` of the data folder.
//!
//! **Promises.** Only our own user can look into it. Each file appears whole or not at all, and key
//! and certificate are one file, so they always fit. What cannot be understood is put aside, told,
//! and made anew; it never stops the server.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use instant_acme::AccountCredentials;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::certificate::Certificate;
use super::super::state::State;
use super::fault::Fault;
use crate::accounts::model::Secret;
use crate::server::config::private_file::{self, Existing};

const CERTIFICATE: &str = "certificate.json";
const ORDER: &str = "order.json";
const STATE: &str = "state.json";

#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

/// A certificate with its key, and who was asked for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Issued {
    pub directory: String,
    /// PEM, the leaf first.
    pub chain: String,
    /// PEM.
    pub key: Secret,
}

/// An order that has been placed and not been seen through.
#[derive(Debug, Serialize, Deserialize)]
pub struct Placed {
    pub directory: String,
    pub names: Vec<String>,
    pub address: String,
    /// PEM; what the certificate will be for.
    pub key: Secret,
}

#[derive(Serialize, Deserialize)]
pub struct Registered {
    pub contact: Option<String>,
    pub credentials: AccountCredentials,
}

impl Cache {
    pub fn of(data_folder: &Path) -> Self {
        Self(data_folder.join("tls").join("acme"))
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// # Errors
    /// When it cannot be made, or not be closed to others.
    pub fn prepare(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700))
    }

    pub fn issued(&self) -> Option<(Issued, Usable)> {
        let issued: Issued = self.read(CERTIFICATE)?;
        match Usable::of(&issued) {
            Ok(usable) => Some((issued, usable)),
            Err(fault) => {
                self.put_aside(CERTIFICATE, &fault.to_string());
                None
            }
        }
    }

    /// Like [`Self::issued`], and touches nothing.
    pub fn look_at_issued(&self) -> Option<(Issued, Usable)> {
        let issued: Issued = self.look_at(CERTIFICATE)?;
        let usable = Usable::of(&issued).ok()?;
        Some((issued, usable))
    }

    /// Like [`Self::state`], and touches nothing.
    pub fn look_at_state(&self) -> Option<State> {
        self.look_at(STATE)
    }

    fn look_at<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&Zeroizing::new(fs::read(self.0.join(name)).ok()?)).ok()
    }

    pub fn keep_issued(&self, issued: &Issued) -> io::Result<()> {
        self.write(CERTIFICATE, issued)
    }

    pub fn placed(&self) -> Option<Placed> {
        self.read(ORDER)
    }

    pub fn keep_placed(&self, placed: &Placed) -> io::Result<()> {
        self.write(ORDER, placed)
    }

    pub fn forget_placed(&self) {
        self.remove(ORDER);
    }

    /// The account with one authority; those with others stay for a change back.
    pub fn registered(&self, directory: &str) -> Option<Registered> {
        self.read(&account_file(directory))
    }

    pub fn keep_registered(&self, directory: &str, registered: &Registered) -> io::Result<()> {
        self.write(&account_file(directory), registered)
    }

    pub fn forget_registered(&self, directory: &str) {
        self.remove(&account_file(directory));
    }

    pub fn state(&self) -> Option<State> {
        self.read(STATE)
    }

    pub fn keep_state(&self, state: &State) -> io::Result<()> {
        self.write(STATE, state)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let bytes = match fs::read(self.0.join(name)) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return None,
            Err(cause) => {
                self.put_aside(name, &cause.to_string());
                return None;
            }
        };
        let read = serde_json::from_slice(&bytes);
        // The message of the parser may quote a key.
        read.map_err(|cause| self.put_aside(name, &format!("it breaks off or is garbled at line {}", cause.line()))).ok()
    }

    fn put_aside(&self, name: &str, why: &str) {
        let (path, aside) = (self.0.join(name), self.0.join(format!("{name}.damaged")));
        let moved = fs::rename(&path, &aside);
        tracing::warn!(
            file = %path.display(), aside = %aside.display(), why, moved = moved.is_ok(),
            "a file about certificates cannot be used; it is put aside and made anew"
        );
    }

    fn write(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        let bytes = Zeroizing::new(serde_json::to_vec_pretty(value)?);
        private_file::write(&self.0.join(name), &bytes, Existing::Replace)
    }

    fn remove(&self, name: &str) {
        // What is not there need not go; what cannot go is overwritten later.
        drop(fs::remove_file(self.0.join(name)));
    }
}

fn account_file(directory: &str) -> String {
    let digest = Sha256::digest(directory);
    let short = digest.iter().take(8).fold(0_u64, |short, byte| (short << 8) | u64::from(*byte));
    format!("account-{short:016x}.json")
}

/// What was issued, in the form in which it can be served.
#[derive(Clone, Debug)]
pub struct Usable {
    pub certificate: Certificate,
    pub key: Arc<CertifiedKey>,
    /// The same for one certificate, and different for another: how far a renewal is moved.
    pub lot: u8,
}

impl Usable {
    /// # Errors
    /// When it is no certificate, or the key does not fit.
    pub fn of(issued: &Issued) -> Result<Self, Fault> {
        let chain = CertificateDer::pem_slice_iter(issued.chain.as_bytes()).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|_| Fault::Unfit)?;
        let certificate = chain.first().and_then(Certificate::read).ok_or(Fault::Unfit)?;
        let lot = chain.first().map_or(0, |leaf| Sha256::digest(leaf)[0]);
        let key = PrivateKeyDer::from_pem_slice(issued.key.expose().as_bytes()).map_err(|_| Fault::Unfit)?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider())?;
        Ok(Self { certificate, key: Arc::new(key), lot })
    }
}
