//! Which user names are the same, and which may exist.
//!
//! Two names are the same when a reader could take one for the other: when they differ only in
//! letter case, width or composition (RFC 8265), or in letters that look alike (UTS 39, section 4).
//! Each name therefore has a key, and keys are unique. `paypal`, `PayPal`, `paypa1`, `paypaI` and the
//! Cyrillic `раураl` share one.
//!
//! A capital `I` looks like a small `l`, and letter case must not matter; so `i` and `l` count as the
//! same letter. It is the price of that promise that `Elia` cannot join when `Ella` has.
//!
//! Letters that look alike only in capitals (`Н` and `H`) are found when the whole name can be read as
//! Latin capitals. Likenesses that the tables of UTS 39 do not list (`cl` and `d`) are not found.
//!
//! Keys depend on the Unicode tables of `unicode-security` and `unicode-normalization`. An update of
//! these that changes a likeness needs a migration that makes all keys anew.

use std::{collections::HashSet, fmt, sync::LazyLock};

use precis_profiles::{
    UsernameCaseMapped,
    precis_core::{Error as PrecisError, profile::PrecisFastInvocation},
};
use unicode_normalization::UnicodeNormalization;
use unicode_security::{mixed_script::AugmentedScriptSet, skeleton};

use crate::{
    accounts::model::{UserId, Username},
    valid::{Problem, ProblemCode, Value},
};

/// Rounds until a key no longer changes; two suffice for every name that is allowed.
const ROUNDS: usize = 8;

/// What a user name is unique by. For comparing and finding; never shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameKey(String);

/// A user name that may exist, unless somebody has its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalName {
    /// As its owner writes it, in Unicode's form NFC.
    pub display: Username,
    pub key: NameKey,
}

/// Brings a name into the form in which it is stored.
///
/// # Errors
/// [`ProblemCode::MixedScripts`], [`ProblemCode::Character`] or [`ProblemCode::Malformed`] for what
/// RFC 8265 refuses, and [`ProblemCode::Reserved`] for what looks like a reserved name.
pub fn canonical(name: &Username) -> Result<CanonicalName, Problem> {
    let display = Username::parse(&name.as_str().nfc().collect::<String>())?;
    if !is_of_one_script(display.as_str()) {
        return Err(Problem::new(ProblemCode::MixedScripts));
    }
    UsernameCaseMapped::enforce(display.as_str()).map_err(|error| match error {
        PrecisError::BadCodepoint(_) => Problem::new(ProblemCode::Character),
        // The bidi rule (RFC 5893): the name would jump about in a line of text.
        PrecisError::Invalid | PrecisError::Unexpected(_) => Problem::new(ProblemCode::Malformed),
    })?;
    let key = NameKey::of(display.as_str());
    if RESERVED.contains(&key) || is_of_the_gone(&key) {
        return Err(Problem::new(ProblemCode::Reserved));
    }
    Ok(CanonicalName { display, key })
}

const GONE_PREFIX: &str = "gone-";

/// What is shown in the place of the name of somebody who has left. Nobody else can take it, or a name that
/// looks like it.
#[must_use]
pub fn of_gone(user: UserId) -> String {
    format!("{GONE_PREFIX}{user}")
}

/// Whether a name looks like one that is shown in the place of somebody who has left: `gone-` and a number.
fn is_of_the_gone(key: &NameKey) -> bool {
    static GONE: LazyLock<NameKey> = LazyLock::new(|| NameKey::of(GONE_PREFIX));
    static DIGITS: LazyLock<Vec<String>> = LazyLock::new(|| (0..10).map(|digit| NameKey::of(&digit.to_string()).0).collect());
    let rest = key.as_str().strip_prefix(GONE.as_str());
    rest.is_some_and(|rest| rest.chars().all(|letter| DIGITS.iter().any(|digit| digit.chars().eq([letter]))))
}

static RESERVED: LazyLock<HashSet<NameKey>> = LazyLock::new(|| Username::RESERVED.iter().map(|name| NameKey::of(name)).collect());

impl NameKey {
    /// The key of any text, so that whatever is typed can be looked up.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut key = text.to_owned();
        for _ in 0..ROUNDS {
            let next = likeness(&folded(&key));
            if next == key {
                break;
            }
            key = next;
        }
        Self(key)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<NameKey> for String {
    fn from(key: NameKey) -> Self {
        key.0
    }
}

impl fmt::Display for NameKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Without compatibility forms and letter case. By way of the capitals, so that `ς` becomes `σ` and
/// `ß` becomes `ss`.
fn folded(text: &str) -> String {
    let plain: String = text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    plain.nfkc().collect()
}

/// The text as it looks, in small letters.
fn likeness(folded: &str) -> String {
    let small = appearance(folded);
    if small.is_ascii() {
        return small;
    }
    let capitals = appearance(&folded.to_uppercase());
    if capitals.is_ascii() { capitals } else { small }
}

fn appearance(text: &str) -> String {
    skeleton(text).flat_map(char::to_lowercase).map(|letter| if letter == 'i' { 'l' } else { letter }).collect()
}

/// Whether the letters belong together: one script, or Latin beside those that East Asian writing
/// systems combine (UTS 39, "highly restrictive", without its list of scripts in modern use).
fn is_of_one_script(text: &str) -> bool {
    let all = AugmentedScriptSet::for_str(text);
    let beside_latin: String = text.chars().filter(|character| !is_latin(*character)).collect();
    let others = AugmentedScriptSet::for_str(&beside_latin);
    !all.is_empty() || others.hanb || others.jpan || others.kore
}

fn is_latin(character: char) -> bool {
    let mut scripts = AugmentedScriptSet::for_char(character);
    scripts.intersect_with(AugmentedScriptSet::for_char('a'));
    !scripts.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical_of(text: &str) -> Result<CanonicalName, Problem> {
        Username::parse(text).and_then(|name| canonical(&name))
    }

    fn key_of(text: &str) -> String {
        canonical_of(text).unwrap_or_else(|problem| panic!("{text:?}: {problem:?}")).key.into()
    }

    #[test]
    fn names_that_look_alike_have_one_key() {
        for (one, other) in [
            ("paypal", "PayPal"),
            ("paypal", "paypa1"),
            ("paypal", "paypaI"),
            ("PAYPAL", "paypai"),
            ("ocean", "0cean"),
            ("modern", "modem"),
            ("ａｄａ", "ada"),
            ("Ian", "lan"),
            ("soso", "ѕоѕо"),
            ("HOC", "НОС"),
            ("hoc", "нос"),
            ("Νίκος", "ΝΊΚΟΣ"),
            ("Straße", "STRASSE"),
        ] {
            assert_eq!(key_of(one), key_of(other), "{one} {other}");
        }
        assert_eq!(NameKey::of("раураl"), NameKey::of("paypal"));
    }

    #[test]
    fn names_that_can_be_told_apart_have_keys_of_their_own() {
        for (one, other) in [
            ("ada", "eda"),
            ("ada", "adá"),
            ("ada.l", "ada_l"),
            ("Мария", "Марина"),
            ("van", "nan"),
            ("美咲", "美幸"),
            ("ليلى", "ليل"),
        ] {
            assert_ne!(key_of(one), key_of(other), "{one} {other}");
        }
    }

    #[test]
    fn letters_of_scripts_that_do_not_belong_together_are_refused() {
        for name in ["раураl", "аda", "Eλena", "ada美Ж", "שadaש", "adaليلى"] {
            assert_eq!(canonical_of(name).unwrap_err().code, ProblemCode::MixedScripts, "{name}");
        }
    }

    #[test]
    fn one_script_or_one_writing_system_is_taken() {
        for name in ["Ødegård", "Мария_7", "美咲さん", "サトウ", "김철수kim", "ken美咲", "ليلى", "שרה", "ᏣᎳᎩ", "नमन"]
        {
            assert!(canonical_of(name).is_ok(), "{name}: {:?}", canonical_of(name));
        }
    }

    #[test]
    fn what_precis_refuses_is_refused_with_its_reason() {
        for (name, code) in [
            ("\u{3164}\u{3164}", ProblemCode::Character),
            ("ada²", ProblemCode::Character),
            ("ﬁona", ProblemCode::Character),
            ("𝐚𝐝𝐚", ProblemCode::Character),
            ("1ليلى", ProblemCode::Malformed),
        ] {
            assert_eq!(canonical_of(name).unwrap_err().code, code, "{name}");
        }
    }

    #[test]
    fn what_looks_like_a_reserved_name_is_reserved_too() {
        for name in ["adm1n", "Admln", "r00t", "ＲＯＯＴ", "moderat0r", "оwner", "nu11"] {
            let key = NameKey::of(name);
            assert!(RESERVED.contains(&key), "{name} {key}");
        }
        assert_eq!(canonical_of("adm1n").unwrap_err().code, ProblemCode::Reserved);
    }

    #[test]
    fn nobody_can_take_the_name_of_somebody_who_has_left() {
        for name in [of_gone(UserId(18)).as_str(), "GONE-18", "gone-l8", "g0ne-18", "gone-7"] {
            assert_eq!(canonical_of(name).unwrap_err().code, ProblemCode::Reserved, "{name}");
        }
        for name in ["gone", "gone-fishing", "gone18", "be.gone-18"] {
            assert!(canonical_of(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_name_is_shown_as_its_owner_writes_it() {
        let name = canonical_of("Ada.Lovelace").unwrap();
        assert_eq!(name.display.as_str(), "Ada.Lovelace");
        assert_eq!(NameKey::of(name.display.as_str()), name.key);
    }

    #[test]
    fn every_letter_that_is_allowed_keeps_its_key_in_the_other_case_and_on_a_second_look() {
        for letter in '\u{20}'..='\u{3ffff}' {
            let Ok(name) = canonical_of(&format!("{letter}{letter}")) else { continue };
            let key = name.key.as_str();
            let text = name.display.as_str();
            assert_eq!(NameKey::of(key).as_str(), key, "{text}");
            assert_eq!(NameKey::of(&text.to_uppercase()).as_str(), key, "{text}");
            assert_eq!(NameKey::of(&text.to_lowercase()).as_str(), key, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,40}") {
            let key = NameKey::of(&text);
            prop_assert_eq!(NameKey::of(key.as_str()), key);
        }

        #[test]
        fn letter_case_never_makes_another_name(text in "[\\p{Latin}\\p{Greek}\\p{Cyrillic}0-9._-]{2,30}") {
            if let Ok(name) = canonical_of(&text) {
                prop_assert_eq!(&NameKey::of(&text.to_uppercase()), &name.key);
                prop_assert_eq!(&NameKey::of(&text.to_lowercase()), &name.key);
            }
        }

        #[test]
        fn any_text_at_all_gets_an_answer(text in any::<String>()) {
            let _ = NameKey::of(&text);
            let _ = canonical_of(&text);
        }
    }
}
