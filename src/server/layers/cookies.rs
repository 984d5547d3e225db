//! Mends the session library's removal cookie: it lacks `Secure`, and browsers ignore a `__Host-`
//! cookie without it, so a signed-out person would keep the dead cookie.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// Under TLS, where browsers accept the prefix: bound to this host, to HTTPS and to the whole site.
pub const SECURE_NAME: &str = "__Host-locutory";
/// On plain HTTP, which is accepted on loopback only.
pub const LOOPBACK_NAME: &str = "locutory";

/// The name of the session's cookie.
#[must_use]
pub const fn session_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_NAME } else { LOOPBACK_NAME }
}

/// Adds `Secure` to `__Host-` cookies that lack it.
pub async fn layer(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    mend(response.headers_mut());
    response
}

fn mend(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().map(mended).collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
}

fn mended(cookie: &HeaderValue) -> HeaderValue {
    let text = cookie.to_str().unwrap_or_default();
    let lacks_secure = text.starts_with("__Host-") && !text.to_ascii_lowercase().contains("; secure");
    if !lacks_secure {
        return cookie.clone();
    }
    HeaderValue::from_str(&format!("{text}; Secure")).unwrap_or_else(|_| cookie.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_cookie_without_secure_is_mended() {
        let cases = [
            ("__Host-locutory=; Path=/; Max-Age=0", "__Host-locutory=; Path=/; Max-Age=0; Secure"),
            ("__Host-locutory=abc; Secure; Path=/", "__Host-locutory=abc; Secure; Path=/"),
            ("locutory=; Path=/", "locutory=; Path=/"),
        ];
        for (before, after) in cases {
            assert_eq!(mended(&HeaderValue::from_static(before)), after);
        }
    }
}
