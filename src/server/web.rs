//! Where axum meets the acts: makes the [`Visit`] of a request, and answers for what went wrong.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use tower_sessions::Session;

use crate::{
    error::AppError,
    server::{
        app::App,
        error::{self, Error},
        keepsake::Keepsakes,
        visit::{Client, Visit},
    },
};

/// The visit that a request belongs to.
#[derive(Debug)]
pub struct WebVisit(pub Visit);

impl FromRequestParts<App> for WebVisit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        let session = parts.extensions.get::<Session>().cloned();
        let client = parts.extensions.get::<Client>().cloned();
        let keepsakes = parts.extensions.get::<Keepsakes>().cloned();
        let (Some(session), Some(client), Some(keepsakes)) = (session, client, keepsakes) else {
            return Err(Trouble(error::incident("a request came past the layers", &"no session, client or keepsakes")));
        };
        Ok(Self(Visit::through_web(app.clone(), client, session, keepsakes).await?))
    }
}

/// The number in the path of a page. Where something else stands, there is no page.
#[derive(Debug)]
pub struct Number<Id>(pub Id);

impl<Id: DeserializeOwned + Send> FromRequestParts<App> for Number<Id> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        let path = Path::<Id>::from_request_parts(parts, app).await;
        path.map(|Path(number)| Self(number)).map_err(|_| Trouble(AppError::NotFound))
    }
}

/// What a page reads from its query. One that cannot be read is as good as none: old and mangled links
/// still lead to the page.
#[derive(Debug)]
pub struct Asked<Question>(pub Question);

impl<Question: DeserializeOwned + Default> FromRequestParts<App> for Asked<Question> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(Query::try_from_uri(&parts.uri).map(|Query(question)| question).unwrap_or_default()))
    }
}

/// An error on its way to a page. `layers::trouble` gives it its words and its frame.
#[derive(Clone, Debug)]
pub struct Trouble(pub AppError);

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self(error.told())
    }
}

impl From<AppError> for Trouble {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
