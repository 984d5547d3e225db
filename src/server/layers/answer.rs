//! Answers calls of server functions: JSON for islands, a redirect or the page again for plain forms.
//!
//! The framework's own form handling puts error texts into addresses, follows the `Referer` and
//! answers 500 to a refusal. None of that is used: it is always asked for JSON, and what a browser
//! without scripts gets is made here. A change that happened leads to its [`Landing`] (303). One that
//! was refused shows the page it came from again, with the status of the refusal, what was typed
//! (never secrets) and the messages: rendered in the same request, so nothing has to be kept.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError};
use leptos::context::provide_context;
use leptos::server_fn::{axum::server_fn_paths, error::FromServerFnError};
use tower::ServiceExt;
use tower_http::timeout::TimeoutError;
use tower_sessions::Session;

use crate::{
    error::AppError,
    landing::{Landing, LocalPath},
    server::{
        app::App,
        error,
        keepsake::Keepsakes,
        layers::{complexity, headers::Nonce},
        refusals::Refusal,
        returned::{Fields, Outcome, Returned},
        shell::theme_cookie,
        visit::{Client, Visit},
        web::WebVisit,
    },
    valid::Value,
};

/// The only content type that the server functions take.
const FORM: &str = "application/x-www-form-urlencoded";

/// What the handler needs: the program, and the pages to show again.
#[derive(Clone, Debug)]
pub struct Answerer {
    pub app: App,
    pub pages: Router,
}

/// Who asked: an island, or a form without scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Island,
    PlainForm,
}

pub async fn handle(State(answerer): State<Answerer>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let asker = asker(&parts.headers);
    let body = match read(&parts.headers, body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let visit = match WebVisit::from_request_parts(&mut parts, &answerer.app).await {
        Ok(WebVisit(visit)) => visit,
        Err(trouble) => return trouble.into_response(),
    };
    let result = run(visit.clone(), &parts, body.clone()).await;
    let response = match asker {
        Asker::Island => island_answer(result),
        Asker::PlainForm => form_answer(&answerer, &parts, &body, result).await,
    };
    with_theme(&visit, response)
}

/// The theme is the one thing that the browser itself remembers.
fn with_theme(visit: &Visit, mut response: Response) -> Response {
    let Some(theme) = visit.theme_to_keep() else { return response };
    let address = &visit.app().config().site.address;
    let (name, secure) = (theme_cookie(address), if address.is_secure() { "; Secure" } else { "" });
    let cookie = format!("{name}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}", theme.name());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[must_use]
pub fn asker(headers: &HeaderMap) -> Asker {
    let accepts_pages =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    if accepts_pages { Asker::PlainForm } else { Asker::Island }
}

/// The body, when it is of the right type and within the limit that the router has set.
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Response> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some(FORM) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    match body.collect().await {
        Ok(collected) => {
            let body = collected.to_bytes();
            if complexity::is_excessive(&body) {
                return Err(Refusal::TooComplex.mark(StatusCode::BAD_REQUEST.into_response()));
            }
            Ok(body)
        }
        Err(cause) => Err(status_of(&cause).into_response()),
    }
}

/// Why a body did not come whole.
#[must_use]
pub fn status_of(cause: &axum::Error) -> StatusCode {
    if is_caused_by::<LengthLimitError>(cause) {
        StatusCode::PAYLOAD_TOO_LARGE
    } else if is_caused_by::<TimeoutError>(cause) {
        StatusCode::REQUEST_TIMEOUT
    } else {
        StatusCode::BAD_REQUEST
    }
}

fn is_caused_by<E: std::error::Error + 'static>(cause: &axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(cause);
    while let Some(error) = source {
        if error.is::<E>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// Runs the server function and reads its answer: JSON of its output, or of an [`AppError`].
async fn run(visit: Visit, parts: &Parts, body: Bytes) -> Result<serde_json::Value, AppError> {
    let path = parts.uri.path();
    if !server_fn_paths().any(|(known, _)| known == path) {
        return Err(AppError::NotFound);
    }
    // The framework takes bytes that are no text for a failure of its own.
    if std::str::from_utf8(&body).is_err() {
        return Err(AppError::BadRequest);
    }
    let mut call = Request::new(Body::from(body));
    *call.method_mut() = parts.method.clone();
    *call.uri_mut() = parts.uri.clone();
    call.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
    call.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let visit = Arc::new(visit);
    let provide = move || provide_context(Visit::clone(&visit));
    let response = leptos_axum::handle_server_fns_with_context(provide, call).await.into_response();
    let failed = !response.status().is_success();
    let bytes = response.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    let bytes = bytes.map_err(|cause| error::incident("an answer could not be read", &cause))?;
    if failed {
        return Err(AppError::de(bytes));
    }
    serde_json::from_slice(&bytes).map_err(|cause| error::incident("an answer is not JSON", &cause))
}

fn island_answer(result: Result<serde_json::Value, AppError>) -> Response {
    match result {
        Ok(output) => axum::Json(output).into_response(),
        Err(error) => with_wait(&error, (status(&error), axum::Json(&error)).into_response()),
    }
}

async fn form_answer(answerer: &Answerer, parts: &Parts, body: &Bytes, result: Result<serde_json::Value, AppError>) -> Response {
    let (code, outcome) = match result {
        Ok(output) => match serde_json::from_value::<Landing>(output.clone()) {
            Ok(landing) => return axum::response::Redirect::to(&landing.address()).into_response(),
            Err(_) => (StatusCode::OK, Outcome::Answered(output)),
        },
        Err(error) => (status(&error), Outcome::Refused(error)),
    };
    let refusal = match &outcome {
        Outcome::Refused(error) => Some(error.clone()),
        Outcome::Answered(_) => None,
    };
    let fields = Fields::read(body);
    let page = fields.first("from").and_then(|from| LocalPath::parse(from).ok()).unwrap_or_else(LocalPath::home);
    let returned = Returned { action: parts.uri.path().to_owned(), fields, outcome };
    let mut response = page_again(answerer, parts, &page, returned).await;
    if response.status().is_success() {
        *response.status_mut() = code;
    }
    match refusal {
        Some(error) => with_wait(&error, response),
        None => response,
    }
}

/// Asks our own router for the page that the form stood on, as the same visitor.
async fn page_again(answerer: &Answerer, parts: &Parts, page: &LocalPath, returned: Returned) -> Response {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = page.as_str().parse().unwrap_or_else(|_| Uri::from_static("/"));
    *request.headers_mut() = parts.headers.clone();
    hand_on::<Session>(&parts.extensions, &mut request);
    hand_on::<Client>(&parts.extensions, &mut request);
    hand_on::<Keepsakes>(&parts.extensions, &mut request);
    hand_on::<Nonce>(&parts.extensions, &mut request);
    let returned = Arc::new(returned);
    request.extensions_mut().insert(Arc::clone(&returned));
    let mut response = match answerer.pages.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    // Should the page be gone in the meantime, the page of that error shows what was typed.
    response.extensions_mut().insert(returned);
    response
}

/// One of the things that a page reads. All others stay behind: the page would take the parameters of
/// the address that was called for its own.
fn hand_on<T: Clone + Send + Sync + 'static>(from: &Extensions, request: &mut Request) {
    if let Some(thing) = from.get::<T>() {
        request.extensions_mut().insert(thing.clone());
    }
}

fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn with_wait(error: &AppError, mut response: Response) -> Response {
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
