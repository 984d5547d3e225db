//! The header `Cookie`: what was not sealed by this server under that very name is not believed.
//!
//! Words such as `%entry%` stand for cookies that were really sealed, as no engine makes one up.

use std::{sync::LazyLock, time::Duration};

use axum::http::{HeaderMap, HeaderValue, header};
use locutory::{
    accounts::model::Secret,
    server::{
        keepsake::{Keepsake, Keepsakes, Transport},
        layers::cookies,
    },
};
use tower_sessions::cookie::{Cookie, CookieJar, Key};

use crate::site::{Asked, Site};

static SITE: LazyLock<Site> = LazyLock::new(Site::open);

/// The words, each with the value that its cookie holds and its keepsake.
const SEALED: [(&str, &str, Keepsake); 5] = [
    ("%entry%", "sealed entry", Keepsake::Entry),
    ("%link%", "sealed link", Keepsake::Link),
    ("%browser%", "sealed browser", Keepsake::Browser),
    ("%invitation%", "sealed invitation", Keepsake::Invitation),
    ("%flow%", "sealed flow", Keepsake::Flow),
];

static VALUES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let key = SITE.cookie_key();
    let keepsakes = SEALED.iter().map(|(word, value, keepsake)| (*word, sealed_value(*keepsake, value, &key)));
    keepsakes.chain([("%session%", sealed_session(&key))]).collect()
});

/// # Panics
/// A cookie was believed that was not sealed here, or a page failed.
pub fn examine(data: &[u8]) {
    let mut text = String::from_utf8_lossy(data).into_owned();
    for (word, value) in VALUES.iter() {
        text = text.replace(word, value);
    }
    let mut headers = HeaderMap::new();
    for line in text.split('\n').take(8) {
        if let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) {
            headers.append(header::COOKIE, value);
        }
    }
    let key = SITE.cookie_key();
    for transport in [Transport::Loopback, Transport::Secure] {
        let keepsakes = Keepsakes::read(&headers, &key, transport);
        for (_, sealed, keepsake) in SEALED {
            let found = keepsakes.get(keepsake);
            let is_ours = found.as_ref().is_none_or(|secret| secret.expose() == sealed);
            assert!(is_ours, "{keepsake:?} is believed: {:?}", found.as_ref().map(Secret::expose));
            keepsakes.forget(keepsake);
        }
        keepsakes.write(&mut HeaderMap::new(), &key, transport);
    }
    let status = SITE.answer(Asked::Page { path: "/account", cookies: &headers });
    assert!(!status.is_server_error(), "{status}");
}

fn sealed_value(keepsake: Keepsake, value: &str, key: &Key) -> String {
    let keepsakes = Keepsakes::default();
    keepsakes.keep(keepsake, Secret::new(value.to_owned()), Duration::from_mins(5));
    let mut headers = HeaderMap::new();
    keepsakes.write(&mut headers, key, Transport::Loopback);
    let written = headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let value = written.split(';').next().and_then(|pair| pair.split_once('=')).map(|(_, value)| value.to_owned());
    value.unwrap_or_default()
}

/// A session cookie that was sealed and leads to no session.
fn sealed_session(key: &Key) -> String {
    let mut jar = CookieJar::new();
    jar.private_mut(key).add(Cookie::new(cookies::LOOPBACK_NAME, "AAAAAAAAAAAAAAAAAAAAAA"));
    jar.get(cookies::LOOPBACK_NAME).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
}
