//! Refuses by its measures what no page of ours would send: an address or a head that is too long, and a body that would
//! have to be unpacked, as a few bytes can unpack to any number. Tells what other layers refused for the same reasons, and
//! gives a page to those of them that leave nothing but a status.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{
    answer::{self, Asker},
    trouble,
};
use crate::server::{app::App, listen::HEADER_LINES, refusals::Refusal, shell};

/// Bytes of path and query. Our own longest address is a search of a few hundred characters.
const LONGEST_TARGET: usize = 8 * 1_024;

pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Refusal::TooLarge.answer(StatusCode::URI_TOO_LONG, "This address is too long.\n");
    }
    if request.headers().len() > HEADER_LINES {
        return Refusal::TooLarge.answer(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "This request has too many headers.\n");
    }
    if is_packed(request.headers()) {
        return Refusal::MediaType.answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Nothing is unpacked here.\n");
    }
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    marked(with_page(&app, &asked, response))
}

/// Whoever sent a form by hand reads what to do next.
fn with_page(app: &App, asked: &Parts, response: Response) -> Response {
    let status = response.status();
    let is_for_a_page = matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT)
        && trouble::is_bare_error(&response)
        && answer::asker(&asked.headers) == Asker::PlainForm;
    if is_for_a_page { shell::bare_trouble_page(app, asked, status, &trouble::error_of(status)) } else { response }
}

fn is_packed(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Libraries, and layers that make pages of errors, leave nothing but the status.
fn marked(response: Response) -> Response {
    if response.extensions().get::<Refusal>().is_some() {
        return response;
    }
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge.mark(response),
        StatusCode::REQUEST_TIMEOUT => Refusal::TooSlow.mark(response),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::MediaType.mark(response),
        _ => response,
    }
}
