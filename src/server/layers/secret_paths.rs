//! Addresses that carry a secret: a link's token, or what a provider sends somebody back with.
//!
//! **Promise.** What stands after these prefixes is never logged, never stored with a report of a
//! browser's, and no browser names such an address in a `Referer`.

const PREFIXES: &[&str] = &["/email-undo/", "/invitation/", "/password/", "/set-up/", "/unsubscribe/", "/verify/"];

/// Where the secret stands in the query.
const IN_THE_QUERY: &str = "/sign-in/provider/";

/// The part of a path that may be written down.
#[must_use]
pub fn loggable(path: &str) -> &str {
    PREFIXES.iter().find(|prefix| path.starts_with(**prefix)).copied().unwrap_or(path)
}

/// Whether the address of a request, its query included, must not be told to anybody.
#[must_use]
pub fn carries_secret(path: &str) -> bool {
    path.starts_with(IN_THE_QUERY) || PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_path_is_not_logged() {
        assert_eq!(loggable("/set-up/abcdef"), "/set-up/");
        assert_eq!(loggable("/d/7"), "/d/7");
    }

    #[test]
    fn every_page_with_a_token_in_its_address_is_known() {
        for (path, _) in crate::server::router::pages() {
            assert_eq!(path.contains("{token}"), carries_secret(path) && path != "/sign-in/provider/{name}", "{path}");
        }
    }
}
