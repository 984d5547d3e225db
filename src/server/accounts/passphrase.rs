//! Suggests a passphrase to people who would otherwise choose a worse one.
//!
//! Six words, each drawn by the system's generator from the 2,079 in `words.txt`: 66 bits
//! (6 × 11.02), which nobody guesses through Argon2id. The words have four to eight letters, so a
//! passphrase is always long enough to be a password here.

use std::sync::LazyLock;

use rand::{
    TryRng,
    rngs::{SysError, SysRng},
};
use zeroize::Zeroizing;

use crate::accounts::model::Secret;

/// How many words a passphrase has.
const WORDS: usize = 6;
/// In bytes: the longest passphrase, so that no half of one stays behind when a text grows.
const ROOM: usize = WORDS * 9;

static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());

/// A fresh passphrase: words in lower case with hyphens between them.
///
/// # Errors
/// The system has no random numbers to give.
pub fn suggest() -> Result<Secret, SysError> {
    let mut phrase = Zeroizing::new(String::with_capacity(ROOM));
    for place in 0..WORDS {
        if place > 0 {
            phrase.push('-');
        }
        phrase.push_str(LIST[below(LIST.len())?]);
    }
    Ok(Secret::new(std::mem::take(&mut *phrase)))
}

/// A number below `bound`, each as likely as any other: those of the last, incomplete round are
/// drawn again.
fn below(bound: usize) -> Result<usize, SysError> {
    let bound = u64::try_from(bound).expect("a list's length fits into 64 bits");
    let complete = u64::MAX - u64::MAX % bound;
    loop {
        let drawn = SysRng.try_next_u64()?;
        if drawn < complete {
            return Ok(usize::try_from(drawn % bound).expect("what is below a list's length fits into a length"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{
        accounts::model::NewPassword,
        server::password::{Context, weakness},
    };

    #[test]
    fn the_list_has_the_words_that_the_entropy_is_counted_from() {
        assert_eq!(LIST.len(), 2_079);
        assert_eq!(LIST.iter().collect::<HashSet<_>>().len(), LIST.len());
        for word in LIST.iter() {
            assert!((4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn a_passphrase_is_six_words_and_always_a_good_password() {
        let context = Context { site_name: "Lantern Street", username: "ada", email: "ada@example.org" };
        for _ in 0..100 {
            let phrase = suggest().unwrap();
            assert_eq!(phrase.expose().split('-').filter(|word| LIST.contains(word)).count(), WORDS);
            assert!(phrase.expose().len() <= ROOM);
            assert_eq!(weakness(&NewPassword::parse(&phrase).unwrap(), &context), None);
        }
    }

    #[test]
    fn no_two_passphrases_are_the_same() {
        let phrases: HashSet<_> = (0..100).map(|_| suggest().unwrap().expose().to_owned()).collect();
        assert_eq!(phrases.len(), 100);
    }

    #[test]
    fn every_number_below_the_bound_comes_up_and_no_other() {
        let drawn: HashSet<_> = (0..1_000).map(|_| below(3).unwrap()).collect();
        assert_eq!(drawn, HashSet::from([0, 1, 2]));
    }
}
