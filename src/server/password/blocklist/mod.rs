//! Passwords that attackers try first, refused without asking anybody (NIST SP 800-63B-4, 3.1.1.2).
//!
//! A password has at least 15 code points here, so a list of leaked ones would hardly ever match:
//! those that long are short ones made longer. They are taken apart instead. What it costs to guess a
//! password is the cheapest way to put it together from common words (also with digits and signs for
//! letters), runs along the alphabet or a keyboard, years, copies of what stood before, and single
//! characters. Letter case, width and separators do not count.
//!
//! What this knows: about 1,400 words, names and phrases, mostly English with some of ten other
//! languages, in `common.txt`; the keyboards and alphabets in [`ROWS`]; the words of the context.
//! What it does not know: passwords leaked elsewhere, the grammar of any language, and all other
//! words, which count letter by letter. It keeps the worst passwords out; it does not make any good.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{accounts::model::NewPassword, valid::ProblemCode};

/// Words that a person's own password must not lean on.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub site_name: &'a str,
    pub username: &'a str,
    pub email: &'a str,
}

/// In bits: a password that is cheaper than this to put together is refused.
const ENOUGH: u32 = 36;
/// In code points: what follows is not looked at.
const LONGEST: usize = 256;

// What the parts of a password cost, in bits, for somebody who knows how people choose them.
const DIGIT: u32 = 3;
const LETTER: u32 = 5;
const SIGN: u32 = 4;
const WORD: u32 = 9;
const CONTEXT_WORD: u32 = 4;
const LOOKALIKES: u32 = 2;
const RUN: u32 = 7;
const YEAR: u32 = 7;
const COPY: u32 = 5;
const SEPARATORS: u32 = 4;

/// In code points: shorter runs and copies are chance.
const SHORTEST_RUN: usize = 3;
/// In code points: a longer copy is paid for twice, which keeps the work bounded.
const LONGEST_COPY: usize = 32;
/// In code points: shorter words of the context are not words.
const SHORTEST_CONTEXT_WORD: usize = 3;

/// Alphabets and keyboards, along which fingers run in either direction.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "0123456789",
    "1234567890",
    "13579",
    "02468",
    "!@#$%^&*()_+",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiopü",
    "asdfghjklöä",
    "yxcvbnm,.-",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "147258369",
];

static COMMON: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let lines = include_str!("common.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(|word| word.chars().collect()).collect()
});

/// Both directions of every row.
static RUNS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let forward = ROWS.iter().map(|row| row.chars().collect());
    let backward = ROWS.iter().map(|row| row.chars().rev().collect());
    forward.chain(backward).collect()
});

/// Why a password is too easy to guess, if it is: [`ProblemCode::Common`] for anybody's, or
/// [`ProblemCode::Guessable`] for this person's on this site.
#[must_use]
pub fn weakness(password: &NewPassword, context: &Context<'_>) -> Option<ProblemCode> {
    let text = Zeroizing::new(folded(password.secret().expose()));
    if cost_with_or_without_separators(&text, &[]) < ENOUGH {
        return Some(ProblemCode::Common);
    }
    let own = context_words(context);
    (cost_with_or_without_separators(&text, &own) < ENOUGH).then_some(ProblemCode::Guessable)
}

fn folded(text: &str) -> Vec<char> {
    let mut characters = Vec::with_capacity(LONGEST);
    characters.extend(text.nfkc().flat_map(char::to_lowercase).take(LONGEST));
    characters
}

/// The names of the context, whole and in their parts.
fn context_words(context: &Context<'_>) -> Vec<Vec<char>> {
    let (local_part, domain) = context.email.split_once('@').unwrap_or((context.email, ""));
    let mut words = Vec::new();
    for name in [context.site_name, context.username, local_part, domain] {
        let name = folded(name);
        words.push(without_separators(&name));
        words.extend(name.split(|character| !character.is_alphanumeric()).map(<[char]>::to_vec));
    }
    words.retain(|word| word.len() >= SHORTEST_CONTEXT_WORD);
    words
}

fn without_separators(text: &[char]) -> Vec<char> {
    text.iter().copied().filter(|character| character.is_alphanumeric()).collect()
}

fn cost_with_or_without_separators(text: &[char], own: &[Vec<char>]) -> u32 {
    let joined = Zeroizing::new(without_separators(text));
    let cost = cost(text, own);
    if joined.len() == text.len() { cost } else { cost.min(SEPARATORS + self::cost(&joined, own)) }
}

/// In bits: the cheapest way to put the text together, found from left to right.
fn cost(text: &[char], own: &[Vec<char>]) -> u32 {
    let mut cheapest = vec![u32::MAX; text.len() + 1];
    cheapest[0] = 0;
    for start in 0..text.len() {
        let so_far = cheapest[start];
        let mut offer = |length: usize, price: u32| {
            let end = &mut cheapest[start + length];
            *end = (*end).min(so_far + price);
        };
        let rest = &text[start..];
        offer(1, price_of_character(rest[0]));
        for word in own {
            if let Some(surcharge) = spelled(rest, word) {
                offer(word.len(), CONTEXT_WORD + surcharge);
            }
        }
        for word in COMMON.iter() {
            if let Some(surcharge) = spelled(rest, word) {
                offer(word.len(), price_of_word(word) + surcharge);
            }
        }
        if let Some(length) = longest_run(rest) {
            offer(length, RUN);
        }
        if is_year(rest) {
            offer(4, YEAR);
        }
        if let Some(length) = longest_copy(text, start) {
            offer(length, COPY);
        }
    }
    cheapest[text.len()]
}

fn price_of_character(character: char) -> u32 {
    match character {
        _ if character.is_numeric() => DIGIT,
        _ if character.is_alphabetic() => LETTER,
        _ => SIGN,
    }
}

/// Short words are tried before long ones.
fn price_of_word(word: &[char]) -> u32 {
    let by_length = u32::try_from(word.len()).map_or(WORD, |length| 2 + 2 * length);
    by_length.min(WORD)
}

/// The surcharge for the way the word is spelled, when the text begins with it.
fn spelled(text: &[char], word: &[char]) -> Option<u32> {
    let beginning = text.get(..word.len())?;
    let pairs = || beginning.iter().zip(word);
    if !pairs().all(|(seen, meant)| seen == meant || looks_like(*seen, *meant)) {
        return None;
    }
    Some(if beginning == word { 0 } else { LOOKALIKES })
}

/// Digits and signs that people write for letters.
fn looks_like(seen: char, meant: char) -> bool {
    matches!(
        (seen, meant),
        ('0', 'o')
            | ('1' | '!' | '|', 'i' | 'l')
            | ('3', 'e')
            | ('4' | '@', 'a')
            | ('5' | '$', 's')
            | ('7' | '+', 't')
            | ('8', 'b')
            | ('9', 'g')
    )
}

fn longest_run(text: &[char]) -> Option<usize> {
    let along = |row: &Vec<char>| {
        let from = row.iter().position(|character| *character == text[0])?;
        Some(text.iter().zip(&row[from..]).take_while(|(seen, next)| seen == next).count())
    };
    RUNS.iter().filter_map(along).max().filter(|length| *length >= SHORTEST_RUN)
}

fn is_year(text: &[char]) -> bool {
    match text {
        ['1', '9', decade, year, ..] | ['2', '0', decade, year, ..] => decade.is_ascii_digit() && year.is_ascii_digit(),
        _ => false,
    }
}

/// How much of what follows `start` repeats what stands before it, at any distance.
fn longest_copy(text: &[char], start: usize) -> Option<usize> {
    let copied = |from: usize| text[start..].iter().zip(&text[from..]).take(LONGEST_COPY).take_while(|(one, other)| one == other);
    (0..start).map(|from| copied(from).count()).max().filter(|length| *length >= SHORTEST_RUN)
}

#[cfg(test)]
mod tests;
