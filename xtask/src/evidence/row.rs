//! The rows of `docs/asvs.md`: `| id | level | what it asks for | standing: how, or why not | tests |`.

/// How a requirement stands. The word begins the fourth column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A test fails without it.
    Tested,
    /// The way the program is made leaves no room for the fault.
    Design,
    /// It asks for a document, and that is there.
    Documented,
    /// Whoever runs the site has to do it, and is told so.
    Operator,
    DoesNotApply,
    /// Some of it is there; the row says what is missing.
    InPart,
    NotMet,
}

impl Standing {
    pub const ALL: [Self; 7] =
        [Self::Tested, Self::Design, Self::Documented, Self::Operator, Self::DoesNotApply, Self::InPart, Self::NotMet];

    pub fn word(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Design => "design",
            Self::Documented => "documented",
            Self::Operator => "operator",
            Self::DoesNotApply => "does not apply",
            Self::InPart => "in part",
            Self::NotMet => "not met",
        }
    }

    /// Whether something is left to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::InPart | Self::NotMet)
    }
}

#[derive(Debug)]
pub struct Row {
    pub id: String,
    pub level: u8,
    pub standing: Standing,
    pub how: String,
    /// What stands in backquotes in the last column.
    pub tests: Vec<String>,
}

/// Reads every row that begins with an id; other tables and prose are passed over.
///
/// # Errors
/// One sentence for each row that has another form.
pub fn parse(text: &str) -> Result<Vec<Row>, Vec<String>> {
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for line in text.lines().filter(|line| begins_with_an_id(line)) {
        match parse_row(line) {
            Ok(row) => rows.push(row),
            Err(fault) => faults.push(format!("{fault}: {line}")),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

fn begins_with_an_id(line: &str) -> bool {
    line.strip_prefix("| ").is_some_and(|rest| {
        let id = rest.split(' ').next().unwrap_or_default();
        id.split('.').count() == 3 && id.split('.').all(|part| part.parse::<u8>().is_ok())
    })
}

fn parse_row(line: &str) -> Result<Row, &'static str> {
    let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
    let [id, level, what, how, tests] = cells[..] else { return Err("a row has five columns") };
    if what.is_empty() {
        return Err("the third column says what is asked for");
    }
    let level = level.parse().map_err(|_| "the second column is the level")?;
    let (word, how) = how.split_once(':').ok_or("the fourth column begins with a standing and a colon")?;
    let standing = Standing::ALL.into_iter().find(|standing| standing.word() == word).ok_or("there is no such standing")?;
    let tests = super::citation::spans(tests).map(str::to_owned).collect();
    Ok(Row { id: id.to_owned(), level, standing, how: how.trim().to_owned(), tests })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_with_its_standing_and_its_tests() {
        let rows = parse("prose\n| id | level |\n| 6.2.1 | 1 | length | tested: fifteen | `a::b`, `c.spec.ts › d` |\n").unwrap();
        assert_eq!((rows[0].id.as_str(), rows[0].level, rows[0].standing), ("6.2.1", 1, Standing::Tested));
        assert_eq!(rows[0].how, "fifteen");
        assert_eq!(rows[0].tests, ["a::b", "c.spec.ts › d"]);
    }

    #[test]
    fn a_row_of_another_form_is_refused() {
        for broken in [
            "| 6.2.1 | 1 | length | tested: fifteen |",
            "| 6.2.1 | L1 | length | tested: fifteen | |",
            "| 6.2.1 | 1 | length | surely: fifteen | |",
            "| 6.2.1 | 1 | length | fifteen | |",
            "| 6.2.1 | 1 | | design: fifteen | |",
        ] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
