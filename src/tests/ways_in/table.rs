//! `docs/ways-in.md`, read.

use super::{Condition, Factors, Way};

const PAGE: &str = include_str!("../../../docs/ways-in.md");

/// How far one way leads in one state.
#[derive(Clone, Debug)]
pub struct Line {
    pub way: String,
    pub condition: String,
    /// In the order of the factors.
    answers: Vec<String>,
}

impl Line {
    pub fn answer(&self, factors: Factors) -> &str {
        let place = Factors::ALL.iter().position(|other| *other == factors).expect("all are there");
        &self.answers[place]
    }
}

#[track_caller]
pub fn line(way: Way, condition: Condition) -> Line {
    let found = lines().into_iter().find(|line| line.way == way.name() && line.condition == condition.name());
    found.unwrap_or_else(|| panic!("{} in {} has no line", way.name(), condition.name()))
}

pub fn lines() -> Vec<Line> {
    let (_, section) = PAGE.split_once("\n## The table\n").expect("the section is there");
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| --"));
    let mut rows: Vec<Vec<_>> = rows.map(cells).collect();
    let header = rows.remove(0);
    assert_eq!(header[2..], Factors::ALL.map(|factors| factors.name().to_owned()), "the columns");
    let lines = rows.into_iter().map(|mut cells| {
        assert_eq!(cells.len(), header.len(), "{cells:?}");
        let answers = cells.split_off(2);
        Line { condition: cells.remove(1), way: cells.remove(0), answers }
    });
    lines.collect()
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}
