//! What a browser keeps for us beside its session, in cookies of their own, each encrypted: a visit
//! that is half signed in, a link that was opened, the mark of a browser that has signed in before.
//!
//! None of them is a session, and none gives a right. [`layers::keepsakes`](super::layers::keepsakes)
//! reads them before an act and writes what has changed after it, whatever the answer is.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::{Cookie, CookieJar, Key, SameSite, time::Duration as MaxAge};

use crate::accounts::model::Secret;

/// One of the cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keepsake {
    /// The token of a visit that is half signed in.
    Entry,
    /// The token of a link that was opened, so that it need not stand in an address.
    Link,
    /// The token by which a browser is known again.
    Browser,
    /// The code of an invitation that was opened.
    Invitation,
    /// Ties a visit to a provider to the browser that began it.
    Flow,
}

impl Keepsake {
    const ALL: [Self; 5] = [Self::Entry, Self::Link, Self::Browser, Self::Invitation, Self::Flow];

    const fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Link => "link",
            Self::Browser => "browser",
            Self::Invitation => "invitation",
            Self::Flow => "flow",
        }
    }
}

/// How the cookies are written: under HTTPS with the prefix that binds them to this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Secure,
    Loopback,
}

#[derive(Clone, Debug)]
enum Change {
    Keep(Secret, Duration),
    Forget,
}

/// The keepsakes of one request. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Keepsakes(Arc<Shared>);

#[derive(Default)]
struct Shared {
    found: BTreeMap<Keepsake, Secret>,
    changes: Mutex<BTreeMap<Keepsake, Change>>,
    farewell: Mutex<Option<Farewell>>,
}

/// Whoever signs out leaves nothing behind in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Farewell;

impl Keepsakes {
    /// Reads the cookies that are ours and were not tampered with.
    #[must_use]
    pub fn read(headers: &HeaderMap, key: &Key, transport: Transport) -> Self {
        let jar = jar(headers);
        let jar = jar.private(key);
        let found = Keepsake::ALL.into_iter().filter_map(|keepsake| {
            let cookie = jar.get(&name(keepsake, transport))?;
            Some((keepsake, Secret::new(cookie.value().to_owned())))
        });
        Self(Arc::new(Shared { found: found.collect(), ..Shared::default() }))
    }

    /// What the browser keeps, or has just been given to keep.
    #[must_use]
    pub fn get(&self, keepsake: Keepsake) -> Option<Secret> {
        let changes = self.0.changes.lock().unwrap_or_else(PoisonError::into_inner);
        match changes.get(&keepsake) {
            Some(Change::Keep(secret, _)) => Some(secret.clone()),
            Some(Change::Forget) => None,
            None => self.0.found.get(&keepsake).cloned(),
        }
    }

    pub fn keep(&self, keepsake: Keepsake, secret: Secret, life: Duration) {
        self.change(keepsake, Change::Keep(secret, life));
    }

    pub fn forget(&self, keepsake: Keepsake) {
        self.change(keepsake, Change::Forget);
    }

    /// Has the browser throw away what it stored of this site.
    pub fn bid_farewell(&self) {
        *self.0.farewell.lock().unwrap_or_else(PoisonError::into_inner) = Some(Farewell);
    }

    fn change(&self, keepsake: Keepsake, change: Change) {
        self.0.changes.lock().unwrap_or_else(PoisonError::into_inner).insert(keepsake, change);
    }

    /// Writes what has changed.
    pub fn write(&self, headers: &mut HeaderMap, key: &Key, transport: Transport) {
        let changes = self.0.changes.lock().unwrap_or_else(PoisonError::into_inner);
        for (keepsake, change) in changes.iter() {
            let cookie = match change {
                Change::Keep(secret, life) => sealed(*keepsake, secret, *life, key, transport),
                Change::Forget if self.0.found.contains_key(keepsake) => blank(*keepsake, Duration::ZERO, transport),
                Change::Forget => continue,
            };
            if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
                headers.append(header::SET_COOKIE, value);
            }
        }
        if self.0.farewell.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
        }
    }
}

/// The cookies of a request, unread.
#[must_use]
pub fn jar(headers: &HeaderMap) -> CookieJar {
    let mut jar = CookieJar::new();
    for header in headers.get_all(header::COOKIE) {
        let Ok(text) = header.to_str() else { continue };
        for cookie in Cookie::split_parse(text.to_owned()).flatten() {
            jar.add_original(cookie);
        }
    }
    jar
}

/// Whether a cookie of this name is one of them.
#[must_use]
pub fn is_name(cookie: &str, transport: Transport) -> bool {
    Keepsake::ALL.into_iter().any(|keepsake| name(keepsake, transport) == cookie)
}

fn name(keepsake: Keepsake, transport: Transport) -> String {
    match transport {
        Transport::Secure => format!("__Host-locutory-{}", keepsake.name()),
        Transport::Loopback => format!("locutory-{}", keepsake.name()),
    }
}

fn blank(keepsake: Keepsake, life: Duration, transport: Transport) -> Cookie<'static> {
    Cookie::build((name(keepsake, transport), ""))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(transport == Transport::Secure)
        .max_age(MaxAge::seconds(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)))
        .build()
}

fn sealed(keepsake: Keepsake, secret: &Secret, life: Duration, key: &Key, transport: Transport) -> Cookie<'static> {
    let mut plain = blank(keepsake, life, transport);
    plain.set_value(secret.expose().to_owned());
    let mut jar = CookieJar::new();
    let name = plain.name().to_owned();
    jar.private_mut(key).add(plain);
    jar.get(&name).cloned().unwrap_or_else(|| blank(keepsake, Duration::ZERO, transport))
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.found.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(headers: &HeaderMap) -> HeaderMap {
        let pairs = headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
        let mut request = HeaderMap::new();
        request.insert(header::COOKIE, pairs.collect::<Vec<_>>().join("; ").parse().unwrap());
        request
    }

    #[test]
    fn what_is_kept_comes_back_encrypted_and_bound_to_its_name() {
        let key = Key::generate();
        let here = Keepsakes::default();
        here.keep(Keepsake::Entry, Secret::new("open sesame".to_owned()), Duration::from_mins(5));
        let mut headers = HeaderMap::new();
        here.write(&mut headers, &key, Transport::Secure);
        let text = headers[header::SET_COOKIE].to_str().unwrap();
        assert!(text.starts_with("__Host-locutory-entry=") && !text.contains("sesame"), "{text}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=300"] {
            assert!(text.contains(attribute), "{attribute} is missing in {text}");
        }
        let back = Keepsakes::read(&cookies(&headers), &key, Transport::Secure);
        assert_eq!(back.get(Keepsake::Entry).unwrap().expose(), "open sesame");
        assert!(Keepsakes::read(&cookies(&headers), &Key::generate(), Transport::Secure).get(Keepsake::Entry).is_none());
        let renamed = cookies(&headers)[header::COOKIE].to_str().unwrap().replace("-entry", "-link");
        let mut request = HeaderMap::new();
        request.insert(header::COOKIE, renamed.parse().unwrap());
        assert!(Keepsakes::read(&request, &key, Transport::Secure).get(Keepsake::Link).is_none());
    }

    #[test]
    fn what_is_forgotten_is_gone_at_once_and_in_the_browser() {
        let key = Key::generate();
        let first = Keepsakes::default();
        first.keep(Keepsake::Link, Secret::new("token".to_owned()), Duration::from_mins(5));
        let mut headers = HeaderMap::new();
        first.write(&mut headers, &key, Transport::Loopback);
        let second = Keepsakes::read(&cookies(&headers), &key, Transport::Loopback);
        second.forget(Keepsake::Link);
        assert!(second.get(Keepsake::Link).is_none());
        let mut headers = HeaderMap::new();
        second.write(&mut headers, &key, Transport::Loopback);
        assert!(headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    }
}
