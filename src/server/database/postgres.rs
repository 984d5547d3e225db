//! How PostgreSQL is spoken to: over a network that others may sit on only under TLS, with its certificate
//! and name verified. Without a word in the address, that is what an address of another machine means.

use std::{net::IpAddr, str::FromStr};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use crate::{accounts::model::Secret, server::config::data::Network};

/// What must be changed in what the driver makes of the address.
#[derive(Clone, Copy, Debug)]
pub enum Protection {
    AsWritten,
    Verified,
}

impl Protection {
    pub fn apply(self, options: PgConnectOptions) -> PgConnectOptions {
        match self {
            Self::AsWritten => options,
            Self::Verified => options.ssl_mode(PgSslMode::VerifyFull),
        }
    }
}

/// How the way to a database is protected.
///
/// # Errors
/// In words for the operator: the address asks for less than a network needs, or cannot be read. They do not
/// quote the address.
pub fn protection(address: &Secret, network: Network) -> Result<Protection, String> {
    let unreadable = |_| "the address cannot be read by the driver: look at its parameters.".to_owned();
    let options = PgConnectOptions::from_str(address.expose()).map_err(unreadable)?;
    if network == Network::Trusted || is_on_this_machine(&options) {
        return Ok(Protection::AsWritten);
    }
    // The driver takes PGSSLMODE for a word in the address; what holds must stand in the settings.
    let url = Url::parse(address.expose()).map_err(|cause| cause.to_string())?;
    let is_written = url.query_pairs().any(|(name, _)| matches!(&*name, "sslmode" | "ssl-mode"));
    match options.get_ssl_mode() {
        PgSslMode::VerifyFull => Ok(Protection::Verified),
        _ if !is_written => Ok(Protection::Verified),
        weaker => Err(format!(
            "the address says sslmode={}, and {} is another machine: whoever sits on the way could read and change everything. \
             Leave sslmode out or write verify-full, with sslrootcert=FILE for an authority of your own; or, if nobody else can \
             reach that network, take the risk with data.network = \"trusted\".",
            word(weaker),
            options.get_host()
        )),
    }
}

/// By a socket in the file system, or over loopback.
fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    let is_loopback = |host: &str| host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    options.get_socket().is_some() || host.starts_with('/') || host == "localhost" || is_loopback(host)
}

const fn word(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(address: &str, network: Network) -> Result<Protection, String> {
        protection(&Secret::new(address.to_owned()), network)
    }

    #[test]
    fn another_machine_is_verified_without_a_word() {
        for address in [
            "postgres://u:p@db.example/d",
            "postgres://u:p@192.0.2.1/d",
            "postgres://u:p@[2001:db8::1]/d",
            "postgres://u:p@localhost.example/d",
            "postgres://u:p@localhost/d?host=db.example",
            "postgres://u:p@localhost/d?hostaddr=192.0.2.1",
            "postgres://u:p@db.example/d?sslmode=verify-full",
        ] {
            let protection = asked(address, Network::Untrusted).unwrap();
            let options = protection.apply(PgConnectOptions::from_str(address).unwrap());
            assert!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull), "{address}");
        }
    }

    #[test]
    fn less_is_refused_unless_the_operator_trusts_the_network() {
        for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
            for address in [
                format!("postgres://u:hunter2@db.example/d?sslmode={mode}"),
                format!("postgres://u:hunter2@db.example/d?ssl-mode={mode}"),
                format!("postgres://u:hunter2@localhost/d?sslmode={mode}&host=192.0.2.1"),
            ] {
                let refusal = asked(&address, Network::Untrusted).unwrap_err();
                assert!(refusal.contains(mode) && refusal.contains("data.network"), "{refusal}");
                assert!(!refusal.contains("hunter2"), "{refusal}");
                assert!(matches!(asked(&address, Network::Trusted), Ok(Protection::AsWritten)), "{address}");
            }
        }
    }

    #[test]
    fn this_machine_needs_none() {
        for address in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1/d?sslmode=disable",
            "postgres://u@[::1]/d",
            "postgres://u@localhost/d?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/d",
        ] {
            assert!(matches!(asked(address, Network::Untrusted), Ok(Protection::AsWritten)), "{address}");
        }
    }
}
