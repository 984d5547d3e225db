//! After a rotation of the cookie key, cookies from before it still open for as long as they live: each is
//! encrypted with the key of today on its way in, so that everything behind this layer knows one key only.
//!
//! A cookie of ours that no key opens was tampered with, or is older than the keys that were kept: it counts
//! for nothing, and is told in the log of security events.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tower_sessions::cookie::{Cookie, CookieJar, Key};

use super::cookies::session_name;
use crate::server::{
    app::App,
    events::{self, SecurityEvent},
    keepsake::{self, Transport},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Whole,
    Broken,
}

pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let is_secure = app.config().site.address.is_secure();
    let session = session_name(is_secure);
    let transport = if is_secure { Transport::Secure } else { Transport::Loopback };
    let is_ours = |name: &str| name == session || keepsake::is_name(name, transport);
    let found = renew(request.headers_mut(), &app.cookie_key(), &app.former_cookie_keys(), is_ours);
    if found == Found::Broken {
        events::tell(SecurityEvent::InputValidationFail, "tampered-cookie");
    }
    next.run(request).await
}

fn renew(headers: &mut HeaderMap, current: &Key, former: &[Key], is_ours: impl Fn(&str) -> bool) -> Found {
    let (mut renewed, mut found) = (CookieJar::new(), Found::Whole);
    for cookie in headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()) {
        for cookie in Cookie::split_parse(cookie.to_owned()).flatten().filter(|cookie| is_ours(cookie.name())) {
            match opened(&cookie, current, former) {
                Some(Opened::ByCurrent) => {}
                Some(Opened::ByFormer(plain)) => renewed.private_mut(current).add(plain),
                None => found = Found::Broken,
            }
        }
    }
    let changes: Vec<_> = renewed.iter().collect();
    if !changes.is_empty() {
        replace(headers, &changes);
    }
    found
}

enum Opened {
    ByCurrent,
    ByFormer(Cookie<'static>),
}

fn opened(cookie: &Cookie<'static>, current: &Key, former: &[Key]) -> Option<Opened> {
    let mut jar = CookieJar::new();
    jar.add_original(cookie.clone());
    if jar.private(current).get(cookie.name()).is_some() {
        return Some(Opened::ByCurrent);
    }
    former.iter().find_map(|key| jar.private(key).get(cookie.name())).map(Opened::ByFormer)
}

/// Writes the values of some cookies anew and leaves all others as they came.
fn replace(headers: &mut HeaderMap, changes: &[&Cookie<'_>]) {
    let written = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().trim();
        let change = changes.iter().find(|change| change.name() == name);
        change.map_or_else(|| pair.trim().to_owned(), |change| format!("{}={}", change.name(), change.value()))
    };
    let cookies: Vec<HeaderValue> = headers.get_all(header::COOKIE).iter().cloned().collect();
    headers.remove(header::COOKIE);
    for value in cookies {
        let text = value.to_str().ok().map(|text| text.split(';').map(written).collect::<Vec<_>>().join("; "));
        headers.append(header::COOKIE, text.and_then(|text| HeaderValue::from_str(&text).ok()).unwrap_or(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encrypted(name: &'static str, value: &'static str, key: &Key) -> String {
        let mut jar = CookieJar::new();
        jar.private_mut(key).add(Cookie::new(name, value));
        format!("{name}={}", jar.get(name).unwrap().value())
    }

    fn headers(cookies: &[String]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        headers
    }

    fn read(headers: &HeaderMap, name: &str, key: &Key) -> Option<String> {
        let mut jar = CookieJar::new();
        let text = headers[header::COOKIE].to_str().unwrap().to_owned();
        Cookie::split_parse(text).flatten().for_each(|cookie| jar.add_original(cookie));
        jar.private(key).get(name).map(|cookie| cookie.value().to_owned())
    }

    #[test]
    fn what_a_former_key_encrypted_is_encrypted_anew_and_all_else_stays() {
        let (new, old, oldest) = (Key::generate(), Key::generate(), Key::generate());
        let cookies = [
            encrypted("a", "of today", &new),
            "theme=dark".to_owned(),
            encrypted("b", "of yesterday", &old),
            encrypted("c", "of long ago", &oldest),
        ];
        let mut headers = headers(&cookies);
        assert!(renew(&mut headers, &new, &[old, oldest], |name| name != "theme") == Found::Whole);
        for (name, value) in [("a", "of today"), ("b", "of yesterday"), ("c", "of long ago")] {
            assert_eq!(read(&headers, name, &new).as_deref(), Some(value));
        }
        assert!(headers[header::COOKIE].to_str().unwrap().contains("theme=dark"));
    }

    #[test]
    fn what_no_key_opens_is_told_and_stays_worthless() {
        let (new, old) = (Key::generate(), Key::generate());
        for cookie in [encrypted("a", "forged", &Key::generate()), "a=nonsense".to_owned()] {
            let mut headers = headers(&[cookie]);
            assert!(renew(&mut headers, &new, std::slice::from_ref(&old), |_| true) == Found::Broken);
            assert_eq!(read(&headers, "a", &new), None);
        }
    }
}
