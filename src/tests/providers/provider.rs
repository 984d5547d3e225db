//! A provider of identities on this machine, honest until a test has it lie.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use rcgen::{KeyPair, PKCS_ED25519, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::server::clock::Clock;

pub const CLIENT: &str = "talk";
pub const SECRET: &str = "between us two";

/// By what an ID token is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    Own,
    /// `alg: none`.
    Missing,
    /// HS256 with the public key, which everybody has.
    ByPublicKey,
    /// HS256 with the client's secret.
    ByClientSecret,
    /// A key that is not published, under the published one's name.
    ByOtherKey,
    /// A key that is not published, under its own name.
    ByUnknownKey,
}

/// How a code is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    Usual,
    Redirected,
    Huge,
    Refused,
    WithoutIdToken,
}

/// What is changed of what an honest provider would say.
pub struct Lie {
    pub claims: fn(&mut Value),
    pub signature: Signature,
    pub exchange: Exchange,
    /// The parameter `iss` of the way back.
    pub issuer: Option<&'static str>,
    pub document: fn(&mut Value),
}

pub const TRUTH: Lie =
    Lie { claims: |_| {}, signature: Signature::Own, exchange: Exchange::Usual, issuer: Some("own"), document: |_| {} };

struct Grant {
    challenge: String,
    nonce: Option<String>,
    redirect: String,
    subject: String,
}

struct Inner {
    key: KeyPair,
    key_name: String,
    grants: BTreeMap<String, Grant>,
    lie: Lie,
    is_down: bool,
    clock: Clock,
    count: usize,
    confidences: Vec<(&'static str, String)>,
}

/// Clones are the same.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            key: key(),
            key_name: "one".to_owned(),
            grants: BTreeMap::new(),
            lie: TRUTH,
            is_down: false,
            clock: Clock::System,
            count: 0,
            confidences: Vec::new(),
        };
        let provider = Self { issuer, inner: Arc::new(Mutex::new(inner)) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/user", get(user))
            .with_state(provider.clone());
        // It ends with the runtime of its test.
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn follow(&self, clock: &Clock) {
        self.inner().clock = clock.clone();
    }

    pub fn lie(&self, lie: Lie) {
        self.inner().lie = lie;
    }

    pub fn go_down(&self, is_down: bool) {
        self.inner().is_down = is_down;
    }

    /// Everything that only the provider and the site may know, with what it is.
    pub fn confidences(&self) -> Vec<(&'static str, String)> {
        self.inner().confidences.clone()
    }

    pub fn take_new_key(&self) {
        let mut inner = self.inner();
        inner.key = key();
        inner.key_name = "two".to_owned();
    }

    /// What a person does here: says who they are, and is sent back. Returns the path they come back to.
    pub fn recognise(&self, address: &str, subject: &str) -> String {
        let address = Url::parse(address).unwrap();
        assert!(address.as_str().starts_with(&format!("{}/authorize?", self.issuer)), "{address}");
        let asked: BTreeMap<_, _> = address.query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut inner = self.inner();
        inner.count += 1;
        let code = format!("code-{}", inner.count);
        let grant = Grant {
            challenge: asked["code_challenge"].clone(),
            nonce: asked.get("nonce").cloned(),
            redirect: asked["redirect_uri"].clone(),
            subject: subject.to_owned(),
        };
        inner.confidences.extend(grant.nonce.clone().map(|nonce| ("nonce", nonce)));
        inner.confidences.push(("state", asked["state"].clone()));
        inner.grants.insert(code.clone(), grant);
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        match inner.lie.issuer {
            Some("own") => drop(back.query_pairs_mut().append_pair("iss", &self.issuer)),
            Some(other) => drop(back.query_pairs_mut().append_pair("iss", other)),
            None => {}
        }
        format!("{}?{}", back.path(), back.query().unwrap())
    }
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ED25519).unwrap()
}

async fn document(State(provider): State<Provider>) -> Response {
    let inner = provider.inner();
    if inner.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let issuer = &provider.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "RS256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    (inner.lie.document)(&mut document);
    Json(document).into_response()
}

async fn keys(State(provider): State<Provider>) -> Response {
    let inner = provider.inner();
    let public = URL_SAFE_NO_PAD.encode(inner.key.public_key_raw());
    Json(
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": inner.key_name, "x": public }] }),
    )
    .into_response()
}

async fn token(State(provider): State<Provider>, headers: HeaderMap, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let mut inner = provider.inner();
    if !is_client(&headers, &form) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    match inner.lie.exchange {
        Exchange::Usual | Exchange::WithoutIdToken => {}
        Exchange::Redirected => return Redirect::temporary("/token").into_response(),
        Exchange::Huge => return " ".repeat(1_024 * 1_024 + 1).into_response(),
        Exchange::Refused => return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response(),
    }
    inner.confidences.push(("code verifier", form["code_verifier"].clone()));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    let grant =
        inner.grants.remove(&form["code"]).filter(|grant| grant.challenge == challenge && grant.redirect == form["redirect_uri"]);
    let Some(grant) = grant else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let access = format!("token of {}", grant.subject);
    let mut tokens = json!({ "access_token": access, "token_type": "Bearer" });
    inner.confidences.push(("access token", access));
    if inner.lie.exchange != Exchange::WithoutIdToken && grant.nonce.is_some() {
        let token = id_token(&provider.issuer, &inner, &grant);
        inner.confidences.push(("ID token", token.clone()));
        tokens["id_token"] = token.into();
    }
    Json(tokens).into_response()
}

/// In the header for OpenID Connect, in the body for the other kind.
fn is_client(headers: &HeaderMap, form: &BTreeMap<String, String>) -> bool {
    let encoded = STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+")));
    let by_header =
        headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == format!("Basic {encoded}").as_bytes());
    by_header || form.get("client_secret").is_some_and(|secret| secret == SECRET)
}

fn id_token(issuer: &str, inner: &Inner, grant: &Grant) -> String {
    let now = inner.clock.now().milliseconds() / 1_000;
    let mut claims = json!({
        "iss": issuer,
        "aud": CLIENT,
        "sub": grant.subject,
        "nonce": grant.nonce,
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "preferred_username": grant.subject,
        "email": format!("{}@mail.example", grant.subject),
    });
    (inner.lie.claims)(&mut claims);
    signed(inner, &claims)
}

fn signed(inner: &Inner, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let (algorithm, name) = match inner.lie.signature {
        Signature::Missing => ("none", inner.key_name.as_str()),
        Signature::ByPublicKey | Signature::ByClientSecret => ("HS256", inner.key_name.as_str()),
        Signature::Own | Signature::ByOtherKey => ("EdDSA", inner.key_name.as_str()),
        Signature::ByUnknownKey => ("EdDSA", "nobody's"),
    };
    let text = format!("{}.{}", part(&json!({ "alg": algorithm, "typ": "JWT", "kid": name })), part(claims));
    let signature = match inner.lie.signature {
        Signature::Missing => Vec::new(),
        Signature::Own => inner.key.sign(text.as_bytes()).unwrap(),
        Signature::ByOtherKey | Signature::ByUnknownKey => key().sign(text.as_bytes()).unwrap(),
        Signature::ByPublicKey => shared(inner.key.public_key_raw(), &text),
        Signature::ByClientSecret => shared(SECRET.as_bytes(), &text),
    };
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn shared(key: &[u8], text: &str) -> Vec<u8> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// The page of an OAuth 2 provider that tells whose token it is.
async fn user(headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match token.strip_prefix("Bearer token of ") {
        Some(subject) => Json(json!({ "id": subject.len(), "login": subject, "email": null })).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}
