//! Passwords that leaked elsewhere, as far as an offline list knows them. Nobody is asked, and the list
//! gives no password away: it is a set of shortened digests, made by `cargo xtask breached-list` from a
//! public list of words (which one, and under which licence: `docs/breached-passwords.md`).
//!
//! A password that is in the list is always found. One that is not is taken for one that is in about one
//! of two million cases.

mod form;

use std::sync::LazyLock;

use form::{BUCKETS, MAGIC, REST};

pub use form::SHORTEST;

static FILE: &[u8] = include_bytes!("passwords.list");
static LIST: LazyLock<List<'static>> = LazyLock::new(|| List::read(FILE).expect("the list was checked by a test"));

/// A list in memory, as it lies in its file.
struct List<'a> {
    /// Where each bucket begins, and the last ends.
    begins: Vec<usize>,
    rests: &'a [[u8; REST]],
}

impl<'a> List<'a> {
    fn read(file: &'a [u8]) -> Option<Self> {
        let file = file.strip_prefix(MAGIC)?;
        let (counts, rests) = file.split_at_checked(BUCKETS)?;
        let (rests, remainder) = rests.as_chunks::<REST>();
        let mut begins = Vec::with_capacity(BUCKETS + 1);
        let mut begin = 0;
        for count in counts {
            begins.push(begin);
            begin += usize::from(*count);
        }
        begins.push(begin);
        (remainder.is_empty() && rests.len() == begin).then_some(Self { begins, rests })
    }

    fn has(&self, (bucket, rest): (u16, [u8; REST])) -> bool {
        let bucket = usize::from(bucket);
        self.rests[self.begins[bucket]..self.begins[bucket + 1]].contains(&rest)
    }
}

/// Whether a password has leaked. Letter case, width and separators do not count, nor do digits and signs
/// that stand for letters or were added at the end.
#[must_use]
pub fn has(text: &str) -> bool {
    let folded = form::folded(text);
    let joined: String = folded.chars().filter(|character| character.is_alphanumeric()).collect();
    [folded, joined].iter().any(|whole| {
        let bare = whole.trim_end_matches(|character: char| !character.is_alphabetic());
        [whole.as_str(), bare].iter().any(|form| has_exactly(form) || has_exactly(&unmasked(form)))
    })
}

/// Whether a text that is folded already is in the list as it is.
#[must_use]
pub fn has_exactly(folded: &str) -> bool {
    folded.chars().nth(SHORTEST - 1).is_some() && LIST.has(form::digest(folded))
}

/// Letters in place of the digits and signs that people write for them.
#[must_use]
pub fn unmasked(text: &str) -> String {
    let letter = |character| match character {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Made as the build program makes it.
    fn list_of(passwords: &[String]) -> Vec<u8> {
        let mut digests: Vec<_> = passwords.iter().map(|password| form::digest(&form::folded(password))).collect();
        digests.sort_unstable();
        digests.dedup();
        let mut counts = vec![0_u8; BUCKETS];
        for (bucket, _) in &digests {
            counts[usize::from(*bucket)] += 1;
        }
        [MAGIC.to_vec(), counts, digests.into_iter().flat_map(|(_, rest)| rest).collect()].concat()
    }

    #[test]
    fn the_list_that_is_shipped_is_whole_and_small() {
        let list = List::read(FILE).unwrap();
        assert!(list.rests.len() > 450_000, "{}", list.rests.len());
        assert!(FILE.len() <= 2_000_000, "{}", FILE.len());
        assert!(list.begins.windows(2).all(|bucket| list.rests[bucket[0]..bucket[1]].is_sorted()));
    }

    #[test]
    fn what_leaked_is_found_however_it_is_dressed_up() {
        for password in
            ["password1", "iloveyou", "ILOVEYOU", "ｉｌｏｖｅｙｏｕ", "iloveyou2024!!", "1l0v3y0u", "i-love-you", "p@ssw0rd"]
        {
            assert!(has(password), "{password}");
        }
        for password in ["seven quiet herons at dawn", "xk2v9qhw0mzt4rp", "gneiss culvert ombre", "short", "", "1234"] {
            assert!(!has(password), "{password}");
        }
    }

    /// The rate that `SECURITY.md` and the documentation of the list state: below one in a million.
    #[test]
    fn hardly_anything_else_is_taken_for_it() {
        const TRIES: u32 = 4_000_000;
        let found = (0..TRIES).filter(|_| LIST.has((rand::random(), rand::random()))).count();
        // Two are expected; that there are more than fifteen by chance happens once in ten billion runs.
        assert!(found <= 15, "{found} of {TRIES}");
    }

    #[test]
    fn a_file_that_is_not_whole_is_no_list() {
        let whole = list_of(&["iloveyou".to_owned(), "password1".to_owned()]);
        assert!(List::read(&whole).is_some());
        for broken in [&whole[..whole.len() - 1], &whole[1..], &whole[..BUCKETS], b""] {
            assert!(List::read(broken).is_none());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn everything_that_went_into_a_list_is_found_in_it(passwords in proptest::collection::vec("\\PC{8,20}", 1..60)) {
            let file = list_of(&passwords);
            let list = List::read(&file).unwrap();
            for password in &passwords {
                prop_assert!(list.has(form::digest(&form::folded(password))));
            }
        }
    }
}
