//! What it costs to guess a text: the cheapest way to put it together, found from left to right, and of
//! which parts.

use std::{collections::BTreeSet, sync::LazyLock};

use zeroize::Zeroizing;

use super::{super::breached, without_separators};
use crate::accounts::model::WeightReason;

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
/// One of some 470,000 in the list of leaked passwords.
const LEAKED: u32 = 19;
/// A day of a hundred years.
const DATE: u32 = 15;

/// In code points: longer parts are not looked for among the leaked ones.
const LONGEST_LEAKED: usize = 24;

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

pub static COMMON: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let lines = include_str!("common.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(|word| word.chars().collect()).collect()
});

/// Both directions of every row.
static RUNS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let forward = ROWS.iter().map(|row| row.chars().collect());
    let backward = ROWS.iter().map(|row| row.chars().rev().collect());
    forward.chain(backward).collect()
});

/// A text that is to be taken apart, with what does not depend on who asks.
pub struct Text<'a> {
    text: &'a [char],
    /// For each place, the lengths of what leaked and begins there, and what it costs.
    leaked: Vec<Vec<(usize, u32)>>,
}

/// The cheapest way to put a text together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// As a power of two.
    pub bits: u32,
    /// What makes it cheap; single characters do not.
    pub reasons: BTreeSet<WeightReason>,
}

/// Both forms of a text: as it stands, and with what separates its words left out.
pub fn cheapest(text: &[char], own: &[Vec<char>]) -> Cost {
    let joined = Zeroizing::new(without_separators(text));
    let cost = Text::new(text).cost(own);
    if joined.len() == text.len() {
        return cost;
    }
    let without = Text::new(&joined).cost(own);
    if without.bits + SEPARATORS < cost.bits { Cost { bits: without.bits + SEPARATORS, ..without } } else { cost }
}

/// How a part of a text begins and what it costs up to its end.
#[derive(Clone, Copy)]
struct Step {
    bits: u32,
    start: usize,
    reason: Option<WeightReason>,
}

impl<'a> Text<'a> {
    pub fn new(text: &'a [char]) -> Self {
        let leaked = (0..text.len()).map(|start| if begins_a_part(text, start) { leaked(&text[start..]) } else { Vec::new() });
        Self { text, leaked: leaked.collect() }
    }

    fn cost(&self, own: &[Vec<char>]) -> Cost {
        let mut steps = vec![Step { bits: u32::MAX, start: 0, reason: None }; self.text.len() + 1];
        steps[0].bits = 0;
        for start in 0..self.text.len() {
            let so_far = steps[start].bits;
            for (length, bits, reason) in self.offers(start, own) {
                let end = &mut steps[start + length];
                if so_far + bits < end.bits {
                    *end = Step { bits: so_far + bits, start, reason };
                }
            }
        }
        Cost { bits: steps[self.text.len()].bits, reasons: reasons(&steps) }
    }

    /// Every part that may begin here: its length, what it costs, and why it is cheap.
    fn offers(&self, start: usize, own: &[Vec<char>]) -> Vec<(usize, u32, Option<WeightReason>)> {
        let rest = &self.text[start..];
        let mut offers = vec![(1, price_of_character(rest[0]), None)];
        let spelled = |word: &Vec<char>| Some((word.len(), spelled(rest, word)?));
        for (length, surcharge) in own.iter().filter_map(spelled) {
            offers.push((length, CONTEXT_WORD + surcharge, Some(WeightReason::Own)));
        }
        for word in COMMON.iter() {
            if let Some((length, surcharge)) = spelled(word) {
                offers.push((length, price_of_word(word) + surcharge, Some(WeightReason::CommonWord)));
            }
        }
        offers.extend(self.leaked[start].iter().map(|(length, bits)| (*length, *bits, Some(WeightReason::Leaked))));
        offers.extend(longest_run(rest).map(|length| (length, RUN, Some(WeightReason::Run))));
        if is_year(rest) {
            offers.push((4, YEAR, Some(WeightReason::Date)));
        }
        offers.extend(date(rest).map(|length| (length, DATE, Some(WeightReason::Date))));
        offers.extend(longest_copy(self.text, start).map(|length| (length, COPY, Some(WeightReason::Repeat))));
        offers
    }
}

/// From the end of the text back to its beginning.
fn reasons(steps: &[Step]) -> BTreeSet<WeightReason> {
    let mut reasons = BTreeSet::new();
    let mut place = steps.len() - 1;
    while place > 0 {
        reasons.extend(steps[place].reason);
        place = steps[place].start;
    }
    reasons
}

/// Where letters follow digits or signs, digits letters, and so on: what leaked is looked for only here.
fn begins_a_part(text: &[char], start: usize) -> bool {
    let kind = |character: char| (character.is_alphabetic(), character.is_numeric());
    start == 0 || kind(text[start - 1]) != kind(text[start])
}

fn leaked(text: &[char]) -> Vec<(usize, u32)> {
    let lengths = breached::SHORTEST..=LONGEST_LEAKED.min(text.len());
    let found = lengths.filter_map(|length| {
        let part = Zeroizing::new(text[..length].iter().collect::<String>());
        if breached::has_exactly(&part) {
            return Some((length, LEAKED));
        }
        let bare = Zeroizing::new(breached::unmasked(&part));
        (*bare != *part && breached::has_exactly(&bare)).then_some((length, LEAKED + LOOKALIKES))
    });
    found.collect()
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

/// The length of a day, month and year in digits, in the orders people write them, with or without one sign
/// between: `24121987`, `24.12.1987`, `12/24/87`, `19871224`.
fn date(text: &[char]) -> Option<usize> {
    const FORMS: [&str; 10] = [
        "DDMMYYYY",
        "MMDDYYYY",
        "YYYYMMDD",
        "DD.MM.YYYY",
        "MM.DD.YYYY",
        "YYYY.MM.DD",
        "DD.MM.YY",
        "MM.DD.YY",
        "DDMMYY",
        "MMDDYY",
    ];
    FORMS.iter().find(|form| is_date(text, form)).map(|form| form.len())
}

fn is_date(text: &[char], form: &str) -> bool {
    let (mut day, mut month, mut year) = (0, 0, 0);
    for (place, sign) in form.chars().enumerate() {
        let Some(seen) = text.get(place) else { return false };
        let number = match sign {
            'D' => &mut day,
            'M' => &mut month,
            'Y' => &mut year,
            _ if matches!(seen, '.' | '-' | '/' | ' ' | '_') => continue,
            _ => return false,
        };
        let Some(digit) = seen.to_digit(10) else { return false };
        *number = *number * 10 + digit;
    }
    (1..=31).contains(&day) && (1..=12).contains(&month) && (year < 100 || (1900..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost_of(text: &str, own: &[&str]) -> Cost {
        let own: Vec<Vec<char>> = own.iter().map(|word| word.chars().collect()).collect();
        cheapest(&text.chars().collect::<Vec<_>>(), &own)
    }

    #[test]
    fn it_is_told_what_makes_a_password_cheap() {
        for (text, reason) in [
            ("qwertyuiop", WeightReason::Run),
            ("abcdefgh", WeightReason::Run),
            ("dragon", WeightReason::CommonWord),
            ("xkvxkvxkv", WeightReason::Repeat),
            ("24.12.1987", WeightReason::Date),
            ("wilhelmina", WeightReason::Own),
            ("ghbdtnbr", WeightReason::Leaked),
        ] {
            let cost = cost_of(text, &["wilhelmina"]);
            assert!(cost.reasons.contains(&reason), "{text}: {cost:?}");
        }
        assert_eq!(cost_of("gzqhvmwt", &[]).reasons, BTreeSet::new());
    }

    #[test]
    fn days_are_dates_and_other_numbers_are_not() {
        let length = |text: &str| date(&text.chars().collect::<Vec<_>>());
        for text in ["24121987", "12241987", "19871224", "24.12.1987", "1987-12-24", "24/12/87", "241287"] {
            assert_eq!(length(text), Some(text.len()), "{text}");
        }
        for text in ["99999999", "24.13", "2412", "00001987", "quiet"] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
