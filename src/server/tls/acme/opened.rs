//! What the settings of ACME name outside the configuration, read and checked: roots and the key of
//! an account elsewhere.

use std::fmt;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::asking::Asking;
use crate::accounts::model::Secret;
use crate::server::config::acme::{Acme, BindingKey};
use crate::server::config::catalogue::{TLS_ACME_CA_FILE, TLS_ACME_DIRECTORY, TLS_ACME_EAB_HMAC_KEY, TLS_ACME_EAB_HMAC_KEY_FILE};
use crate::server::config::keys::{SecretFile, quality};
use crate::server::config::private_file::Sharing;
use crate::server::start_error::StartError;

#[derive(Clone)]
pub struct Opened {
    pub asking: Asking,
    /// Key id and HMAC key.
    pub binding: Option<(String, Zeroizing<Vec<u8>>)>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Opened").finish_non_exhaustive()
    }
}

/// Far more than any key has; a file beyond it is not one.
const LONGEST_KEY: usize = 4 * 1_024;

impl Opened {
    /// # Errors
    /// When a file cannot be read, is open to others, or does not hold what it should.
    pub fn open(settings: &Acme) -> Result<Self, StartError> {
        let roots = settings.ca_file.as_deref().map(read_roots).transpose()?.unwrap_or_default();
        let asking = Asking::new(roots).map_err(|cause| StartError::Setting {
            setting: TLS_ACME_DIRECTORY.key,
            complaint: format!(
                "cannot be asked: {cause}. Install the system's root certificates, or name some with tls.acme_ca_file."
            ),
        })?;
        let binding = settings.binding.as_ref().map(|binding| {
            let key = match &binding.key {
                BindingKey::Text(text) => {
                    decode(text).map_err(|complaint| StartError::Setting { setting: TLS_ACME_EAB_HMAC_KEY.key, complaint })
                }
                BindingKey::File(path) => read_key(path),
            };
            key.map(|key| (binding.key_id.clone(), key))
        });
        Ok(Self { asking, binding: binding.transpose()? })
    }
}

fn decode(text: &Secret) -> Result<Zeroizing<Vec<u8>>, String> {
    if let Some(flaw) = quality::flaw_of_text(text.expose()) {
        return Err(format!("{flaw}. Copy the key from the authority's page as it stands there."));
    }
    let text = Zeroizing::new(text.expose().trim().trim_end_matches('=').replace('+', "-").replace('/', "_"));
    match BASE64_URL_SAFE_NO_PAD.decode(text.as_bytes()) {
        Ok(key) if !key.is_empty() => Ok(Zeroizing::new(key)),
        _ => Err("is no key in base64url. Copy it from the authority's page as it stands there.".to_owned()),
    }
}

fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, StartError> {
    let file = SecretFile {
        setting: TLS_ACME_EAB_HMAC_KEY_FILE.key,
        path,
        sharing: Sharing::GroupReads,
        holds: "holds the key of an account with the authority; ask the authority for another one if others may have read it",
    };
    let text = file.read_text(LONGEST_KEY)?;
    decode(&Secret::new(text.trim().to_owned())).map_err(|complaint| file.refusal(complaint))
}

fn read_roots(path: &Path) -> Result<Vec<reqwest::Certificate>, StartError> {
    let refuse = |complaint: String| StartError::File { setting: TLS_ACME_CA_FILE.key, path: path.to_owned(), complaint };
    let bytes = fs::read(path)
        .map_err(|cause| refuse(format!("cannot be read: {cause}. Give the user that runs Locutory the right to read it.")))?;
    match reqwest::Certificate::from_pem_bundle(&bytes) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(refuse("holds no certificates in PEM form. Name the file with the authority's roots.".to_owned())),
    }
}
