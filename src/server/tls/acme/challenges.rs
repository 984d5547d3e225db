//! What the authority asks while it looks whether a name is ours, and our answers: certificates on
//! the TLS listener (RFC 8737), and texts on the plain one (RFC 8555, section 8.3).
//!
//! **Promise.** Nothing is answered that this program did not ask to be asked, and nothing after the
//! order has ended.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use instant_acme::{ChallengeHandle, Identifier, KeyAuthorization};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::fault::Fault;
use crate::server::config::acme::ChallengeKind;

/// The protocol by which only an authority speaks (RFC 8737, section 6.2).
pub const ACME_TLS: &[u8] = b"acme-tls/1";

#[derive(Default)]
pub struct Challenges(Mutex<Pending>);

#[derive(Default)]
struct Pending {
    certificates: HashMap<String, Arc<CertifiedKey>>,
    texts: HashMap<String, String>,
}

impl Challenges {
    /// Has the answer ready, before the authority is told that it may ask.
    pub(super) fn offer(&self, kind: ChallengeKind, challenge: &ChallengeHandle<'_>) -> Result<(), Fault> {
        let answer = challenge.key_authorization();
        match kind {
            ChallengeKind::Http => {
                self.pending().texts.insert(challenge.token.clone(), answer.as_str().to_owned());
            }
            ChallengeKind::TlsAlpn => {
                let Identifier::Dns(name) = challenge.identifier().identifier else { return Err(Fault::NoChallenge(kind)) };
                let certificate = certificate(name, &answer)?;
                self.pending().certificates.insert(name.to_ascii_lowercase(), Arc::new(certificate));
            }
        }
        Ok(())
    }

    /// The text that belongs to a token in the path of a request.
    #[must_use]
    pub fn text(&self, token: &str) -> Option<String> {
        self.pending().texts.get(token).cloned()
    }

    fn certificate(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.pending().certificates.get(&name.to_ascii_lowercase()).cloned()
    }

    pub(super) fn end(&self) {
        *self.pending() = Pending::default();
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn certificate(name: &str, answer: &KeyAuthorization) -> Result<CertifiedKey, Fault> {
    let key = KeyPair::generate()?;
    let mut wishes = CertificateParams::new([name.to_owned()])?;
    wishes.custom_extensions = vec![CustomExtension::new_acme_identifier(answer.digest().as_ref())];
    let certificate = wishes.self_signed(&key)?;
    let key = ring::sign::any_ecdsa_type(&PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
    // Not `from_der`: it looks into the certificate, and stops at the extension that RFC 8737 makes critical.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

impl fmt::Debug for Challenges {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Challenges").finish_non_exhaustive()
    }
}

/// The certificate for people, and the certificates for the authority. Who asks for the protocol of
/// challenges never gets the one for people.
#[derive(Debug)]
pub struct Resolver {
    pub certificate: Option<Arc<CertifiedKey>>,
    pub challenges: Arc<Challenges>,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let offered: Vec<&[u8]> = hello.alpn().map(Iterator::collect).unwrap_or_default();
        if offered == [ACME_TLS] {
            return self.challenges.certificate(hello.server_name()?);
        }
        if offered.contains(&ACME_TLS) { None } else { self.certificate.clone() }
    }
}
