//! Passwords that attackers try first, refused without asking anybody (NIST SP 800-63B-4, 3.1.1.2).
//!
//! Long passwords hardly ever stand in a list of leaked ones: those that are bad are short ones made
//! longer. So they are taken apart as well. What it costs to guess a password is the cheapest way to put it
//! together from common words and leaked passwords (also with digits and signs for letters), runs along
//! the alphabet or a keyboard, years and dates, copies of what stood before, and single characters. Letter
//! case, width and separators do not count.
//!
//! What this knows: about 1,400 words, names and phrases, mostly English with some of ten other
//! languages, in `common.txt`; the list of [`breached`]; the keyboards and alphabets in `cost.rs`; the
//! words of the context. What it does not know: the grammar of any language, and all other words, which
//! count letter by letter. It keeps the worst passwords out; it does not make any good.

mod cost;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::breached;
use crate::{
    accounts::model::{NewPassword, PasswordWeight, Secret, WeightReason},
    valid::ProblemCode,
};

use cost::{Cost, cheapest};

/// Words that a person's own password must not lean on.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub site_name: &'a str,
    pub username: &'a str,
    pub email: &'a str,
}

/// In code points: what follows is not looked at.
const LONGEST: usize = 256;

/// In code points: shorter words of the context are not words.
const SHORTEST_CONTEXT_WORD: usize = 3;

/// Why a password is too easy to guess, if it is: [`ProblemCode::Common`] for anybody's,
/// [`ProblemCode::Guessable`] for this person's on this site, or [`ProblemCode::Leaked`].
#[must_use]
pub fn weakness(password: &NewPassword, context: &Context<'_>) -> Option<ProblemCode> {
    let text = Zeroizing::new(folded(password.secret().expose()));
    let (anybodys, own) = (cheapest(&text, &[]), cheapest(&text, &context_words(context)));
    let leans_on = |cost: &Cost, reason| cost.bits < PasswordWeight::ENOUGH && cost.reasons.contains(&reason);
    if anybodys.bits < PasswordWeight::ENOUGH && !leans_on(&anybodys, WeightReason::Leaked) {
        return Some(ProblemCode::Common);
    }
    if leans_on(&own, WeightReason::Own) {
        return Some(ProblemCode::Guessable);
    }
    if anybodys.bits < PasswordWeight::ENOUGH {
        return Some(ProblemCode::Leaked);
    }
    breached::has(password.secret().expose()).then_some(ProblemCode::Leaked)
}

/// What a text would withstand as a password, and why not more.
#[must_use]
pub fn weight(text: &Secret, context: &Context<'_>) -> PasswordWeight {
    let folded = Zeroizing::new(folded(text.expose()));
    let cost = cheapest(&folded, &context_words(context));
    let mut weight = PasswordWeight { bits: cost.bits, reasons: cost.reasons.into_iter().collect() };
    if breached::has(text.expose()) {
        weight.bits = weight.bits.min(PasswordWeight::ENOUGH - 1);
        if !weight.reasons.contains(&WeightReason::Leaked) {
            weight.reasons.insert(0, WeightReason::Leaked);
        }
    }
    weight
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

#[cfg(test)]
mod tests;
