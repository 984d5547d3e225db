//! Asking a provider over the network: only where the operator, or the issuer that the operator named,
//! sends us; never after a redirect; not for long, and not for much.

use std::{fmt, time::Duration};

use openidconnect::{HttpRequest, HttpResponse, http};
use url::Url;

use crate::server::config::providers::Reach;

const CONNECT: Duration = Duration::from_secs(5);
/// For a whole answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// In bytes.
const LONGEST_BODY: usize = 1_024 * 1_024;

/// What asks.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    reach: Reach,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum HttpFault {
    /// The address is not one that may be asked.
    BeyondReach,
    TooMuch,
    Transport(reqwest::Error),
}

impl Http {
    /// Trusts the given roots alone, or those of the machine where there are none.
    ///
    /// # Errors
    /// The roots of the machine cannot be read.
    pub fn new(reach: Reach, roots: Vec<reqwest::Certificate>) -> Result<Self, reqwest::Error> {
        // Whoever was first has installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent("Locutory")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .tls_built_in_root_certs(roots.is_empty());
        let builder = roots.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
        Ok(Self { client: builder.build()?, reach })
    }

    /// # Errors
    /// The address may not be asked, nobody answers in time, or the answer is too long.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let address = Url::parse(&request.uri().to_string()).map_err(|_| HttpFault::BeyondReach)?;
        if !self.reach.covers(&address) {
            return Err(HttpFault::BeyondReach);
        }
        let mut response = self.client.execute(request.try_into()?).await?;
        let mut answer = http::Response::new(Vec::new());
        *answer.status_mut() = response.status();
        while let Some(chunk) = response.chunk().await? {
            if answer.body().len() + chunk.len() > LONGEST_BODY {
                return Err(HttpFault::TooMuch);
            }
            answer.body_mut().extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

impl From<reqwest::Error> for HttpFault {
    /// Without the address, which may hold a secret.
    fn from(cause: reqwest::Error) -> Self {
        Self::Transport(cause.without_url())
    }
}

impl fmt::Display for HttpFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondReach => formatter.write_str("the address is neither https:// nor on this machine"),
            Self::TooMuch => write!(formatter, "the answer has more than {LONGEST_BODY} bytes"),
            Self::Transport(cause) => write!(formatter, "{cause}"),
        }
    }
}

impl std::error::Error for HttpFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(cause) => Some(cause),
            Self::BeyondReach | Self::TooMuch => None,
        }
    }
}
