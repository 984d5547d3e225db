//! `docs/permissions.md`, read.

use super::Visitor;

const PAGE: &str = include_str!("../../../docs/permissions.md");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Pages,
    Comments,
    Discussions,
    Accounts,
    Letters,
    Site,
}

impl Section {
    const fn heading(self) -> &'static str {
        match self {
            Self::Pages => "Pages",
            Self::Comments => "Comments",
            Self::Discussions => "Discussions",
            Self::Accounts => "Accounts",
            Self::Letters => "Letters",
            Self::Site => "Site",
        }
    }
}

/// What every visitor is answered to one thing in one state.
#[derive(Clone, Debug)]
pub struct Line {
    /// A page or a server function.
    pub subject: String,
    /// What it is about, and in which state that is.
    pub about: String,
    /// In the order of the visitors.
    pub answers: Vec<String>,
}

/// Name, audience and need of a proof of every act.
pub fn acts() -> Vec<[String; 3]> {
    let rows = rows("Acts").into_iter().skip(1);
    rows.map(|cells| [unquoted(&cells[0]), cells[1].clone(), cells[2].clone()]).collect()
}

pub fn lines(section: Section) -> Vec<Line> {
    let mut rows = rows(section.heading());
    let header = rows.remove(0);
    assert_eq!(header[2..], Visitor::ALL.map(|visitor| visitor.name().to_owned()), "the columns of {section:?}");
    let lines = rows.into_iter().map(|cells| {
        assert_eq!(cells.len(), header.len(), "{cells:?}");
        Line { subject: unquoted(&cells[0]), about: cells[1].clone(), answers: cells[2..].to_vec() }
    });
    lines.collect()
}

/// The rows of the table under a heading, its own header first.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).expect("the section is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| --"));
    rows.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn unquoted(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}
