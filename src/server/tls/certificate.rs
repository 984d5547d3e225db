//! What a certificate says of itself.

use std::collections::BTreeSet;
use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::state::log_safe;
use crate::moment::Moment;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Host names and IP addresses, in the form in which a certificate lists them.
    pub names: BTreeSet<String>,
    /// Who has signed it; safe to print.
    pub issuer: String,
    pub begins: Moment,
    pub ends: Moment,
}

impl Certificate {
    /// `None` when it is no certificate of a server.
    #[must_use]
    pub fn read(leaf: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = parse_x509_certificate(leaf).ok()?;
        Some(Self {
            names: names(&certificate).unwrap_or_default(),
            issuer: log_safe(&certificate.issuer().to_string()),
            begins: certificate.validity().not_before.to_datetime().into(),
            ends: certificate.validity().not_after.to_datetime().into(),
        })
    }

    /// From its beginning to its end, in milliseconds.
    #[must_use]
    pub fn lifetime(&self) -> i64 {
        (self.ends.milliseconds() - self.begins.milliseconds()).max(0)
    }

    /// Whether the end is so near that somebody should look: two weeks, or a fifth of a short life.
    #[must_use]
    pub fn ends_soon(&self, now: Moment) -> bool {
        const TWO_WEEKS: i64 = 14 * 24 * 60 * 60 * 1_000;
        self.ends.milliseconds() - now.milliseconds() < TWO_WEEKS.min(self.lifetime() / 5)
    }
}

fn names(certificate: &X509Certificate<'_>) -> Option<BTreeSet<String>> {
    let extension = certificate.subject_alternative_name().ok()??;
    let names = extension.value.general_names.iter().map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    });
    names.collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}
