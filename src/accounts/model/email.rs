//! E-mail addresses: what may be one. That it reaches anybody is proven by a mail, not by a pattern.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::valid::{Problem, ProblemCode, Value};

/// An e-mail address as its owner writes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// In bytes: the longest path of RFC 5321, 4.5.3.1.3, less its angle brackets.
    pub const LONGEST: u64 = 254;
    const LONGEST_LOCAL_PART: usize = 64;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which two addresses are the same: all in lower case. The standard lets the part
    /// before the `@` differ by case, but no provider of note does, and attackers do.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The form by which letters are counted: without what stands behind a `+`, which leads many providers'
    /// letters to the same mailbox. Two mailboxes that share it only share a count.
    #[must_use]
    pub fn mailbox_key(&self) -> String {
        let key = self.key();
        match key.split_once('@') {
            Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or_default()),
            None => key,
        }
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

impl Value for EmailAddress {
    fn parse(text: &str) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(Problem::new(ProblemCode::Required));
        }
        if text.len() as u64 > Self::LONGEST {
            return Err(Problem::bounded(ProblemCode::TooLong, Self::LONGEST));
        }
        match text.split_once('@') {
            Some((local, domain)) if is_local_part(local) && is_domain(domain) => Ok(Self(text.to_owned())),
            _ => Err(Problem::new(ProblemCode::Malformed)),
        }
    }
}

/// Unquoted local parts only (RFC 5322 dot-atom): quoting is what header injection is made of.
fn is_local_part(text: &str) -> bool {
    let is_atom_character = |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(character);
    !text.is_empty()
        && text.len() <= EmailAddress::LONGEST_LOCAL_PART
        && text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

/// A host name with at least one dot; letters beyond ASCII are left to IDNA.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let ends_in_name = text.rsplit('.').next().is_some_and(|last| !last.chars().all(|character| character.is_ascii_digit()));
    text.contains('.') && ends_in_name && text.split('.').all(is_label)
}

impl fmt::Debug for EmailAddress {
    /// Logs are no place for addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(…)")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "not an e-mail address")
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_people_have_are_taken() {
        for address in ["ada@example.org", "ada.lovelace+notes@mail.example.co.uk", "o'brien@example.ie", "info@bücher.example"]
        {
            assert!(EmailAddress::parse(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn tags_lead_to_the_same_mailbox() {
        let mailbox = |text: &str| EmailAddress::parse(text).unwrap().mailbox_key();
        assert_eq!(mailbox("Ada+one@example.org"), "ada@example.org");
        assert_eq!(mailbox("ada+two+three@Example.org"), mailbox("ada@example.org"));
        assert_ne!(mailbox("ada@example.org"), mailbox("ada@example.com"));
    }

    #[test]
    fn what_could_break_a_header_or_a_page_is_no_address() {
        for text in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@example",
            "a@b@example.org",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "a@<script>alert(1)</script>[127.0.0.1]",
            "\"ada\"@example.org",
            "ada@example.org\r\nBcc: x@example.org",
            "ada lovelace@example.org",
            "ada@-example.org",
            ".ada@example.org",
            "ada..l@example.org",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
    }
}
