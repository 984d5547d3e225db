//! Second factors: the codes that people type, and what an account has in force.

use serde::{Deserialize, Serialize};

use crate::{
    moment::Moment,
    valid::{Problem, ProblemCode, Value},
};

use super::{PasskeyRecord, Secret};

/// Six digits from an authenticator app.
#[derive(Clone, Debug)]
pub struct TotpCode(Secret);

impl TotpCode {
    pub const DIGITS: usize = 6;

    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Value for TotpCode {
    /// Apps show the digits in groups, and people copy the gaps.
    fn parse(text: &str) -> Result<Self, Problem> {
        let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        match digits.len() {
            0 => Err(Problem::new(ProblemCode::Required)),
            Self::DIGITS if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Self(Secret::new(digits))),
            _ => Err(Problem::new(ProblemCode::Malformed)),
        }
    }
}

/// A code that stands in for a second factor once: 128 bits in letters and digits that cannot be
/// mistaken for one another (Crockford's Base32).
#[derive(Clone, Debug)]
pub struct RecoveryCode(Secret);

impl RecoveryCode {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    /// Enough for 128 bits.
    const LENGTH: usize = 26;
    const GROUP: usize = 5;

    #[must_use]
    pub fn of(bits: u128) -> Self {
        let digit = |place: usize| {
            let index = usize::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
            char::from(Self::ALPHABET[index])
        };
        Self(Secret::new((0..Self::LENGTH).rev().map(digit).collect()))
    }

    /// As the database's digest knows it: without the hyphens.
    #[must_use]
    pub const fn bare(&self) -> &Secret {
        &self.0
    }

    /// As people read it: `7k2m9-x4dqt-…`.
    #[must_use]
    pub fn shown(&self) -> Secret {
        let letters: Vec<char> = self.0.expose().chars().collect();
        Secret::new(letters.chunks(Self::GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
    }
}

impl Value for RecoveryCode {
    /// However it is written: in capitals, without hyphens, with the letters that look like digits.
    fn parse(text: &str) -> Result<Self, Problem> {
        let bare: String = text
            .chars()
            .filter(|character| !character.is_whitespace() && *character != '-')
            .map(|character| match character.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        match bare.len() {
            0 => Err(Problem::new(ProblemCode::Required)),
            Self::LENGTH if bare.bytes().all(|byte| Self::ALPHABET.contains(&byte)) => Ok(Self(Secret::new(bare))),
            _ => Err(Problem::new(ProblemCode::Malformed)),
        }
    }
}

/// Recovery codes that were just made: shown once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub recovery_codes: Vec<Secret>,
}

/// What stands between an account and whoever knows its password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityRecord {
    /// Since when an authenticator app is in force.
    pub app_since: Option<Moment>,
    pub recovery_codes_left: u64,
    pub passkeys: Vec<PasskeyRecord>,
}

impl SecurityRecord {
    #[must_use]
    pub const fn has_factor(&self) -> bool {
        self.app_since.is_some() || !self.passkeys.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_an_app_is_read_with_the_gaps_that_apps_show() {
        assert_eq!(TotpCode::parse(" 123 456\n").unwrap().expose(), "123456");
        assert_eq!(TotpCode::parse("").unwrap_err().code, ProblemCode::Required);
        for text in ["12345", "1234567", "12345a", "١٢٣٤٥٦", "123-456"] {
            assert_eq!(TotpCode::parse(text).unwrap_err().code, ProblemCode::Malformed, "{text}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_written() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let code = RecoveryCode::of(bits);
            let shown = code.shown();
            assert_eq!(shown.expose().len(), 26 + 5);
            for written in [shown.expose().to_owned(), shown.expose().to_uppercase(), shown.expose().replace('-', " ")] {
                assert_eq!(RecoveryCode::parse(&written).unwrap().bare(), code.bare(), "{written}");
            }
        }
        let alike = RecoveryCode::of(1).shown().expose().replace('0', "o").replace('1', "l");
        assert_eq!(RecoveryCode::parse(&alike).unwrap().bare(), RecoveryCode::of(1).bare());
        for text in ["", "abc", &"u".repeat(26), &"0".repeat(27)] {
            assert!(RecoveryCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_code_shows_in_debug_output() {
        let code = TotpCode::parse("123456").unwrap();
        let recovery = RecoveryCode::of(77);
        let made = RecoveryCodes { recovery_codes: vec![recovery.shown()] };
        let printed = format!("{code:?} {recovery:?} {made:?}");
        assert!(!printed.contains("123456") && !printed.contains(recovery.bare().expose()), "{printed}");
        assert!(!printed.contains(recovery.shown().expose()), "{printed}");
    }
}
