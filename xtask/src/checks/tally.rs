//! How many tests passed and failed, read from what the test runners say themselves.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    pub const PASSED_CHECK: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub const FAILED_CHECK: Self = Self { passed: 0, failed: 1, skipped: 0 };

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    pub fn is_empty(self) -> bool {
        self.passed == 0 && self.failed == 0
    }

    /// Reads a closing line of Rust's test runner:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
    pub fn of_rust_line(line: &str) -> Option<Self> {
        let line = without_colours(line);
        let counts = line.trim().strip_prefix("test result: ")?.split_once(". ")?.1;
        let count = |noun: &str| {
            let words = counts.split(';').find_map(|part| part.trim().strip_suffix(noun))?;
            words.trim().parse().ok()
        };
        Some(Self { passed: count("passed")?, failed: count("failed")?, skipped: count("ignored")? })
    }

    /// Reads the report that Playwright writes in JSON. A test that passed only when tried again has failed.
    pub fn of_playwright_report(report: &[u8]) -> Result<Self, serde_json::Error> {
        let Report { stats } = serde_json::from_slice(report)?;
        Ok(Self { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped })
    }
}

#[derive(Deserialize)]
struct Report {
    stats: Statistics,
}

#[derive(Deserialize)]
struct Statistics {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

/// Terminal colours are sequences from ESC to `m` (ECMA-48, select graphic rendition).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = sequence.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_a_rust_suite_is_counted() {
        let line = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.1s";
        assert_eq!(Tally::of_rust_line(line), Some(Tally { passed: 3, failed: 2, skipped: 1 }));
    }

    #[test]
    fn a_coloured_closing_line_is_counted() {
        let line = "test result: \u{1b}[32mok\u{1b}[m. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Tally::of_rust_line(line), Some(Tally { passed: 3, failed: 0, skipped: 0 }));
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(Tally::of_rust_line("test policy::a_guest_may_not_comment ... ok"), None);
    }

    #[test]
    fn a_browser_test_that_passed_at_the_second_try_has_failed() {
        let report = br#"{"suites": [], "stats": {"expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2}}"#;
        let tally = Tally::of_playwright_report(report).expect("a report");
        assert_eq!(tally, Tally { passed: 5, failed: 2, skipped: 2 });
    }
}
