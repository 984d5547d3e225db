//! OpenID Connect: what an issuer says of itself, and whether an ID token is its word about a person.
//!
//! What was discovered is kept for an hour, and for longer while the issuer is out of reach. Keys that
//! are not known are asked for again, once a minute at most; an issuer that does not answer is left
//! alone for some seconds. Nothing is asked before the first person wants to go there.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    ClaimsVerificationError, ClientId, IssuerUrl, Nonce, SignatureVerificationError,
    core::{
        CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet,
        CoreJwsSigningAlgorithm as Algorithm,
    },
};
use serde::Deserialize;
use url::Url;

use crate::{
    accounts::model::Secret,
    moment::Moment,
    server::config::providers::{EndPoint, Reach},
};

use super::{
    Recognised,
    fault::{Fault, TokenFault},
    http::Http,
    protocol::{self, Shown},
};

const MEMORY: Duration = Duration::from_hours(1);
const KEYS_AT_LEAST: Duration = Duration::from_mins(1);
const LEFT_ALONE: Duration = Duration::from_secs(10);
/// Clocks differ.
const SKEW: Duration = Duration::from_mins(1);
/// A code is exchanged at once, so its token is no older than a visit to the provider.
const OLDEST_TOKEN: Duration = Duration::from_mins(10);

/// In bits.
const SHORTEST_RSA: usize = 2_048;

/// Signatures that only the issuer can make. None of them is a shared secret, and none is nothing.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What an issuer says of itself.
#[derive(Debug)]
pub struct Issuer {
    pub authorize: Url,
    pub token: Url,
    pub shown: Shown,
    /// Whoever comes back from it must say so (RFC 9207).
    names_itself: bool,
    algorithms: Vec<Algorithm>,
    jwks: Url,
    keys: CoreJsonWebKeySet,
    fetched: Moment,
}

/// The members of the discovery document that we use.
#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What is kept of an issuer.
#[derive(Debug, Default)]
pub struct Discovery(Mutex<Kept>);

#[derive(Clone, Debug, Default)]
struct Kept {
    issuer: Option<Arc<Issuer>>,
    failed: Option<Moment>,
}

impl Discovery {
    /// # Errors
    /// The issuer cannot be reached, or says nothing that can be used.
    pub async fn issuer(&self, http: &Http, issuer: &EndPoint, now: Moment) -> Result<Arc<Issuer>, Fault> {
        let kept = self.kept();
        let fresh = kept.issuer.clone().filter(|known| now.since(known.fetched) < MEMORY);
        if let Some(known) = fresh {
            return Ok(known);
        }
        if kept.failed.is_some_and(|failed| now.since(failed) < LEFT_ALONE) {
            return kept.issuer.ok_or(Fault::Unreachable);
        }
        match discover(http, issuer, now).await {
            Ok(found) => Ok(self.keep(found)),
            Err(fault) => {
                tracing::warn!(issuer = issuer.as_written(), %fault, "an issuer could not be discovered");
                self.lock().failed = Some(now);
                kept.issuer.ok_or(fault)
            }
        }
    }

    /// The issuer with the keys that it has now; nothing when they were asked for just before.
    ///
    /// # Errors
    /// The keys cannot be had.
    pub async fn with_new_keys(&self, http: &Http, known: &Issuer, now: Moment) -> Result<Option<Arc<Issuer>>, Fault> {
        if now.since(known.fetched) < KEYS_AT_LEAST {
            return Ok(None);
        }
        let keys = fetch_keys(http, &known.jwks).await?;
        Ok(Some(self.keep(known.with_keys(keys, now))))
    }

    fn keep(&self, issuer: Issuer) -> Arc<Issuer> {
        let issuer = Arc::new(issuer);
        *self.lock() = Kept { issuer: Some(Arc::clone(&issuer)), failed: None };
        issuer
    }

    fn kept(&self) -> Kept {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn discover(http: &Http, issuer: &EndPoint, now: Moment) -> Result<Issuer, Fault> {
    let address = format!("{}/.well-known/openid-configuration", issuer.as_written().trim_end_matches('/'));
    let address = Url::parse(&address).map_err(|_| Fault::Discovery)?;
    let document: Document = protocol::fetch(http, &address, None).await?;
    // OpenID Connect Discovery 1.0, 4.3: letter by letter, or another issuer could speak for this one.
    if document.issuer != issuer.as_written() {
        return Err(Fault::Discovery);
    }
    let reach = issuer.reach();
    let jwks = end_point(&document.jwks_uri, reach)?;
    let keys = fetch_keys(http, &jwks).await?;
    let methods = document.token_endpoint_auth_methods_supported.unwrap_or_default();
    let takes = |method: &str| methods.iter().any(|known| known == method);
    Ok(Issuer {
        authorize: end_point(&document.authorization_endpoint, reach)?,
        token: end_point(&document.token_endpoint, reach)?,
        shown: if takes("client_secret_post") && !takes("client_secret_basic") { Shown::InBody } else { Shown::InHeader },
        names_itself: document.authorization_response_iss_parameter_supported,
        algorithms: algorithms(document.id_token_signing_alg_values_supported),
        jwks,
        keys,
        fetched: now,
    })
}

/// The keys of an issuer that a signature may be made with. One that is too weak is as good as none: nobody
/// but the issuer should be able to make its signatures.
async fn fetch_keys(http: &Http, jwks: &Url) -> Result<CoreJsonWebKeySet, Fault> {
    let offered: CoreJsonWebKeySet = protocol::fetch(http, jwks, None).await?;
    let strong = strong(&offered);
    if strong.keys().len() < offered.keys().len() {
        tracing::warn!(keys = %jwks, "keys of an issuer are refused: RSA with less than {SHORTEST_RSA} bits");
    }
    Ok(strong)
}

fn strong(offered: &CoreJsonWebKeySet) -> CoreJsonWebKeySet {
    CoreJsonWebKeySet::new(offered.keys().iter().filter(|key| !is_weak(key)).cloned().collect())
}

/// Whether it is an RSA key that is shorter than NIST SP 800-131A and RFC 7518, 3.3 ask for. Its modulus (`n`)
/// is what a key set says in base64url, with or without zeros in front.
fn is_weak(key: &CoreJsonWebKey) -> bool {
    let members = serde_json::to_value(key).unwrap_or_default();
    if members["kty"] != "RSA" {
        return false;
    }
    let modulus = members["n"].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok());
    let modulus = modulus.unwrap_or_default();
    let bits = modulus.iter().skip_while(|byte| **byte == 0).count() * 8;
    let unused = modulus.iter().find(|byte| **byte != 0).map_or(0, |byte| byte.leading_zeros() as usize);
    bits - unused < SHORTEST_RSA
}

fn end_point(text: &str, reach: Reach) -> Result<Url, Fault> {
    let url = Url::parse(text).map_err(|_| Fault::Discovery)?;
    if reach.covers(&url) { Ok(url) } else { Err(Fault::Discovery) }
}

/// Those of ours that the issuer says it uses.
fn algorithms(said: Option<Vec<String>>) -> Vec<Algorithm> {
    let Some(said) = said else { return ALGORITHMS.to_vec() };
    let is_said = |algorithm: &Algorithm| {
        let name = serde_json::to_value(algorithm).ok();
        said.iter().any(|said| name.as_ref().and_then(|name| name.as_str()) == Some(said))
    };
    ALGORITHMS.into_iter().filter(is_said).collect()
}

/// What an ID token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a EndPoint,
    pub client_id: &'a str,
    pub nonce: &'a Secret,
    /// When the person must have shown the issuer who they are, if that matters.
    pub since: Option<Moment>,
    pub now: Moment,
}

impl Issuer {
    fn with_keys(&self, keys: CoreJsonWebKeySet, fetched: Moment) -> Self {
        Self {
            authorize: self.authorize.clone(),
            token: self.token.clone(),
            shown: self.shown,
            names_itself: self.names_itself,
            algorithms: self.algorithms.clone(),
            jwks: self.jwks.clone(),
            keys,
            fetched,
        }
    }

    /// Whether somebody who came back with this `iss` parameter came back from here.
    #[must_use]
    pub fn is_named(&self, said: Option<&str>, issuer: &EndPoint) -> bool {
        said.map_or(!self.names_itself, |said| said == issuer.as_written())
    }

    /// Reads an ID token (OpenID Connect Core 1.0, 3.1.3.7).
    ///
    /// # Errors
    /// Anything in it is not as it must be.
    pub fn read(&self, token: &Secret, expected: &Expected<'_>) -> Result<Recognised, TokenFault> {
        let token = CoreIdToken::from_str(token.expose()).map_err(|_| TokenFault::Malformed)?;
        let issuer = IssuerUrl::new(expected.issuer.as_written().to_owned()).map_err(|_| TokenFault::Issuer)?;
        let now = expected.now;
        // No client secret is handed in: a signature made with one is not the issuer's alone.
        let verifier =
            CoreIdTokenVerifier::new_public_client(ClientId::new(expected.client_id.to_owned()), issuer, self.keys.clone())
                .set_allowed_algs(self.algorithms.clone())
                .set_time_fn(move || SystemTime::from(now.calendar()).into())
                .set_issue_time_verifier_fn(move |issued| is_recent(issued.timestamp_millis(), now))
                .set_auth_time_verifier_fn(move |shown| is_since(shown.map(|shown| shown.timestamp_millis()), expected.since));
        let nonce = Nonce::new(expected.nonce.expose().to_owned());
        let claims = token.claims(&verifier, &nonce).map_err(|cause| fault_of(&cause))?;
        let party = claims.authorized_party().map(|party| party.as_str());
        if party.is_some_and(|party| party != expected.client_id) {
            return Err(TokenFault::Audience);
        }
        recognised(claims)
    }
}

fn is_recent(issued: i64, now: Moment) -> Result<(), String> {
    let earliest = now.before(OLDEST_TOKEN).milliseconds();
    let latest = now.after(SKEW).milliseconds();
    if (earliest..=latest).contains(&issued) { Ok(()) } else { Err("not issued just now".to_owned()) }
}

fn is_since(shown: Option<i64>, since: Option<Moment>) -> Result<(), String> {
    match (since, shown) {
        (None, _) => Ok(()),
        (Some(since), Some(shown)) if shown >= since.before(SKEW).milliseconds() => Ok(()),
        (Some(_), _) => Err("not shown since".to_owned()),
    }
}

fn fault_of(cause: &ClaimsVerificationError) -> TokenFault {
    match cause {
        ClaimsVerificationError::Expired(_) => TokenFault::Expired,
        ClaimsVerificationError::InvalidAudience(_) => TokenFault::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => TokenFault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => TokenFault::Nonce,
        ClaimsVerificationError::InvalidAuthTime(_) => TokenFault::Stale,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => TokenFault::Key,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature,
        ) => TokenFault::Algorithm,
        ClaimsVerificationError::SignatureVerification(_) => TokenFault::Signature,
        _ => TokenFault::Malformed,
    }
}

/// Only `sub` says who it is; the rest is what the person knows the account by.
fn recognised(claims: &CoreIdTokenClaims) -> Result<Recognised, TokenFault> {
    let name = claims.preferred_username().map(|name| name.to_string());
    let email = claims.email().map(|email| email.to_string());
    let label = name.clone().or_else(|| email.clone());
    Recognised::new(claims.subject().as_str(), label, name, email).ok_or(TokenFault::Subject)
}

#[cfg(test)]
mod tests {
    use openidconnect::JsonWebKey;

    use super::*;

    #[test]
    fn short_keys_are_as_good_as_none() {
        let rsa = |name: &str, modulus: &[u8]| {
            let modulus = URL_SAFE_NO_PAD.encode(modulus);
            serde_json::json!({ "kty": "RSA", "use": "sig", "kid": name, "n": modulus, "e": "AQAB" })
        };
        let elliptic = serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "elliptic", "x": "AAAA" });
        let nothing_in_front = [[0_u8; 128], [0xff; 128]].concat();
        let keys = serde_json::json!({ "keys": [
            rsa("1024", &[0xff; 128]), rsa("2047", &[0x7f; 256]), rsa("padded", &nothing_in_front), rsa("empty", &[]),
            rsa("2048", &[0xff; 256]), rsa("4096", &[0xff; 512]), elliptic,
        ] });
        let offered: CoreJsonWebKeySet = serde_json::from_value(keys).unwrap();
        let left = strong(&offered);
        let names: Vec<_> = left.keys().iter().map(|key| key.key_id().unwrap().as_str()).collect();
        assert_eq!(names, ["2048", "4096", "elliptic"]);
    }

    #[test]
    fn only_signatures_of_the_issuer_alone_are_taken() {
        for weak in [Algorithm::None, Algorithm::HmacSha256, Algorithm::HmacSha384, Algorithm::HmacSha512] {
            assert!(!ALGORITHMS.contains(&weak));
        }
        let said = ["HS256", "none", "ES256", "anything"].map(str::to_owned).to_vec();
        assert_eq!(algorithms(Some(said)), [Algorithm::EcdsaP256Sha256]);
        assert_eq!(algorithms(None).len(), ALGORITHMS.len());
    }
}
