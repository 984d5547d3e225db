//! A challenge: a little work that a browser does before a form is taken, so that sending many costs much.
//! Both sides know it: the browser looks for the solution, the server looks at it.
//!
//! The work is to find a number that, written after the challenge's text, gives a SHA-256 digest that
//! begins with so many zero bits. That takes 2^bits tries on the average; looking at it takes one.

use sha2::{Digest, Sha256};

use crate::valid::{Problem, ProblemCode, Value};

/// What a form brings back of its challenge. Nothing of it is trusted before the server has looked at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChallengeAnswer {
    /// The challenge as it was given out, with its signature.
    pub challenge: String,
    /// Empty where no script has looked for it.
    pub solution: String,
    /// A field that people do not see: only programs fill it in.
    pub trap: String,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Puzzle {
    text: String,
    bits: u32,
}

/// A number that may solve a puzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solution(u64);

/// Somebody who looks for a solution, some tries at a time.
#[derive(Clone, Debug)]
pub struct Search {
    puzzle: Puzzle,
    begun: Sha256,
    next: u64,
}

impl Puzzle {
    /// More would keep a phone busy for minutes.
    pub const MOST_BITS: u32 = 24;

    /// `bits` beyond what can be asked of anybody are cut.
    #[must_use]
    pub fn new(text: impl Into<String>, bits: u32) -> Self {
        Self { text: text.into(), bits: bits.min(Self::MOST_BITS) }
    }

    #[must_use]
    pub fn is_solved_by(&self, solution: Solution) -> bool {
        has_zero_bits(&begun(&self.text), solution.0, self.bits)
    }

    #[must_use]
    pub fn search(self) -> Search {
        Search { begun: begun(&self.text), puzzle: self, next: 0 }
    }
}

impl Search {
    /// Makes so many tries.
    pub fn step(&mut self, tries: u32) -> Option<Solution> {
        let last = self.next.saturating_add(u64::from(tries));
        let found = (self.next..last).find(|number| has_zero_bits(&self.begun, *number, self.puzzle.bits));
        self.next = last;
        found.map(Solution)
    }

    /// How much of the work that the search takes on the average is done, in parts of a hundred. The work
    /// may take longer; it then stays just below all.
    #[must_use]
    pub fn progress(&self) -> u64 {
        let usual = 1_u64 << self.puzzle.bits;
        (self.next * 100 / usual).min(99)
    }
}

impl Solution {
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl Value for Solution {
    fn parse(text: &str) -> Result<Self, Problem> {
        let is_plain = (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_plain.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or_else(|| Problem::new(ProblemCode::Malformed))
    }
}

fn begun(text: &str) -> Sha256 {
    Sha256::new().chain_update(text).chain_update(":")
}

fn has_zero_bits(begun: &Sha256, number: u64, bits: u32) -> bool {
    let digest = begun.clone().chain_update(number.to_be_bytes()).finalize();
    let zeros = digest.iter().try_fold(0, |zeros, byte| match byte.leading_zeros() {
        8 => Ok(zeros + 8),
        more => Err(zeros + more),
    });
    let (Ok(zeros) | Err(zeros)) = zeros;
    zeros >= bits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn solve(puzzle: Puzzle) -> Solution {
        let mut search = puzzle.search();
        loop {
            if let Some(solution) = search.step(100) {
                return solution;
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_the_search_finds_solves_the_puzzle_and_no_other(text in "\\PC{0,60}", bits in 0_u32..10) {
            let solution = solve(Puzzle::new(text.clone(), bits));
            prop_assert!(Puzzle::new(text.clone(), bits).is_solved_by(solution));
            let another = Puzzle::new(format!("{text}x"), 24);
            prop_assert!(!another.is_solved_by(solution));
            prop_assert_eq!(Solution::parse(&solution.number().to_string()).unwrap(), solution);
        }

        #[test]
        fn a_search_in_slices_finds_what_one_in_one_go_does(text in "[a-z]{0,20}", slice in 1_u32..50) {
            let whole = Puzzle::new(text.clone(), 8).search().step(u32::MAX);
            let mut sliced = Puzzle::new(text, 8).search();
            let found = std::iter::from_fn(|| Some(sliced.step(slice))).flatten().next();
            prop_assert_eq!(found, whole);
        }

        #[test]
        fn no_text_but_a_number_is_a_solution(text in "\\PC{0,30}") {
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                prop_assert!(Solution::parse(&text).is_err());
            }
        }
    }

    #[test]
    fn the_work_doubles_with_each_bit() {
        let solved = |bits| (0..4_096).filter(|number| Puzzle::new("text", bits).is_solved_by(Solution(*number))).count();
        assert_eq!(solved(0), 4_096);
        for (bits, expected) in [(1, 2_048_usize), (3, 512), (5, 128)] {
            assert!(solved(bits).abs_diff(expected) < expected / 3, "{bits}: {}", solved(bits));
        }
    }

    #[test]
    fn nobody_is_asked_for_hours_of_work() {
        assert_eq!(Puzzle::new("text", 200), Puzzle::new("text", Puzzle::MOST_BITS));
        let mut search = Puzzle::new("text", 4).search();
        assert_eq!(search.progress(), 0);
        search.step(1_000);
        assert_eq!(search.progress(), 99);
    }
}
