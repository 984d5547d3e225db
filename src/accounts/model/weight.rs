//! What a password that is being chosen would withstand, as far as anybody can tell. The server weighs it,
//! since it has the lists; this is what it answers.

use serde::{Deserialize, Serialize};

/// How hard a password is to guess, and what makes it easier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordWeight {
    /// The work of somebody who knows how people choose, as a power of two.
    pub bits: u32,
    pub reasons: Vec<WeightReason>,
}

/// What makes a password easier to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightReason {
    /// It has leaked elsewhere, or a part of it has.
    Leaked,
    /// It contains what anybody can read about the person or the site.
    Own,
    CommonWord,
    /// It runs along the alphabet or a keyboard.
    Run,
    Repeat,
    /// It contains a year or a date.
    Date,
}

/// In steps that a person can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It would be refused.
    TooWeak,
    Weak,
    Fair,
    Good,
    VeryGood,
}

impl PasswordWeight {
    /// In bits: a password that is cheaper than this to put together is refused.
    pub const ENOUGH: u32 = 36;

    #[must_use]
    pub const fn strength(&self) -> Strength {
        match self.bits {
            0..Self::ENOUGH => Strength::TooWeak,
            Self::ENOUGH..44 => Strength::Weak,
            44..54 => Strength::Fair,
            54..66 => Strength::Good,
            66.. => Strength::VeryGood,
        }
    }
}

impl Strength {
    /// Out of four.
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::TooWeak => 0,
            Self::Weak => 1,
            Self::Fair => 2,
            Self::Good => 3,
            Self::VeryGood => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_the_lowest_step_and_more_work_is_never_a_lower_one() {
        let strength = |bits| PasswordWeight { bits, reasons: Vec::new() }.strength();
        assert_eq!(strength(PasswordWeight::ENOUGH - 1), Strength::TooWeak);
        assert_eq!(strength(PasswordWeight::ENOUGH), Strength::Weak);
        assert!((0..200).map(strength).is_sorted());
        assert_eq!(strength(200).level(), 4);
    }
}
