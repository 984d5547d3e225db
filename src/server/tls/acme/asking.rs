//! Asking the authority over the network: over TLS only, by the roots of the machine or those of
//! `tls.acme_ca_file` alone, never after a redirect or through a proxy that the environment names;
//! not for long, and not for much.

use std::error::Error as _;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderValue, Request, Response};
use http_body_util::BodyExt;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};

const CONNECT: Duration = Duration::from_secs(10);
/// For a whole answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// In bytes; chains of certificates have some thousands.
const LONGEST_BODY: usize = 1_024 * 1_024;
const OUR_NAME: &str = concat!("Locutory/", env!("CARGO_PKG_VERSION"));

#[derive(Clone, Debug)]
pub struct Asking(reqwest::Client);

impl Asking {
    /// # Errors
    /// The roots of the machine cannot be read.
    pub fn new(roots: Vec<reqwest::Certificate>) -> Result<Self, reqwest::Error> {
        // Whoever was first has installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .tls_built_in_root_certs(roots.is_empty());
        let builder = roots.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
        Ok(Self(builder.build()?))
    }

    async fn ask(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let (mut parts, body) = request.into_parts();
        parts.headers.insert(USER_AGENT, HeaderValue::from_static(OUR_NAME));
        let Ok(body) = body.collect().await;
        let question = Request::from_parts(parts, body.to_bytes());
        let question = question.try_into().map_err(unanswered)?;
        let mut response = self.0.execute(question).await.map_err(unanswered)?;
        let mut answer = Response::new(());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(Error::Other(format!("the answer has more than {LONGEST_BODY} bytes").into()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(BytesResponse { parts: answer.into_parts().0, body: Box::new(Bytes::from(body)) })
    }
}

impl HttpClient for Asking {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        Box::pin(self.clone().ask(request))
    }
}

/// With what lies beneath: the outermost sentence alone tells nothing of names, ports and roots.
fn unanswered(cause: reqwest::Error) -> Error {
    let mut told = cause.to_string();
    let mut beneath = cause.source();
    while let Some(deeper) = beneath {
        told = format!("{told}: {deeper}");
        beneath = deeper.source();
    }
    Error::Other(told.into())
}
