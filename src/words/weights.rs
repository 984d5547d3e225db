//! What a password would withstand.

use crate::accounts::model::{PasswordWeight, Strength, WeightReason};

/// What a password that is being chosen would withstand.
#[must_use]
pub fn weight(weight: &PasswordWeight) -> String {
    let strength = match weight.strength() {
        Strength::TooWeak => "Too easy to guess",
        Strength::Weak => "Weak",
        Strength::Fair => "Fair",
        Strength::Good => "Good",
        Strength::VeryGood => "Very good",
    };
    let time = guessing_time(weight.bits);
    let told = format!("{strength}: an attacker with the stolen database would need {time} for it.");
    std::iter::once(told.as_str()).chain(weight.reasons.iter().map(|reason| weight_reason(*reason))).collect::<Vec<_>>().join(" ")
}

/// How long a guess at ten thousand a second takes on the average, which is what our hashes let a
/// well-equipped attacker do.
fn guessing_time(bits: u32) -> &'static str {
    const PER_SECOND: u128 = 10_000;
    let seconds = 1_u128.checked_shl(bits.saturating_sub(1)).map_or(u128::MAX, |guesses| guesses / PER_SECOND);
    match seconds {
        0..60 => "less than a minute",
        60..3_600 => "less than an hour",
        3_600..86_400 => "some hours",
        86_400..2_592_000 => "some days",
        2_592_000..31_536_000 => "some months",
        31_536_000..3_153_600_000 => "some years",
        3_153_600_000..315_360_000_000 => "some hundred years",
        _ => "longer than anybody will try",
    }
}

const fn weight_reason(reason: WeightReason) -> &'static str {
    match reason {
        WeightReason::Leaked => "A part of it is among passwords that leaked elsewhere.",
        WeightReason::Own => "It contains the name of the site, your user name or your e-mail address.",
        WeightReason::CommonWord => "It contains very common words.",
        WeightReason::Run => "It runs along the alphabet or the keyboard.",
        WeightReason::Repeat => "It repeats itself.",
        WeightReason::Date => "It contains a year or a date.",
    }
}
