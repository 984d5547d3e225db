//! A certificate chain and its private key, from two PEM files to what rustls serves.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{InconsistentKeys, ServerConfig};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::{CERTIFICATE_SETTING, KEY_SETTING, profile};
use crate::server::config::private_file::{self, Sharing};
use crate::server::start_error::StartError;

#[derive(Debug)]
pub struct PairFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// The bytes of both files at one moment.
pub struct Pair {
    certificate_path: PathBuf,
    key_path: PathBuf,
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

/// Tells one content of the two files from another.
pub type Fingerprint = [u8; 32];

impl PairFiles {
    pub fn of_operator(certificate: &Path, key: &Path) -> Self {
        Self { certificate: certificate.to_owned(), key: key.to_owned() }
    }

    /// # Errors
    /// When one of the files cannot be read, or others than its owner's group can read the key.
    pub fn read(&self) -> Result<Pair, StartError> {
        Ok(Pair {
            certificate: read(CERTIFICATE_SETTING, &self.certificate)?,
            key: read_key(&self.key)?,
            certificate_path: self.certificate.clone(),
            key_path: self.key.clone(),
        })
    }

    /// Everything that is wrong: one problem per file that cannot be read, or that they do not fit.
    pub fn problems(&self) -> Vec<StartError> {
        let unreadable: Vec<StartError> =
            [read(CERTIFICATE_SETTING, &self.certificate).err(), read_key(&self.key).err()].into_iter().flatten().collect();
        if unreadable.is_empty() {
            let unfit = self.read().and_then(|pair| pair.server_config()).err();
            return unfit.into_iter().collect();
        }
        unreadable
    }
}

/// A key that every user of the machine can copy is no secret any more: refused, as every other secret is.
fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, StartError> {
    let unread = |cause: &io::Error| refuse(KEY_SETTING, path, unreadable(cause));
    let mut file = File::open(path).map_err(|cause| unread(&cause))?;
    let excess = private_file::excess_permissions(&file, Sharing::GroupReads).map_err(|cause| unread(&cause))?;
    if let Some(mode) = excess {
        let complaint = format!(
            "can be read by other users of this machine (its mode is {mode:o}). Run `chmod 600` on it, or `chmod 640` where \
             the user that runs Locutory reads it by its group; issue a new certificate if others may have copied it."
        );
        return Err(refuse(KEY_SETTING, path, complaint));
    }
    let mut key = Zeroizing::new(Vec::new());
    file.read_to_end(&mut key).map_err(|cause| unread(&cause))?;
    Ok(key)
}

fn unreadable(cause: &io::Error) -> String {
    format!("cannot be read: {cause}. Give the user that runs Locutory the right to read it.")
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|cause| refuse(setting, path, unreadable(&cause)))
}

fn refuse(setting: &'static str, path: &Path, complaint: impl Into<String>) -> StartError {
    StartError::File { setting, path: path.to_owned(), complaint: complaint.into() }
}

impl Pair {
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut digest = Sha256::new();
        digest.update(Sha256::digest(&self.certificate));
        digest.update(Sha256::digest(&self.key));
        digest.finalize().into()
    }

    /// # Errors
    /// When the files are not PEM, or the key does not fit the certificate.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, StartError> {
        let key = CertifiedKey::from_der(self.chain()?, self.private_key()?, &rustls::crypto::ring::default_provider())
            .map_err(|cause| self.refuse_key(&cause))?;
        let config = profile::server_config(Arc::new(SingleCertAndKey::from(key))).map_err(|cause| self.refuse_key(&cause))?;
        Ok(Arc::new(config))
    }

    /// What the leaf says of itself.
    ///
    /// # Errors
    /// When the file holds no certificate.
    pub fn certificate(&self) -> Result<Certificate, StartError> {
        let chain = self.chain()?;
        chain.first().and_then(Certificate::read).ok_or_else(|| self.refuse_certificate())
    }

    /// # Errors
    /// When the file holds no certificate.
    pub fn chain(&self) -> Result<Vec<CertificateDer<'static>>, StartError> {
        let chain = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| self.refuse_certificate())?;
        if chain.is_empty() {
            return Err(self.refuse_certificate());
        }
        Ok(chain)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, StartError> {
        PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| {
            let complaint = "holds no unencrypted private key in PEM form (it begins with \
                             \"-----BEGIN PRIVATE KEY-----\" or the like). Name the file that does.";
            refuse(KEY_SETTING, &self.key_path, complaint)
        })
    }

    fn refuse_certificate(&self) -> StartError {
        let complaint = "holds no certificate in PEM form (it begins with \"-----BEGIN \
                         CERTIFICATE-----\"). Name the file with the full chain.";
        refuse(CERTIFICATE_SETTING, &self.certificate_path, complaint)
    }

    fn refuse_key(&self, cause: &rustls::Error) -> StartError {
        let certificate = self.certificate_path.display();
        let complaint = match cause {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => format!(
                "is not the key of the certificate in {certificate}. Name the two files that \
                 belong together."
            ),
            _ => format!(
                "and the certificate in {certificate} cannot be used together: {cause}. Issue \
                 them anew."
            ),
        };
        refuse(KEY_SETTING, &self.key_path, complaint)
    }
}
