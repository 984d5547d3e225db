//! What no secret may be: a value from an example, or bytes that chance would not have made.

/// Words that examples (ours in `locutory.example.toml` and README.md among them) put in the place of a secret.
const SAMPLES: [&str; 17] = [
    "changeme",
    "change-me",
    "change_me",
    "clientsecret",
    "client-secret",
    "client_secret",
    "default",
    "example",
    "passw0rd",
    "password",
    "placeholder",
    "replaceme",
    "replace-me",
    "secret",
    "test",
    "your-secret",
    "…",
];

/// Fewer different bytes than this do not come about by chance in 32 or more (less than once in 10¹²).
const FEWEST: usize = 16;

/// What is wrong with a text as a secret, if anything is: it follows "it" or the file's name in a sentence.
#[must_use]
pub fn flaw_of_text(text: &str) -> Option<&'static str> {
    let bare = text.trim().trim_matches(['<', '>', '[', ']', '{', '}', '"', '\'']).to_lowercase();
    if SAMPLES.contains(&bare.as_str()) {
        return Some("is a value from an example, which everybody knows");
    }
    let first = bare.chars().next()?;
    bare.chars().all(|character| character == first).then_some("is one character over and over")
}

/// What is wrong with the bytes of a key, if anything is; 32 bytes or more.
#[must_use]
pub fn flaw_of_key(key: &[u8]) -> Option<&'static str> {
    if key.iter().all(u8::is_ascii_graphic) {
        return Some("is text instead of random bytes");
    }
    let mut seen = [false; 256];
    for byte in key {
        seen[usize::from(*byte)] = true;
    }
    if seen.iter().filter(|is_seen| **is_seen).count() < FEWEST {
        return Some("has the same few bytes over and over instead of random ones");
    }
    let repeats = (1..=key.len() / 2).any(|period| key.iter().zip(&key[period..]).all(|(one, other)| one == other));
    let step = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
    let counts = key.windows(2).map(step).collect::<std::collections::BTreeSet<_>>().len() == 1;
    (repeats || counts).then_some("follows a pattern instead of being random")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_from_an_example_is_no_secret() {
        for text in ["changeme", " Password\n", "<secret>", "xxxxxxxx", "0000"] {
            assert!(flaw_of_text(text).is_some(), "{text}");
        }
        for text in ["hunter2", "a password with spaces", "kQ9-xx"] {
            assert_eq!(flaw_of_text(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_that_nobody_drew_are_no_key() {
        let counted: Vec<u8> = (0..64).collect();
        let repeated = [[0, 7, 200, 31, 5, 99, 180, 2, 250, 77, 61, 143, 8, 222, 17, 90, 161, 3, 44, 210]; 4].concat();
        for key in [vec![0; 64], vec![7; 32], counted, repeated, b"0123456789abcdef0123456789abcdef".to_vec()] {
            assert!(flaw_of_key(&key).is_some(), "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn what_chance_makes_is_a_key(_ in 0..8_u8) {
            prop_assert_eq!(flaw_of_key(&rand::random::<[u8; 64]>()), None);
            prop_assert_eq!(flaw_of_key(&rand::random::<[u8; 32]>()), None);
        }
    }
}
