//! Where certificates are ordered over ACME (RFC 8555), as whom, and how the authority may see that
//! the names are ours.

use std::path::PathBuf;

use url::{Host, Url};

use super::catalogue::{
    Setting, TLS_ACME_CA_FILE, TLS_ACME_CHALLENGE, TLS_ACME_CONTACT, TLS_ACME_DIRECTORY, TLS_ACME_EAB_HMAC_KEY,
    TLS_ACME_EAB_HMAC_KEY_FILE, TLS_ACME_EAB_KEY_ID, TLS_ACME_NAMES, TLS_ACME_TERMS_AGREED,
};
use super::origin::Origin;
use super::reader::Reader;
use crate::accounts::model::{EmailAddress, Secret};
use crate::valid::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    pub directory: Directory,
    pub contact: Option<EmailAddress>,
    /// Beside the site's own, in their ASCII form.
    pub names: Vec<String>,
    pub challenge: ChallengeKind,
    /// Roots in PEM form by which alone the directory is trusted.
    pub ca_file: Option<PathBuf>,
    pub binding: Option<Binding>,
}

/// The address at which an authority says where everything else is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory(Url);

/// How the authority sees that a name is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    /// By a certificate on the TLS listener itself (RFC 8737); the authority asks at port 443.
    TlsAlpn,
    /// By a file on the plain listener (RFC 8555, section 8.3); the authority asks at port 80.
    Http,
}

/// An account that the authority knows already, to which ours is bound (RFC 8555, section 7.3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub key_id: String,
    pub key: BindingKey,
}

/// Where the HMAC key is. It comes in base64url, as authorities hand it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingKey {
    Text(Secret),
    File(PathBuf),
}

const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";
/// Where people read what they agree to.
const LETS_ENCRYPT_TERMS: &str = "https://letsencrypt.org/repository/";

impl Directory {
    fn parse(text: &str) -> Result<Self, String> {
        let address = match text {
            "letsencrypt" => LETS_ENCRYPT,
            "letsencrypt-staging" => LETS_ENCRYPT_STAGING,
            written => written,
        };
        Url::parse(address).ok().filter(|url| url.scheme() == "https" && url.has_host()).map(Self).ok_or_else(|| {
            format!(
                "must be \"letsencrypt\", \"letsencrypt-staging\" (for trying out: browsers refuse its certificates), or the \
                 https:// address of another authority's directory, not {text:?}."
            )
        })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it is asked.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port().unwrap_or(443)
    }

    /// Where the terms are to be read, in words that end a sentence.
    fn terms(&self) -> String {
        match self.as_str() {
            LETS_ENCRYPT | LETS_ENCRYPT_STAGING => format!("stand at {LETS_ENCRYPT_TERMS}"),
            other => format!("are named in its directory, {other}, as \"termsOfService\""),
        }
    }
}

impl Acme {
    /// `None` when something is missing, or nothing of it is wanted.
    pub(super) fn read(reader: &mut Reader, wanted: bool) -> Option<Self> {
        let directory = reader.text(&TLS_ACME_DIRECTORY, Directory::parse);
        let terms_agreed = reader.optional_truth(&TLS_ACME_TERMS_AGREED) == Some(true);
        let acme = Self {
            contact: reader.optional_text(&TLS_ACME_CONTACT, parse_contact),
            names: reader.list(&TLS_ACME_NAMES, parse_name),
            challenge: reader.text(&TLS_ACME_CHALLENGE, parse_challenge),
            ca_file: reader.optional_text(&TLS_ACME_CA_FILE, parse_path),
            binding: read_binding(reader),
            directory,
        };
        if !wanted {
            acme.refuse_useless(reader);
            return None;
        }
        if !terms_agreed {
            let complaint = format!(
                "must be true, because tls.mode is \"acme\": the authority issues certificates only to those who agree to its \
                 terms. They {}. Read them, then set this.",
                acme.directory.terms()
            );
            reader.complain(&TLS_ACME_TERMS_AGREED, complaint);
        }
        Some(acme)
    }

    /// A setting that does nothing is a sign of a slip; one that says what holds anyway is none.
    fn refuse_useless(&self, reader: &mut Reader) {
        if reader.has_problem_in(&["tls"]) {
            return;
        }
        let with_defaults = [
            (&TLS_ACME_DIRECTORY, self.directory.as_str() != LETS_ENCRYPT),
            (&TLS_ACME_NAMES, !self.names.is_empty()),
            (&TLS_ACME_CHALLENGE, self.challenge != ChallengeKind::TlsAlpn),
        ];
        let useless = with_defaults.into_iter().filter(|(_, is_own)| *is_own).map(|(setting, _)| setting);
        let others = WITHOUT_DEFAULTS.into_iter().filter(|setting| reader.is_written(setting));
        for setting in useless.chain(others).collect::<Vec<_>>() {
            reader.complain(setting, "is of no use unless tls.mode is \"acme\". Set that, or remove this.");
        }
    }
}

static WITHOUT_DEFAULTS: [&Setting; 6] = [
    &TLS_ACME_TERMS_AGREED,
    &TLS_ACME_CONTACT,
    &TLS_ACME_CA_FILE,
    &TLS_ACME_EAB_KEY_ID,
    &TLS_ACME_EAB_HMAC_KEY,
    &TLS_ACME_EAB_HMAC_KEY_FILE,
];

fn read_binding(reader: &mut Reader) -> Option<Binding> {
    let key_id = reader.optional_text(&TLS_ACME_EAB_KEY_ID, |text| Ok(text.trim().to_owned()));
    if matches!(reader.origin(&TLS_ACME_EAB_HMAC_KEY), Some(Origin::File { .. })) {
        let complaint = format!(
            "must not stand in the configuration file, which many may read. Put it into a file of its own and name that with \
             {}, or into the variable {}.",
            TLS_ACME_EAB_HMAC_KEY_FILE.key,
            TLS_ACME_EAB_HMAC_KEY.variable()
        );
        reader.complain(&TLS_ACME_EAB_HMAC_KEY, complaint);
        return None;
    }
    let text = reader.optional_text(&TLS_ACME_EAB_HMAC_KEY, |text| Ok(Secret::new(text.trim().to_owned())));
    let file = reader.optional_text(&TLS_ACME_EAB_HMAC_KEY_FILE, parse_path);
    if text.is_some() && file.is_some() {
        reader.complain(&TLS_ACME_EAB_HMAC_KEY, format!("and {} are both set. Keep one.", TLS_ACME_EAB_HMAC_KEY_FILE.key));
    }
    match (key_id, text.map(BindingKey::Text).or(file.map(BindingKey::File))) {
        (Some(key_id), Some(key)) => Some(Binding { key_id, key }),
        (Some(_), None) => {
            let complaint = "must name the file with the HMAC key that belongs to tls.acme_eab_key_id.";
            reader.complain(&TLS_ACME_EAB_HMAC_KEY_FILE, complaint);
            None
        }
        (None, Some(_)) => {
            let complaint = "must be the key id that the authority gave together with the HMAC key.";
            reader.complain(&TLS_ACME_EAB_KEY_ID, complaint);
            None
        }
        (None, None) => None,
    }
}

fn parse_challenge(text: &str) -> Result<ChallengeKind, String> {
    match text {
        "tls-alpn-01" => Ok(ChallengeKind::TlsAlpn),
        "http-01" => Ok(ChallengeKind::Http),
        _ => Err(format!("must be \"tls-alpn-01\" or \"http-01\", not {text:?}.")),
    }
}

fn parse_contact(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|_| format!("must be a bare e-mail address, such as you@example.org, not {text:?}."))
}

fn parse_name(text: &str) -> Result<String, String> {
    match Host::parse(text) {
        Ok(Host::Domain(name)) if name.contains('.') && !name.contains('*') => Ok(name),
        _ => Err(format!(
            "must hold host names such as www.example.org, not {text:?}: names with a * need a challenge in the DNS, which \
             Locutory does not answer."
        )),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "readers take functions that can refuse")]
fn parse_path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

#[cfg(test)]
mod tests;
