//! The authorization code flow with PKCE (RFC 6749, 7636), the same for both kinds of providers: where
//! a person is sent, and how what they bring back becomes a token.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{HttpRequest, http};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{accounts::model::Secret, server::accounts::token};

use super::{
    fault::{ErrorCode, Fault},
    http::Http,
};

/// What we keep, sealed, while a person is away: it never leaves for the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Memory {
    pub nonce: Secret,
    pub verifier: Secret,
}

impl Memory {
    #[must_use]
    pub fn fresh() -> Self {
        Self { nonce: token::fresh(), verifier: token::fresh() }
    }

    /// What a verifier looks like from outside (RFC 7636, 4.2).
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose().as_bytes()))
    }
}

/// By what a provider knows us.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    pub client_id: &'a str,
    pub secret: Option<&'a Secret>,
    pub shown: Shown,
}

/// How we show that it is us who ask for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    InHeader,
    InBody,
}

/// Where a person is sent, and back.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub authorize: &'a Url,
    pub client_id: &'a str,
    pub redirect: &'a str,
    pub scopes: &'a [String],
    pub state: &'a Secret,
    pub memory: &'a Memory,
}

impl Question<'_> {
    #[must_use]
    pub fn address(&self) -> Url {
        let mut address = self.authorize.clone();
        let mut query = address.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect)
            .append_pair("state", self.state.expose())
            .append_pair("code_challenge", &self.memory.challenge())
            .append_pair("code_challenge_method", "S256");
        if !self.scopes.is_empty() {
            query.append_pair("scope", &self.scopes.join(" "));
        }
        drop(query);
        address
    }
}

/// What a code became.
#[derive(Debug, Deserialize)]
pub struct Tokens {
    pub access_token: Option<Secret>,
    pub id_token: Option<Secret>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    #[serde(default)]
    error: String,
}

/// Turns a code into tokens.
///
/// # Errors
/// The provider does not answer, or does not take the code.
pub async fn exchange(
    http: &Http,
    end_point: &Url,
    credentials: Credentials<'_>,
    code: &Secret,
    journey: (&str, &Memory),
) -> Result<Tokens, Fault> {
    let (status, body) = ask(http, asking(end_point, credentials, code, journey)?).await?;
    // Some answer 200 to a code that they do not take.
    let complaint = serde_json::from_slice::<Complaint>(&body).ok().filter(|complaint| !complaint.error.is_empty());
    if status != http::StatusCode::OK || complaint.is_some() {
        let code = complaint.map(|complaint| ErrorCode::parse(&complaint.error)).unwrap_or_default();
        return Err(Fault::Exchange(code));
    }
    serde_json::from_slice(&body).map_err(|_| Fault::NoToken)
}

/// The request that shows a code, and who asks for it.
fn asking(
    end_point: &Url,
    credentials: Credentials<'_>,
    code: &Secret,
    (redirect, memory): (&str, &Memory),
) -> Result<HttpRequest, Fault> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code.expose())
        .append_pair("redirect_uri", redirect)
        .append_pair("code_verifier", memory.verifier.expose());
    let mut request = http::Request::post(end_point.as_str())
        .header(http::header::ACCEPT, "application/json")
        .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    match (credentials.secret, credentials.shown) {
        (Some(secret), Shown::InHeader) => {
            request = request.header(http::header::AUTHORIZATION, basic(credentials.client_id, secret));
        }
        (Some(secret), Shown::InBody) => {
            form.append_pair("client_id", credentials.client_id).append_pair("client_secret", secret.expose());
        }
        (None, _) => {
            form.append_pair("client_id", credentials.client_id);
        }
    }
    request.body(form.finish().into_bytes()).map_err(|_| Fault::Discovery)
}

/// Both parts are encoded like fields of a form first (RFC 6749, 2.3.1).
fn basic(client_id: &str, secret: &Secret) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret.expose()))))
}

/// Fetches JSON.
///
/// # Errors
/// Nobody answers in time, or something else than what was asked for.
pub async fn fetch<Answer: DeserializeOwned>(http: &Http, address: &Url, bearer: Option<&Secret>) -> Result<Answer, Fault> {
    let mut request = http::Request::get(address.as_str()).header(http::header::ACCEPT, "application/json");
    if let Some(token) = bearer {
        request = request.header(http::header::AUTHORIZATION, format!("Bearer {}", token.expose()));
    }
    let request = request.body(Vec::new()).map_err(|_| Fault::Discovery)?;
    let (status, body) = ask(http, request).await?;
    if status != http::StatusCode::OK {
        return Err(Fault::Discovery);
    }
    serde_json::from_slice(&body).map_err(|_| Fault::Discovery)
}

async fn ask(http: &Http, request: HttpRequest) -> Result<(http::StatusCode, Vec<u8>), Fault> {
    match http.send(request).await {
        Ok(response) => Ok((response.status(), response.into_body())),
        Err(cause) => {
            tracing::warn!(%cause, "a provider did not answer");
            Err(Fault::Unreachable)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_the_digest_of_its_verifier() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        let memory = Memory { nonce: token::fresh(), verifier };
        assert_eq!(memory.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_question_keeps_the_query_of_its_end_point_and_tells_no_secret() {
        let memory = Memory::fresh();
        let authorize = Url::parse("https://id.example/authorize?tenant=7").unwrap();
        let state = token::fresh();
        let question = Question {
            authorize: &authorize,
            client_id: "talk & more",
            redirect: "https://talk.example/sign-in/provider/work",
            scopes: &["openid".to_owned(), "email".to_owned()],
            state: &state,
            memory: &memory,
        };
        let address = question.address();
        let pairs: std::collections::BTreeMap<_, _> = address.query_pairs().into_owned().collect();
        assert_eq!(pairs["tenant"], "7");
        assert_eq!(pairs["client_id"], "talk & more");
        assert_eq!(pairs["scope"], "openid email");
        assert_eq!(pairs["state"], state.expose());
        assert!(!address.as_str().contains(memory.verifier.expose()));
    }
}
