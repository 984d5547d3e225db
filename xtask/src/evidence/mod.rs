//! `cargo xtask evidence`: holds the documents about security to the tests that they name.
//!
//! `docs/asvs.md` answers OWASP's Application Security Verification Standard, one row a requirement. Every
//! requirement of the first two levels has exactly one row there, every row says how it stands, and every test
//! that a row or another document names is there. Nothing is run: a test that is named and fails is the business
//! of the other checks.

mod citation;
mod requirement;
mod row;

use std::fs;

use citation::{Citation, Tree};
use requirement::Requirement;
use row::{Row, Standing};

use crate::failure::{Failure, Outcome, While as _};
use crate::workspace::Workspace;

/// The ids and levels of the standard, and nothing of its text, which is under a licence of its own.
const REQUIREMENTS: &str = "docs/asvs-5.0.0.tsv";
const ANSWERS: &str = "docs/asvs.md";
/// Documents beside the answers whose citations are looked up.
const DOCUMENTS: &[&str] = &[
    "ARCHITECTURE.md",
    "README.md",
    "SECURITY.md",
    "docs/permissions.md",
    "docs/security-events.md",
    "docs/threat-model.md",
    "docs/ways-in.md",
];

pub fn check(workspace: &Workspace) -> Outcome {
    let read = |path: &str| fs::read_to_string(workspace.root().join(path)).while_doing(|| format!("read {path}"));
    let tree = Tree::of(workspace.root());
    let requirements = requirement::parse(&read(REQUIREMENTS)?)?;
    let answers = read(ANSWERS)?;
    let rows = row::parse(&answers).map_err(|faults| told(ANSWERS, &faults))?;

    let mut faults: Vec<String> = gaps(&requirements, &rows).into_iter().map(|fault| format!("{ANSWERS}: {fault}")).collect();
    for row in &rows {
        faults.extend(row_faults(row, &tree).into_iter().map(|fault| format!("{ANSWERS}: {}: {fault}", row.id)));
    }
    for document in DOCUMENTS {
        let text = read(document)?;
        faults.extend(citation_faults(&text, &tree).into_iter().map(|fault| format!("{document}: {fault}")));
    }
    if !faults.is_empty() {
        return Err(Failure::new(format!("the evidence has holes:\n{}", faults.join("\n"))));
    }
    println!("{}", totals(&rows));
    Ok(())
}

fn told(document: &str, faults: &[String]) -> Failure {
    Failure::new(format!("{document} cannot be read:\n{}", faults.join("\n")))
}

/// Requirements without a row or with several, and rows about none or at another level.
fn gaps(requirements: &[Requirement], rows: &[Row]) -> Vec<String> {
    let mut gaps = Vec::new();
    for requirement in requirements {
        let mut answers = rows.iter().filter(|row| row.id == requirement.id);
        match (answers.next(), answers.next()) {
            (None, _) if requirement.is_owed() => {
                gaps.push(format!("{} (level {}) has no row", requirement.id, requirement.level));
            }
            (Some(_), Some(_)) => gaps.push(format!("{} has more than one row", requirement.id)),
            (Some(row), None) if row.level != requirement.level => {
                gaps.push(format!("{} is of level {}, not {}", requirement.id, requirement.level, row.level));
            }
            _ => {}
        }
    }
    let unknown = rows.iter().filter(|row| requirements.iter().all(|requirement| requirement.id != row.id));
    gaps.extend(unknown.map(|row| format!("{} is no requirement of the standard", row.id)));
    gaps
}

/// What a row lacks: a test where it says that it is tested, a reason elsewhere; and tests that are not there.
fn row_faults(row: &Row, tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    if row.standing == Standing::Tested && row.tests.is_empty() {
        faults.push("says that it is tested and names no test".to_owned());
    }
    if row.how.is_empty() {
        faults.push("does not say how, or why not".to_owned());
    }
    for span in &row.tests {
        match Citation::of_test(span) {
            Some(citation) => faults.extend(citation.fault(tree)),
            None => faults.push(format!("`{span}` is no name of a test")),
        }
    }
    faults
}

fn citation_faults(text: &str, tree: &Tree) -> Vec<String> {
    citation::spans(text).filter_map(Citation::in_prose).filter_map(|citation| citation.fault(tree)).collect()
}

fn totals(rows: &[Row]) -> String {
    let counts = Standing::ALL.map(|standing| {
        let ids: Vec<_> = rows.iter().filter(|row| row.standing == standing).map(|row| row.id.as_str()).collect();
        let listed = if standing.is_open() && !ids.is_empty() { format!(" ({})", ids.join(", ")) } else { String::new() };
        format!("{:>4} {}{listed}", ids.len(), standing.word())
    });
    format!("{} requirements answered:\n{}", rows.len(), counts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "| id | level | what | how | tests |\n| --- | --- | --- | --- | --- |\n";

    fn rows(lines: &str) -> Vec<Row> {
        row::parse(&format!("{HEAD}{lines}")).unwrap()
    }

    fn requirements() -> Vec<Requirement> {
        requirement::parse("id\tlevel\n1.1.1\t1\n1.1.2\t2\n1.1.3\t3\n").unwrap()
    }

    fn tree() -> Tree {
        Tree::made_of(&[("src/tests/headers.rs", "#[tokio::test]\nasync fn every_answer_has_them() {}\n")])
    }

    #[test]
    fn every_requirement_of_the_first_two_levels_is_owed_one_row() {
        let whole = "| 1.1.1 | 1 | a | design: b | |\n| 1.1.2 | 2 | a | design: b | |\n";
        assert!(gaps(&requirements(), &rows(whole)).is_empty());
        assert_eq!(gaps(&requirements(), &rows("| 1.1.1 | 1 | a | design: b | |\n")), ["1.1.2 (level 2) has no row"]);
        let doubled = format!("{whole}| 1.1.2 | 2 | a | design: b | |\n");
        assert_eq!(gaps(&requirements(), &rows(&doubled)), ["1.1.2 has more than one row"]);
    }

    #[test]
    fn a_row_is_about_a_requirement_and_at_its_level() {
        let wrong = "| 1.1.1 | 2 | a | design: b | |\n| 1.1.2 | 2 | a | design: b | |\n| 9.9.9 | 1 | a | design: b | |\n";
        assert_eq!(
            gaps(&requirements(), &rows(wrong)),
            ["1.1.1 is of level 1, not 2", "9.9.9 is no requirement of the standard"]
        );
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let present = rows("| 1.1.1 | 1 | a | tested: b | `tests::headers::every_answer_has_them` |\n");
        assert!(row_faults(&present[0], &tree()).is_empty());
        let missing = rows("| 1.1.1 | 1 | a | tested: b | `tests::headers::nobody_wrote_this` |\n");
        assert_eq!(row_faults(&missing[0], &tree()).len(), 1);
    }

    #[test]
    fn whatever_says_that_it_is_tested_names_a_test_and_everything_else_says_why() {
        for lacking in ["tested: b | ", "design: | ", "tested: b | `not a test` "] {
            let rows = rows(&format!("| 1.1.1 | 1 | a | {lacking} |\n"));
            assert_eq!(row_faults(&rows[0], &tree()).len(), 1, "{lacking}");
        }
    }

    #[test]
    fn other_documents_are_held_to_what_they_cite() {
        let text = "`src/tests/headers.rs` and `src/tests/none.rs`, `tests::headers::none`, but `keys.rs` is a word.";
        assert_eq!(citation_faults(text, &tree()).len(), 2);
    }

    #[test]
    fn what_is_open_is_told_by_its_ids() {
        let rows = rows("| 1.1.1 | 1 | a | not met: b | |\n| 1.1.2 | 2 | a | design: b | |\n");
        let totals = totals(&rows);
        assert!(totals.contains("1 not met (1.1.1)") && totals.contains("1 design\n"), "{totals}");
    }
}
