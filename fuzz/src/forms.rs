//! The bodies of forms, for every server function there is.
//!
//! The first line says who asks and which function: `island /api/accounts/sign_in` or `page /api/accounts/sign_in`. Any
//! other line stands for some function too, so that nothing made up is lost. The rest is the body.

use std::sync::LazyLock;

use axum::http::StatusCode;
use leptos::server_fn::axum::server_fn_paths;
use locutory::server::returned::Fields;

use crate::site::{Asked, Site};

static SITE: LazyLock<Site> = LazyLock::new(Site::open);
static FUNCTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut functions: Vec<_> = server_fn_paths().map(|(path, _)| path).collect();
    functions.sort_unstable();
    functions
});

const SECRETS: [&str; 5] = ["password", "token", "code", "recovery_code", "credential"];

/// # Panics
/// An answer says that the server failed, or a secret would come back to its page.
pub fn examine(data: &[u8]) {
    let (line, body) =
        data.iter().position(|byte| *byte == b'\n').map_or((data, &[][..]), |end| (&data[..end], &data[end + 1..]));
    let fields = Fields::read(body);
    for secret in SECRETS {
        assert!(fields.first(secret).is_none(), "{secret} comes back");
    }
    let asked = if line.starts_with(b"page") {
        Asked::Form { path: function(line), body }
    } else {
        Asked::Call { path: function(line), body }
    };
    let status = SITE.answer(asked);
    assert!(!status.is_server_error() || status == StatusCode::SERVICE_UNAVAILABLE, "{status} from {}", function(line));
}

fn function(line: &[u8]) -> &'static str {
    let named = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let functions = FUNCTIONS.as_slice();
    let chosen = functions.iter().find(|path| path.as_bytes() == named).copied();
    let sum = line.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    chosen.or_else(|| functions.get(sum % functions.len().max(1)).copied()).expect("the server has functions")
}

/// The paths of all functions, for the seeds.
#[must_use]
pub fn functions() -> &'static [&'static str] {
    &FUNCTIONS
}
