//! Refuses by its measures what no page of ours would send: an address or a head that is too long, and a body that would
//! have to be unpacked, as a few bytes can unpack to any number. Tells what other layers refused for the same reasons.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::server::refusals::Refusal;

/// Bytes of path and query. Our own longest address is a search of a few hundred characters.
const LONGEST_TARGET: usize = 8 * 1_024;
/// Header lines of one request; the library of HTTP/1 has the same limit, that of HTTP/2 has none.
const MOST_HEADERS: usize = 100;

pub async fn layer(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Refusal::TooLarge.answer(StatusCode::URI_TOO_LONG, "This address is too long.\n");
    }
    if request.headers().len() > MOST_HEADERS {
        return Refusal::TooLarge.answer(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "This request has too many headers.\n");
    }
    if is_packed(request.headers()) {
        return Refusal::MediaType.answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Nothing is unpacked here.\n");
    }
    marked(next.run(request).await)
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
