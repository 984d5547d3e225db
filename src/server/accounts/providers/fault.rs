//! Why a provider was not believed: a code for the log and the operator, and what the person is told.
//! Neither holds anything that the provider said but the code of its own error.

use std::fmt;

use crate::error::Refusal;

/// What went wrong between us and a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer, or one that is too long or comes from where we do not ask.
    Unreachable,
    /// It does not say, or says wrongly, how it is to be spoken to.
    Discovery,
    /// The person did not want to go on there.
    Declined,
    /// It sent the person back with an error.
    Refused(ErrorCode),
    /// The person came back from another provider than they were sent to (RFC 9207).
    Issuer,
    /// It came back without what was asked for.
    NoCode,
    /// The code was not taken.
    Exchange(ErrorCode),
    NoToken,
    /// The ID token cannot be believed.
    Token(TokenFault),
    /// The page that tells whose token it is did not.
    User,
}

/// What is wrong with an ID token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    Malformed,
    Algorithm,
    Key,
    Signature,
    Issuer,
    Audience,
    Nonce,
    Expired,
    Stale,
    Subject,
}

/// The code of an error as providers give it (RFC 6749, 5.2); empty where it is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorCode(String);

impl ErrorCode {
    const LONGEST: usize = 40;

    /// Codes are short words; anything else is dropped, as it goes into the log.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let is_code = text.len() <= Self::LONGEST && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        if is_code { Self(text.to_owned()) } else { Self::default() }
    }

    #[must_use]
    pub fn is_decline(&self) -> bool {
        self.0 == "access_denied"
    }
}

impl Fault {
    /// What the person is told.
    #[must_use]
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Unreachable | Self::Discovery => Refusal::ProviderDown,
            Self::Declined | Self::Refused(_) => Refusal::ProviderDeclined,
            _ => Refusal::ProviderAnswer,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => formatter.write_str("unreachable"),
            Self::Discovery => formatter.write_str("discovery"),
            Self::Declined => formatter.write_str("declined"),
            Self::Refused(code) => write!(formatter, "refused {}", code.0),
            Self::Issuer => formatter.write_str("issuer"),
            Self::NoCode => formatter.write_str("no_code"),
            Self::Exchange(code) => write!(formatter, "exchange {}", code.0),
            Self::NoToken => formatter.write_str("no_token"),
            Self::Token(fault) => write!(formatter, "token {fault:?}"),
            Self::User => formatter.write_str("user"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_of_an_error_is_kept() {
        assert_eq!(Fault::Exchange(ErrorCode::parse("invalid_grant")).to_string(), "exchange invalid_grant");
        for text in ["<script>", "a b", "line\nbreak", &"a".repeat(41)] {
            assert_eq!(ErrorCode::parse(text), ErrorCode::default(), "{text:?}");
        }
    }
}
