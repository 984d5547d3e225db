//! Certificates of our own making, for trying things out and for networks without a public
//! authority: an authority that is made once, which people choose to trust once, and under it the
//! site's certificate, which is renewed without them.
//!
//! **Promise.** Whoever trusts the authority trusts it for this site's names and this machine's own
//! only: others stand outside its name constraints (RFC 5280, section 4.2.1.10).

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, PublicKeyData,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use time::{Duration, OffsetDateTime};
use x509_parser::parse_x509_certificate;
use zeroize::Zeroizing;

use super::pair::PairFiles;
use crate::moment::Moment;
use crate::server::config::Config;
use crate::server::config::private_file::{self, Existing};
use crate::server::start_error::StartError;

/// From its first moment to its last: within the year that Mozilla's profiles grant at most (366 days).
const VALIDITY: Duration = Duration::days(365);
const VALIDITY_OF_AUTHORITY: Duration = Duration::days(3_652);
/// Clients whose clocks are behind must not refuse a fresh certificate.
const BACKDATED: Duration = Duration::days(1);
const RENEWED_BEFORE_THE_END: Duration = Duration::days(30);

#[derive(Debug)]
pub struct SelfSigned {
    folder: PathBuf,
    authority: PairFiles,
    files: PairFiles,
    /// Host names and IP addresses, in the form in which a certificate lists them.
    names: BTreeSet<String>,
}

/// What signs: its certificate as it is written, and what can sign in its name.
struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl SelfSigned {
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let folder = config.data.folder.join("tls");
        let pair = |name: &str| PairFiles {
            certificate: folder.join(format!("{name}.pem")),
            key: folder.join(format!("{name}.key.pem")),
        };
        Self { authority: pair("authority"), files: pair("self-signed"), names: names(config), folder }
    }

    pub(super) fn files(&self) -> &PairFiles {
        &self.files
    }

    /// The file that people's browsers are given, to trust the site.
    #[must_use]
    pub fn authority_file(&self) -> &Path {
        &self.authority.certificate
    }

    /// Makes what is not there, not whole, for other names, or within 30 days of its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn ensure(&self, now: OffsetDateTime) -> Result<(), StartError> {
        self.try_ensuring(now).map_err(|cause| StartError::DataFolder { path: self.folder.clone(), cause })
    }

    fn try_ensuring(&self, now: OffsetDateTime) -> io::Result<()> {
        let authority = match self.known_authority(now) {
            Some(authority) => authority,
            None => self.make_authority(now)?,
        };
        if self.is_good(&authority, now) {
            return Ok(());
        }
        self.make(&authority, now)
    }

    fn is_good(&self, authority: &Authority, now: OffsetDateTime) -> bool {
        self.files.read().is_ok_and(|pair| {
            pair.server_config().is_ok()
                && pair.chain().is_ok_and(|chain| is_signed(&chain[0], &authority.certificate))
                && pair.certificate().is_ok_and(|certificate| {
                    certificate.ends > Moment::from(now + RENEWED_BEFORE_THE_END) && certificate.names == self.names
                })
        })
    }

    /// The one that was made before, as long as it covers our names and outlives what it signs.
    fn known_authority(&self, now: OffsetDateTime) -> Option<Authority> {
        let pem = fs::read_to_string(&self.authority.certificate).ok()?;
        let key = KeyPair::from_pem(&Zeroizing::new(fs::read_to_string(&self.authority.key).ok()?)).ok()?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
        let authority = Authority { issuer: Issuer::new(self.wishes_of_authority(now).ok()?, key), certificate, pem };
        let (_, parsed) = parse_x509_certificate(&authority.certificate).ok()?;
        let wished = self.wishes_of_authority(now).and_then(|wishes| wishes.self_signed(authority.issuer.key())).ok()?;
        let (_, wished) = parse_x509_certificate(wished.der()).ok()?;
        let constraints = |certificate: &x509_parser::certificate::X509Certificate<'_>| {
            certificate.name_constraints().ok().flatten().map(|extension| format!("{:?}", extension.value))
        };
        let is_known = parsed.public_key().raw == authority.issuer.key().subject_public_key_info()
            && constraints(&parsed) == constraints(&wished)
            && parsed.validity().not_after.to_datetime() > now + VALIDITY;
        is_known.then_some(authority)
    }

    fn make_authority(&self, now: OffsetDateTime) -> io::Result<Authority> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let wishes = self.wishes_of_authority(now).map_err(io::Error::other)?;
        let certificate = wishes.self_signed(&key).map_err(io::Error::other)?;
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        write(&self.authority.key, &Zeroizing::new(key.serialize_pem()))?;
        write(&self.authority.certificate, &certificate.pem())?;
        tracing::info!(
            authority = %self.authority.certificate.display(),
            "made an authority of our own; browsers that are given this file trust the site from now on"
        );
        let (pem, certificate) = (certificate.pem(), certificate.der().clone());
        Ok(Authority { issuer: Issuer::new(wishes, key), certificate, pem })
    }

    fn wishes_of_authority(&self, now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
        let mut wishes = CertificateParams::new(Vec::new())?;
        wishes.not_before = now - BACKDATED;
        wishes.not_after = now + VALIDITY_OF_AUTHORITY;
        wishes.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        wishes.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        wishes.distinguished_name = rcgen::DistinguishedName::new();
        wishes.distinguished_name.push(DnType::CommonName, "Locutory, authority of this site alone");
        let subtree = |name: &String| match name.parse() {
            Ok(IpAddr::V4(address)) => GeneralSubtree::IpAddress(CidrSubnet::V4(address.octets(), [0xff; 4])),
            Ok(IpAddr::V6(address)) => GeneralSubtree::IpAddress(CidrSubnet::V6(address.octets(), [0xff; 16])),
            Err(_) => GeneralSubtree::DnsName(name.clone()),
        };
        let permitted_subtrees = self.names.iter().map(subtree).collect();
        wishes.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
        Ok(wishes)
    }

    fn make(&self, authority: &Authority, now: OffsetDateTime) -> io::Result<()> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let signed = self.wishes(now).and_then(|wishes| wishes.signed_by(&key, &authority.issuer));
        let certificate = signed.map_err(io::Error::other)?;
        write(&self.files.key, &Zeroizing::new(key.serialize_pem()))?;
        write(&self.files.certificate, &format!("{}{}", certificate.pem(), authority.pem))?;
        tracing::info!(certificate = %self.files.certificate.display(), "made a certificate of our own authority");
        Ok(())
    }

    fn wishes(&self, now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
        let mut wishes = CertificateParams::new(self.names.iter().cloned().collect::<Vec<_>>())?;
        wishes.not_before = now - BACKDATED;
        wishes.not_after = wishes.not_before + VALIDITY;
        wishes.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        wishes.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        wishes.use_authority_key_identifier_extension = true;
        wishes.distinguished_name = rcgen::DistinguishedName::new();
        wishes.distinguished_name.push(DnType::CommonName, "Locutory, self-signed");
        Ok(wishes)
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    private_file::write(path, text.as_bytes(), Existing::Replace)
}

/// Whether the leaf names the authority's key as its signer's. Both lie in our own folder: this tells
/// what we made from what a former version made, and defends against nobody.
fn is_signed(leaf: &CertificateDer<'_>, authority: &CertificateDer<'_>) -> bool {
    let parsed = (parse_x509_certificate(leaf), parse_x509_certificate(authority));
    let (Ok((_, leaf)), Ok((_, authority))) = parsed else { return false };
    let identifier = |certificate: &x509_parser::certificate::X509Certificate<'_>| {
        certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
            x509_parser::extensions::ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
            _ => None,
        })
    };
    let signer = leaf.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        x509_parser::extensions::ParsedExtension::AuthorityKeyIdentifier(signer) => {
            signer.key_identifier.as_ref().map(|identifier| identifier.0.to_vec())
        }
        _ => None,
    });
    signer.is_some() && signer == identifier(&authority)
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

#[cfg(test)]
mod tests;
