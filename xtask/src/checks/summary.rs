//! The closing table of a test run and its one last line.

use std::time::Duration;

use super::tally::Tally;
use crate::failure::{Failure, Outcome};

pub enum Verdict {
    Passed(Tally),
    /// With the reason in one line.
    Failed(String, Tally),
}

#[derive(Default)]
pub struct Summary {
    rows: Vec<Row>,
}

struct Row {
    step: &'static str,
    verdict: Verdict,
    time: Duration,
}

impl Summary {
    pub fn add(&mut self, step: &'static str, verdict: Verdict, time: Duration) {
        self.rows.push(Row { step, verdict, time });
    }

    pub fn print(&self) {
        println!("\n{:<28} {:<8} {:>7} {:>7} {:>8}", "Step", "Result", "passed", "failed", "time");
        for row in &self.rows {
            let (result, tally, reason) = match &row.verdict {
                Verdict::Passed(tally) => ("passed", tally, ""),
                Verdict::Failed(reason, tally) => ("FAILED", tally, reason.as_str()),
            };
            let time = readable(row.time);
            println!("{:<28} {result:<8} {:>7} {:>7} {time:>8}  {reason}", row.step, tally.passed, tally.failed);
        }
        println!("{:<28} {:<8} {:>7} {:>7} {:>8}\n", "", "", "", "", readable(self.time()));
        println!("{}", self.closing_line());
    }

    pub fn verdict(&self) -> Outcome {
        let failed: Vec<_> =
            self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Failed(..))).map(|row| row.step).collect();
        if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("not all is well: {}", failed.join("; ")))) }
    }

    fn closing_line(&self) -> String {
        let mut total = Tally::default();
        for row in &self.rows {
            let (Verdict::Passed(tally) | Verdict::Failed(_, tally)) = row.verdict;
            total.add(tally);
        }
        let skipped = if total.skipped == 0 { String::new() } else { format!(", {} skipped", total.skipped) };
        format!("{} passed, {} failed{skipped}", total.passed, total.failed)
    }

    fn time(&self) -> Duration {
        self.rows.iter().map(|row| row.time).sum()
    }
}

fn readable(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 { format!("{:.1} s", time.as_secs_f32()) } else { format!("{}:{:02} min", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_adds_up_all_steps() {
        let mut summary = Summary::default();
        summary.add("Format", Verdict::Passed(Tally::PASSED_CHECK), Duration::ZERO);
        let suite = Tally { passed: 40, failed: 2, skipped: 0 };
        summary.add("Rust tests", Verdict::Failed("2 failed".to_owned(), suite), Duration::ZERO);
        assert_eq!(summary.closing_line(), "41 passed, 2 failed");
    }

    #[test]
    fn skipped_tests_are_told() {
        let mut summary = Summary::default();
        let suite = Tally { passed: 4, failed: 0, skipped: 3 };
        summary.add("Browser tests", Verdict::Passed(suite), Duration::ZERO);
        assert_eq!(summary.closing_line(), "4 passed, 0 failed, 3 skipped");
    }

    #[test]
    fn one_failed_step_fails_the_run_by_name() {
        let mut summary = Summary::default();
        summary.add("Format", Verdict::Failed("ended badly".to_owned(), Tally::FAILED_CHECK), Duration::ZERO);
        summary.add("Clippy", Verdict::Passed(Tally::PASSED_CHECK), Duration::ZERO);
        let refusal = summary.verdict().expect_err("a step failed").to_string();
        assert!(refusal.contains("Format") && !refusal.contains("Clippy"), "{refusal}");
    }

    #[test]
    fn long_times_are_told_in_minutes() {
        assert_eq!(readable(Duration::from_secs(125)), "2:05 min");
    }
}
