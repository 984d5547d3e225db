//! A certificate of our own making, for trying things out and for networks without a public
//! authority. It is kept in the folder `tls` of the data folder, so that people who chose to trust
//! it need to do so only once a year.

use std::collections::BTreeSet;
use std::fs::DirBuilder;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use time::{Duration, OffsetDateTime};
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use zeroize::Zeroizing;

use super::pair::{Pair, PairFiles};
use crate::server::config::Config;
use crate::server::config::private_file::{self, Existing};
use crate::server::start_error::StartError;

/// As long as the browsers' common limit for certificates.
const VALIDITY: Duration = Duration::days(397);
/// Clients whose clocks are behind must not refuse a fresh certificate.
const BACKDATED: Duration = Duration::days(1);
const RENEWED_BEFORE_THE_END: Duration = Duration::days(30);

#[derive(Debug)]
pub struct SelfSigned {
    folder: PathBuf,
    files: PairFiles,
    /// Host names and IP addresses, in the form in which a certificate lists them.
    names: BTreeSet<String>,
}

impl SelfSigned {
    pub fn of(config: &Config) -> Self {
        let folder = config.data.folder.join("tls");
        Self {
            files: PairFiles { certificate: folder.join("self-signed.pem"), key: folder.join("self-signed.key.pem") },
            folder,
            names: names(config),
        }
    }

    pub fn files(&self) -> &PairFiles {
        &self.files
    }

    /// Makes the pair unless a good one is there: whole, for the same names, and with at least 30
    /// days to go.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ensure(&self, now: OffsetDateTime) -> Result<(), StartError> {
        if self.is_good(now) {
            return Ok(());
        }
        self.make(now).map_err(|cause| StartError::DataFolder { path: self.folder.clone(), cause }).inspect(|()| {
            tracing::info!(
                certificate = %self.files.certificate.display(),
                "made a self-signed certificate"
            );
        })
    }

    fn is_good(&self, now: OffsetDateTime) -> bool {
        self.files.read().is_ok_and(|pair| {
            pair.server_config().is_ok()
                && pair.ends().is_ok_and(|ends| ends - now > RENEWED_BEFORE_THE_END)
                && certified_names(&pair).is_some_and(|names| names == self.names)
        })
    }

    fn make(&self, now: OffsetDateTime) -> io::Result<()> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = self.wishes(now).and_then(|wishes| wishes.self_signed(&key)).map_err(io::Error::other)?;
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let key = Zeroizing::new(key.serialize_pem());
        private_file::write(&self.files.key, key.as_bytes(), Existing::Replace)?;
        let certificate = certificate.pem();
        private_file::write(&self.files.certificate, certificate.as_bytes(), Existing::Replace)
    }

    fn wishes(&self, now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
        let names: Vec<String> = self.names.iter().cloned().collect();
        let mut wishes = CertificateParams::new(names)?;
        wishes.not_before = now - BACKDATED;
        wishes.not_after = now + VALIDITY;
        wishes.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        wishes.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        wishes.distinguished_name.push(DnType::CommonName, "Locutory, self-signed");
        Ok(wishes)
    }
}

fn names(config: &Config) -> BTreeSet<String> {
    let host = config.site.address.host();
    let mut names = BTreeSet::from([
        host.trim_matches(['[', ']']).to_owned(),
        "localhost".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
        Ipv6Addr::LOCALHOST.to_string(),
    ]);
    if let Some(listener) = config.listen.address.network().map(|address| address.ip())
        && !listener.is_unspecified()
    {
        names.insert(listener.to_string());
    }
    names
}

fn certified_names(pair: &Pair) -> Option<BTreeSet<String>> {
    let chain = pair.chain().ok()?;
    let (_, certificate) = parse_x509_certificate(chain.first()?).ok()?;
    let extension = certificate.subject_alternative_name().ok()??;
    extension
        .value
        .general_names
        .iter()
        .map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::catalogue::{DATA_FOLDER, SITE_ADDRESS, TLS_MODE};
    use crate::server::config::{Flag, Sources};

    fn own(folder: &std::path::Path, site: &str) -> SelfSigned {
        let flag = |setting, value: String| Flag { setting, name: "--test", value };
        let flags = vec![
            flag(&DATA_FOLDER, folder.display().to_string()),
            flag(&TLS_MODE, "self-signed".to_owned()),
            flag(&SITE_ADDRESS, site.to_owned()),
        ];
        SelfSigned::of(&Config::load(Sources::of_flags(flags)).unwrap())
    }

    fn fingerprint(own: &SelfSigned) -> super::super::pair::Fingerprint {
        own.files.read().unwrap().fingerprint()
    }

    #[test]
    fn the_certificate_is_made_for_the_site_and_this_machine() {
        let folder = tempfile::tempdir().unwrap();
        let own = own(folder.path(), "https://talk.example.org");
        own.ensure(OffsetDateTime::now_utc()).unwrap();
        let names = certified_names(&own.files.read().unwrap()).unwrap();
        let expected = ["127.0.0.1", "::1", "localhost", "talk.example.org"];
        assert_eq!(names, expected.map(str::to_owned).into());
    }

    #[test]
    fn the_key_is_closed_to_others() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let own = own(folder.path(), "https://talk.example.org");
        own.ensure(OffsetDateTime::now_utc()).unwrap();
        assert_eq!(own.files.key.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(own.folder.metadata().unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_good_certificate_is_used_again_and_an_ending_one_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let own = own(folder.path(), "https://talk.example.org");
        let now = OffsetDateTime::now_utc();
        own.ensure(now).unwrap();
        let first = fingerprint(&own);
        own.ensure(now + Duration::days(360)).unwrap();
        assert_eq!(fingerprint(&own), first, "it was made anew too early");
        own.ensure(now + Duration::days(368)).unwrap();
        assert_ne!(fingerprint(&own), first, "it was not renewed");
    }

    #[test]
    fn another_site_address_gets_another_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let now = OffsetDateTime::now_utc();
        let one = own(folder.path(), "https://talk.example.org");
        one.ensure(now).unwrap();
        let first = fingerprint(&one);
        own(folder.path(), "https://new.example.org").ensure(now).unwrap();
        assert_ne!(fingerprint(&one), first);
    }

    #[test]
    fn a_damaged_pair_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let own = own(folder.path(), "https://talk.example.org");
        let now = OffsetDateTime::now_utc();
        own.ensure(now).unwrap();
        std::fs::write(&own.files.key, "half a k").unwrap();
        own.ensure(now).unwrap();
        own.files.read().unwrap().server_config().unwrap();
    }
}
