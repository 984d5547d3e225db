//! The result: one table, in Markdown, as it is printed and kept.

use std::{fmt, time::Duration};

#[derive(Default)]
pub struct Table(Vec<[String; 4]>);

const HEADINGS: [&str; 4] = ["What", "Locutory", "Beside it", "Ratio"];

impl Table {
    /// A figure that stands for itself.
    pub fn add(&mut self, what: impl Into<String>, value: impl Into<String>) {
        self.0.push([what.into(), value.into(), String::new(), String::new()]);
    }

    /// A figure beside another of the same kind.
    pub fn compare(&mut self, what: impl Into<String>, value: String, beside: String, ratio: f64) {
        self.0.push([what.into(), value, beside, format!("{ratio:.2}")]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings = HEADINGS.map(str::to_owned);
        let width = |column: usize| {
            let cells = self.0.iter().chain([&headings]).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2), width(3)];
        let mut line = |row: &[String; 4]| {
            let [what, value, beside, ratio] = row;
            let [first, second, third, fourth] = widths;
            writeln!(formatter, "| {what:<first$} | {value:>second$} | {beside:>third$} | {ratio:>fourth$} |")
        };
        line(&headings)?;
        let rule = |column: usize| {
            "-".repeat(widths[column].saturating_sub(usize::from(column > 0))) + if column > 0 { ":" } else { "" }
        };
        line(&[rule(0), rule(1), rule(2), rule(3)])?;
        self.0.iter().try_for_each(line)
    }
}

pub fn per_second(rate: f64) -> String {
    let digits = usize::from(rate < 100.0);
    format!("{rate:.digits$}/s")
}

pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

pub fn mebibytes(kibibytes: Option<u64>) -> String {
    let number = kibibytes.map(|kibibytes| format!("{}.{} MiB", kibibytes / 1_024, kibibytes % 1_024 * 10 / 1_024));
    number.unwrap_or_else(|| "not told by this system".to_owned())
}

pub fn ratio(one: f64, other: f64) -> f64 {
    if other > 0.0 { one / other } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_markdown() {
        let mut table = Table::default();
        table.compare("list", per_second(1234.5), per_second(9876.0), 0.125);
        table.add("start", milliseconds(Duration::from_micros(31_500)));
        let lines: Vec<String> = table.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "| What  | Locutory | Beside it | Ratio |");
        assert_eq!(lines[1], "| ----- | -------: | --------: | ----: |");
        assert_eq!(lines[2], "| list  |   1234/s |    9876/s |  0.12 |");
        assert_eq!(lines[3], "| start | 31.50 ms |           |       |");
    }

    #[test]
    fn memory_that_nobody_tells_is_said_to_be_so() {
        assert_eq!(mebibytes(Some(1_536)), "1.5 MiB");
        assert_eq!(mebibytes(None), "not told by this system");
    }
}
