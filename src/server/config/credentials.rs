//! Secrets that a service manager hands out as files in a folder of this service alone (systemd.exec(5),
//! `LoadCredential=`, `LoadCredentialEncrypted=`, `SetCredential=`). A file that is not known is refused,
//! because a misspelt name would otherwise be a secret that silently is not used.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::accounts::model::ProviderName;

use super::{
    catalogue::{
        self, DATA_DATABASE, MAIL_PASSWORD_FILE, PASSWORD_PEPPER_FILE, SECRETS_COOKIE_KEY_FILE, SECRETS_DATA_KEYS_FILE, Setting,
        TLS_ACME_EAB_HMAC_KEY_FILE, TLS_CERTIFICATE, TLS_KEY,
    },
    error::Problem,
    families,
    keys::SecretFile,
    origin::Origin,
    private_file::Sharing,
    sources::{Entries, Value, Written},
};

/// Names the folder.
pub const VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// Bytes: far more than an address has.
const LONGEST_TEXT: usize = 8 * 1_024;

/// How a credential becomes the value of a setting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// The setting names a file, and that is it.
    Path,
    /// The setting is what stands in it.
    Text,
}

const KNOWN: [(&str, &Setting, Use); 8] = [
    ("acme-eab-hmac-key", &TLS_ACME_EAB_HMAC_KEY_FILE, Use::Path),
    ("cookie-key", &SECRETS_COOKIE_KEY_FILE, Use::Path),
    ("data-keys", &SECRETS_DATA_KEYS_FILE, Use::Path),
    ("database-url", &DATA_DATABASE, Use::Text),
    ("mail-password", &MAIL_PASSWORD_FILE, Use::Path),
    ("pepper", &PASSWORD_PEPPER_FILE, Use::Path),
    ("tls-certificate", &TLS_CERTIFICATE, Use::Path),
    ("tls-key", &TLS_KEY, Use::Path),
];

pub(super) fn read(folder: &Path, entries: &mut Entries, problems: &mut Vec<Problem>) {
    let listed = fs::read_dir(folder).and_then(|files| files.map(|file| file.map(|file| file.path())).collect());
    let mut paths: Vec<PathBuf> = match listed {
        Ok(paths) => paths,
        Err(cause) => {
            let complaint = format!("names the folder {}, which cannot be read: {cause}.", folder.display());
            return problems.push(Problem::new(VARIABLE, None, complaint));
        }
    };
    paths.sort();
    for path in paths.iter().filter(|path| path.is_file()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match known(&name).map(|(setting, how)| (setting, value(setting, how, path))) {
            Some((setting, Ok(value))) => {
                entries.insert(setting.key, Written { value, origin: Origin::Credential(name) });
            }
            Some((setting, Err(complaint))) => {
                problems.push(Problem::new(setting.key, Some(Origin::Credential(name)), complaint));
            }
            None => problems.push(unknown(&name)),
        }
    }
}

fn known(name: &str) -> Option<(&'static Setting, Use)> {
    let listed = KNOWN.into_iter().find(|(known, ..)| *known == name).map(|(_, setting, how)| (setting, how));
    listed.or_else(|| {
        let provider = ProviderName::parse(name.strip_prefix("provider-")?.strip_suffix("-secret")?)?;
        Some((families::setting(&provider, "client_secret_file")?, Use::Path))
    })
}

fn value(setting: &'static Setting, how: Use, path: &Path) -> Result<Value, String> {
    if how == Use::Path {
        return Ok(Value::Text(path.display().to_string().into()));
    }
    let file = SecretFile { setting: setting.key, path, sharing: Sharing::GroupReads, holds: "holds a secret" };
    let text = file.read_text(LONGEST_TEXT).map_err(|refusal| refusal.to_string())?;
    Ok(Value::Text(text.trim().to_owned().into()))
}

fn unknown(name: &str) -> Problem {
    let complaint = if let Some(near) = catalogue::nearest(name, KNOWN.iter().map(|(known, ..)| *known)) {
        format!("is not a credential Locutory knows. Did you mean {near}?")
    } else {
        let known: Vec<_> = KNOWN.iter().map(|(known, ..)| *known).collect();
        format!("is not a credential Locutory knows. There are {} and provider-NAME-secret.", known.join(", "))
    };
    Problem::new(format!("credential {name}"), None, complaint)
}

#[cfg(test)]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    use super::super::{Config, Database, Sources, show};
    use super::*;

    /// As systemd writes them: readable by the service's user alone, or by its group under an access list.
    fn handed_out(files: &[(&str, &str)], mode: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        }
        folder
    }

    fn sources(folder: &tempfile::TempDir, pairs: &[(&str, &str)]) -> Sources {
        let environment = pairs.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let credentials = Some(folder.path().to_owned());
        Sources { file: super::super::FileChoice::None, credentials, environment, ..Sources::default() }
    }

    #[test]
    fn a_credential_is_used_and_its_place_is_told_but_not_what_it_says() {
        for mode in [0o400, 0o440] {
            let address = "postgres://talk:hunter2@localhost/talk\n";
            let folder = handed_out(&[("database-url", address), ("cookie-key", "x"), ("provider-work-secret", "x")], mode);
            let work = [
                ("LOCUTORY_PROVIDERS__WORK__KIND", "oidc"),
                ("LOCUTORY_PROVIDERS__WORK__CLIENT_ID", "talk"),
                ("LOCUTORY_PROVIDERS__WORK__ISSUER", "https://id.example"),
            ];
            let config = Config::load(sources(&folder, &work)).unwrap();
            let Database::Postgres { address, .. } = &config.data.database else { panic!("the credential was not used") };
            assert_eq!(address.expose(), "postgres://talk:hunter2@localhost/talk");
            assert_eq!(config.secrets.cookie_key_file, Some(folder.path().join("cookie-key")));
            let shown = show::as_toml(&config);
            for origin in ["# credential database-url", "# credential cookie-key", "# credential provider-work-secret"] {
                assert!(shown.contains(origin), "{shown}");
            }
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn variables_win_over_credentials() {
        let folder = handed_out(&[("cookie-key", "x")], 0o400);
        let config = Config::load(sources(&folder, &[("LOCUTORY_SECRETS__COOKIE_KEY_FILE", "/elsewhere")])).unwrap();
        assert_eq!(config.secrets.cookie_key_file, Some(PathBuf::from("/elsewhere")));
    }

    #[test]
    fn a_credential_that_is_not_known_or_that_others_may_read_is_refused() {
        let folder = handed_out(&[("cokie-key", "x")], 0o400);
        let said = Config::load(sources(&folder, &[])).unwrap_err().to_string();
        assert!(said.contains("credential cokie-key") && said.contains("Did you mean cookie-key"), "{said}");
        let folder = handed_out(&[("database-url", "postgres://talk:hunter2@localhost/talk")], 0o444);
        let said = Config::load(sources(&folder, &[])).unwrap_err().to_string();
        assert!(said.contains("data.database (credential database-url)") && said.contains("chmod"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
