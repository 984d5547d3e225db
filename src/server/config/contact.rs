//! Addresses that `security.txt` names (RFC 9116): pages over HTTPS, and mailboxes. Each stands alone in its
//! line, whatever was written: a URL in its normal form has no control characters and no spaces.

use url::Url;

/// # Errors
/// A sentence for the operator.
pub fn contact(text: &str) -> Result<String, String> {
    let wanted = || format!("must begin with mailto: or https://, such as mailto:security@example.org, not {text:?}.");
    let url = Url::parse(text).map_err(|_| wanted())?;
    let is_mailbox =
        url.scheme() == "mailto" && url.path().split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if is_mailbox { written(&url).ok_or_else(wanted) } else { page(text).map_err(|_| wanted()) }
}

/// # Errors
/// A sentence for the operator.
pub fn page(text: &str) -> Result<String, String> {
    let wanted = || format!("must be the address of a page that begins with https://, not {text:?}.");
    let url = Url::parse(text).map_err(|_| wanted())?;
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return Err(wanted());
    }
    written(&url).ok_or_else(wanted)
}

fn written(url: &Url) -> Option<String> {
    url.as_str().bytes().all(|byte| byte.is_ascii_graphic()).then(|| url.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_and_pages_are_contacts_and_nothing_else_is() {
        assert_eq!(contact("mailto:security@example.org").as_deref(), Ok("mailto:security@example.org"));
        assert_eq!(contact("https://example.org/security").as_deref(), Ok("https://example.org/security"));
        for other in [
            "security@example.org",
            "http://example.org/",
            "mailto:",
            "mailto:@",
            "tel:+1-201-555-0123",
            "javascript:alert(1)",
            "https://me@example.org/",
        ] {
            assert!(contact(other).is_err(), "{other}");
        }
        assert!(page("mailto:security@example.org").is_err());
    }

    #[test]
    fn no_contact_brings_a_line_of_its_own() {
        for text in
            ["mailto:a@b.example\nContact: mailto:eve@evil.example", "https://example.org/\r\nExpires: never", "mailto:a@b c"]
        {
            assert!(contact(text).map_or(true, |written| !written.contains(['\r', '\n', ' '])), "{text:?}");
        }
    }
}
