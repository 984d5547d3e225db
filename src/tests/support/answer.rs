//! What came back, read the way a test asks for it.

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use crate::{error::AppError, landing::Landing};

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("our own bodies can be read").to_bytes();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("the answer is text")
    }

    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    pub fn shows(&self, part: &str) -> bool {
        self.text().contains(part)
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|cause| panic!("{cause} in {}: {}", self.status, self.text()))
    }

    /// The answer to a change that happened.
    #[track_caller]
    pub fn landing(&self) -> Landing {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    /// The answer to a change that did not happen.
    #[track_caller]
    pub fn error(&self) -> AppError {
        let error: AppError = self.json();
        assert_eq!(self.status.as_u16(), error.status(), "{error:?}");
        error
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("our headers are text")).unwrap_or_default()
    }

    pub fn location(&self) -> &str {
        self.header(header::LOCATION.as_str())
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().expect("our cookies are text")).collect()
    }
}
