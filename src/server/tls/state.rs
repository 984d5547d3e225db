//! What is happening with the certificate: for logs, `locutory tls status`, and whoever watches
//! [`Prepared::state`](super::Prepared::state).

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use crate::moment::Moment;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What is served now.
    pub certificate: Option<Certificate>,
    pub phase: Phase,
    /// What went wrong last; forgotten at the next success.
    pub failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// All is well; `renews` says when we shall ask for the next one, where that is our part.
    Serving { renews: Option<Moment> },
    /// The authority is being asked.
    Ordering { since: Moment },
    /// It has failed, and will be tried again.
    Waiting { again: Moment },
    #[default]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub at: Moment,
    /// A sentence that is safe to print, whatever a server said.
    pub told: String,
    /// How many times in a row.
    pub in_a_row: u32,
}

/// The text as it may stand in a log or on a terminal, however it came here: one line of printable
/// ASCII, 600 characters at most.
#[must_use]
pub fn log_safe(text: &str) -> String {
    const LONGEST: usize = 600;
    let printable = |character: char| if character.is_ascii_graphic() || character == ' ' { character } else { '?' };
    text.chars().take(LONGEST).map(printable).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::log_safe;

    proptest! {
        #[test]
        fn nothing_that_a_server_says_breaks_a_line_or_paints_a_terminal(said in "\\PC*|(?s).*") {
            let safe = log_safe(&said);
            prop_assert!(safe.len() <= 600);
            prop_assert!(safe.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        }
    }

    #[test]
    fn a_plain_sentence_stays_as_it_is() {
        assert_eq!(log_safe("No valid IP addresses for talk.example.org"), "No valid IP addresses for talk.example.org");
        assert_eq!(log_safe("a\r\nb\u{1b}[31m"), "a??b?[31m");
    }
}
