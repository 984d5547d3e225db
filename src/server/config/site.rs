//! The address under which people reach the site. Every link in a mail or a feed and every check
//! of a request's origin uses it, never the `Host` header, which the client writes.

use std::net::SocketAddr;

use url::{Host, Url};

use super::catalogue::{SITE_ADDRESS, SITE_SECURITY_CONTACT, SITE_SECURITY_POLICY};
use super::contact;
use super::listen::Listen;
use super::reader::{Reader, Shown};
use super::tls::Tls;

#[derive(Clone, Debug)]
pub struct Site {
    pub address: SiteAddress,
    source: AddressSource,
    /// Where to tell of a hole: an address by mail or on the web (RFC 9116, section 2.5.3).
    pub security_contact: Option<String>,
    /// What whoever looks for holes may do (RFC 9116, section 2.5.7).
    pub security_policy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AddressSource {
    Written,
    Derived,
}

/// A public origin: scheme, host and port, nothing else. Compare it with an `Origin` header by
/// [`SiteAddress::origin`], which has the form browsers send (RFC 6454, section 6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteAddress {
    url: Url,
    origin: String,
}

impl SiteAddress {
    /// # Errors
    /// A sentence for the operator, when `text` is more or less than an origin over HTTP or HTTPS.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "such as https://talk.example.org";
        let url = Url::parse(text).map_err(|cause| format!("must be an address {EXAMPLE}, not {text:?} ({cause})."))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("must begin with https:// (or http://), {EXAMPLE}, not {text:?}."));
        }
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(format!(
                "must be scheme, host and port only, {EXAMPLE}: Locutory needs a host of its own, \
                 not a path below one."
            ));
        }
        Ok(Self::of(url))
    }

    fn of(url: Url) -> Self {
        let origin = url.origin().ascii_serialization();
        Self { url, origin }
    }

    fn of_listener(scheme: &str, listener: SocketAddr) -> Self {
        // Browsers treat the name `localhost` as trustworthy and let passkeys be bound to it,
        // which they refuse for a bare IP address.
        let port = listener.port();
        let url =
            Url::parse(&format!("{scheme}://localhost:{port}")).expect("a scheme, the name localhost and a port make a URL");
        Self::of(url)
    }

    /// `https://talk.example.org`, without a slash at the end and without a default port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host in its ASCII form, an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The host where it is a name that the world can look up; no IP address and no name of this
    /// machine's own.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self.url.host() {
            Some(Host::Domain(name)) if !self.is_loopback() => Some(name),
            _ => None,
        }
    }

    /// Whether browsers reach the site over TLS, ours or a proxy's: then cookies are `Secure`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether only this machine can reach the address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The full link to a path of the site; `path` begins with a slash.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Site {
    pub(super) fn read(reader: &mut Reader, listen: &Listen, tls: &Tls) -> Self {
        let (address, source) = Self::read_address(reader, listen, tls);
        let security_contact = reader.optional_text(&SITE_SECURITY_CONTACT, contact::contact);
        let security_policy = reader.optional_text(&SITE_SECURITY_POLICY, contact::page);
        if security_policy.is_some() && security_contact.is_none() {
            reader
                .complain(&SITE_SECURITY_POLICY, "is shown in security.txt only beside site.security_contact, which is not set.");
        }
        Self { address, source, security_contact, security_policy }
    }

    fn read_address(reader: &mut Reader, listen: &Listen, tls: &Tls) -> (SiteAddress, AddressSource) {
        if let Some(address) = reader.optional_text(&SITE_ADDRESS, SiteAddress::parse) {
            return (address, AddressSource::Written);
        }
        let listener = listen.address.network().unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 80)));
        let address = SiteAddress::of_listener(scheme(tls), listener);
        if listen.is_for_this_machine() {
            let shown = Shown::Text(address.origin().to_owned());
            reader.derive(&SITE_ADDRESS, shown, "listen.address");
        } else if !reader.has_problem_in(&["site", "listen"]) {
            reader.complain(
                &SITE_ADDRESS,
                "must be set, because people will reach the site from other machines and links \
                 need its public address, such as https://talk.example.org.",
            );
        }
        (address, AddressSource::Derived)
    }

    /// Follows the port that the system has chosen, where the address was derived from a listener
    /// with port 0.
    pub(super) fn follow_listener(&mut self, tls: &Tls, bound: SocketAddr) {
        if self.source == AddressSource::Derived {
            self.address = SiteAddress::of_listener(scheme(tls), bound);
        }
    }
}

fn scheme(tls: &Tls) -> &'static str {
    match tls {
        Tls::Off => "http",
        Tls::Files { .. } | Tls::SelfSigned | Tls::Acme(_) => "https",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_the_form_that_browsers_send() {
        let cases = [
            ("https://talk.example.org", "https://talk.example.org"),
            ("https://Talk.Example.org:443/", "https://talk.example.org"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://gespräch.example", "https://xn--gesprch-9wa.example"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ];
        for (written, origin) in cases {
            assert_eq!(SiteAddress::parse(written).unwrap().origin(), origin);
        }
    }

    #[test]
    fn an_address_with_more_than_an_origin_is_refused() {
        for written in [
            "talk.example.org",
            "ftp://talk.example.org",
            "https://talk.example.org/forum",
            "https://talk.example.org/?a=b",
            "https://user@talk.example.org",
            "javascript:alert(1)",
        ] {
            assert!(SiteAddress::parse(written).is_err(), "{written} was taken");
        }
    }

    #[test]
    fn links_are_built_on_the_origin() {
        let address = SiteAddress::parse("https://talk.example.org").unwrap();
        assert_eq!(address.link("/setup"), "https://talk.example.org/setup");
    }
}
