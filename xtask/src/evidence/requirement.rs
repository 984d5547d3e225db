//! The list of what the standard asks for: ids and levels, one a line.

use crate::failure::{Failure, Outcome};

pub struct Requirement {
    /// Chapter, section and number, as `6.2.1`.
    pub id: String,
    /// 1, 2 or 3; each level takes in those below it.
    pub level: u8,
}

/// What Locutory answers as a whole; of the third level it answers what it takes up.
const HIGHEST_OWED: u8 = 2;

impl Requirement {
    pub fn is_owed(&self) -> bool {
        self.level <= HIGHEST_OWED
    }
}

pub fn parse(text: &str) -> Outcome<Vec<Requirement>> {
    text.lines()
        .skip(1)
        .map(|line| {
            let fields = line.split_once('\t').and_then(|(id, level)| Some((id, level.parse().ok()?)));
            let (id, level) = fields.ok_or_else(|| Failure::new(format!("{line:?} is not an id, a tab and a level")))?;
            Ok(Requirement { id: id.to_owned(), level })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_that_is_shipped_is_the_whole_standard() {
        let requirements = parse(include_str!("../../../docs/asvs-5.0.0.tsv")).unwrap();
        let of_level = |level| requirements.iter().filter(|requirement| requirement.level == level).count();
        // As the standard counts them itself.
        assert_eq!([of_level(1), of_level(2), of_level(3)], [70, 183, 92]);
        assert_eq!(requirements.iter().filter(|requirement| requirement.is_owed()).count(), 253);
    }

    #[test]
    fn a_broken_line_is_named() {
        assert!(parse("id\tlevel\n1.1.1 2\n").is_err_and(|failure| failure.to_string().contains("1.1.1 2")));
    }
}
