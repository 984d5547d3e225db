//! A passkey in software, as an authenticator would hold it: makes a key, and answers challenges with
//! it. Written from `WebAuthn` Level 3, 6.1 (authenticator data) and 6.5.4 (attestation "none").

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Answer, Browser};
use crate::accounts::model::PasskeyCeremony;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// Clones are what a thief of the key would have.
#[derive(Clone)]
pub struct SoftPasskey {
    key: Arc<EcdsaKeyPair>,
    id: [u8; 32],
    pub origin: String,
    pub user_handle: String,
    pub counter: u32,
    /// Whether its user shows a finger or types a number.
    pub verifies_user: bool,
    pub is_backed_up: bool,
}

impl SoftPasskey {
    /// Makes a key for what a site asks (`publicKey` of its creation options), and what to answer.
    pub fn made_for(options: &Value, origin: &str) -> (Self, Value) {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let options = options.get("publicKey").unwrap_or(options);
        let user_handle = options["user"]["id"].as_str().unwrap().to_owned();
        let passkey = Self {
            key: Arc::new(key),
            id: rand::random(),
            origin: origin.to_owned(),
            user_handle,
            counter: 0,
            verifies_user: true,
            is_backed_up: false,
        };
        let site = options["rp"]["id"].as_str().unwrap();
        let data = [passkey.authenticator_data(site, ATTESTED), passkey.attested_key()].concat();
        let attestation = [
            &[0xa3][..],
            &text("fmt"),
            &text("none"),
            &text("attStmt"),
            &[0xa0],
            &text("authData"),
            &[0x59, u8::try_from(data.len() / 256).unwrap(), u8::try_from(data.len() % 256).unwrap()],
            &data,
        ]
        .concat();
        let client_data = passkey.client_data("webauthn.create", options);
        let answer = passkey.answer(&json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "transports": ["internal"],
        }));
        (passkey, answer)
    }

    /// Answers a challenge (`publicKey` of a site's request options).
    pub fn answers(&mut self, options: &Value) -> Value {
        let options = options.get("publicKey").unwrap_or(options);
        self.counter += 1;
        let data = self.authenticator_data(options["rpId"].as_str().unwrap(), 0);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [data.clone(), Sha256::digest(&client_data).to_vec()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": self.user_handle,
        }))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = URL_SAFE_NO_PAD.encode(self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, site: &str, more: u8) -> Vec<u8> {
        let verified = if self.verifies_user { USER_VERIFIED } else { 0 };
        let backed_up = if self.is_backed_up { BACKED_UP } else { 0 };
        let flags = [USER_PRESENT | BACKUP_ELIGIBLE | verified | backed_up | more];
        [&Sha256::digest(site)[..], &flags, &self.counter.to_be_bytes()].concat()
    }

    /// The id and the public key in COSE form (RFC 9053, 7.1.1).
    fn attested_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        [&[0; 16][..], &length, &self.id, &head, x, &[0x22, 0x58, 0x20], y].concat()
    }
}

impl Browser {
    /// Begins to add a passkey: the passkey, the exchange, and what to answer.
    pub async fn makes_passkey(&mut self) -> (SoftPasskey, PasskeyCeremony, Value) {
        let ceremony: PasskeyCeremony = self.call("/api/accounts/begin_passkey", &[]).await.json();
        let (passkey, made) = SoftPasskey::made_for(&wish(&ceremony), self.origin());
        (passkey, ceremony, made)
    }

    pub async fn adds_passkey(&mut self) -> SoftPasskey {
        let (passkey, ceremony, made) = self.makes_passkey().await;
        self.sends_made_passkey(&ceremony, &made).await.landing();
        passkey
    }

    pub async fn sends_made_passkey(&mut self, ceremony: &PasskeyCeremony, made: &Value) -> Answer {
        let credential = made.to_string();
        let fields = [("token", ceremony.token.expose()), ("credential", credential.as_str()), ("name", "Key")];
        self.call("/api/accounts/add_passkey", &fields).await
    }

    /// `purpose` is `sign_in`, `second_factor` or `proof`.
    pub async fn asks_for_passkey(&mut self, purpose: &str) -> Answer {
        self.call("/api/accounts/ask_for_passkey", &[("purpose", purpose)]).await
    }

    /// Asks for a passkey and answers with this one.
    pub async fn shows_passkey(&mut self, purpose: &str, passkey: &mut SoftPasskey) -> Answer {
        let ceremony: PasskeyCeremony = self.asks_for_passkey(purpose).await.json();
        let given = passkey.answers(&wish(&ceremony));
        self.sends_passkey(purpose, &ceremony, &given).await
    }

    pub async fn sends_passkey(&mut self, purpose: &str, ceremony: &PasskeyCeremony, given: &Value) -> Answer {
        let function = match purpose {
            "sign_in" => "sign_in_with_passkey",
            "second_factor" => "give_passkey",
            "proof" => "prove_with_passkey",
            unknown => panic!("no passkey is asked for {unknown}"),
        };
        let credential = given.to_string();
        let fields = [("token", ceremony.token.expose()), ("credential", credential.as_str())];
        self.call(&format!("/api/accounts/{function}"), &fields).await
    }
}

/// What a site asks an authenticator.
pub fn wish(ceremony: &PasskeyCeremony) -> Value {
    serde_json::from_str(&ceremony.options).unwrap()
}

/// A short text in CBOR (RFC 8949, 3.1).
fn text(text: &str) -> Vec<u8> {
    [&[0x60 | u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}
