//! From the reading order of a page to lists within lists.

use crate::comments::model::ThreadEntry;

/// A place in a thread with the replies below it that stand on the same page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    pub entry: ThreadEntry,
    pub replies: Vec<Self>,
}

/// Nests the entries of a page relative to one another: a page may begin in the middle of a thread, and
/// then what stands highest on it stands at its margin.
pub fn nested(entries: Vec<ThreadEntry>) -> Vec<Branch> {
    let mut finished = Vec::new();
    let mut open: Vec<Branch> = Vec::new();
    for entry in entries {
        while open.last().is_some_and(|branch| branch.entry.depth() >= entry.depth()) {
            close_last(&mut open, &mut finished);
        }
        open.push(Branch { entry, replies: Vec::new() });
    }
    while !open.is_empty() {
        close_last(&mut open, &mut finished);
    }
    finished
}

/// Hands the innermost branch to the one around it.
fn close_last(open: &mut Vec<Branch>, finished: &mut Vec<Branch>) {
    if let Some(branch) = open.pop() {
        open.last_mut().map_or(finished, |around| &mut around.replies).push(branch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments::model::{CommentId, CommentState};

    fn entries(depths: &[u8]) -> Vec<ThreadEntry> {
        let place = |(number, depth): (u32, &u8)| ThreadEntry::Placeholder {
            id: CommentId(i64::from(number)),
            number,
            depth: *depth,
            state: CommentState::Deleted,
        };
        (1..).zip(depths).map(place).collect()
    }

    /// `1(2 3(4))5`: each number with its replies in brackets.
    fn drawn(branches: &[Branch]) -> String {
        let one = |branch: &Branch| match branch.replies.as_slice() {
            [] => branch.entry.id().to_string(),
            replies => format!("{}({})", branch.entry.id(), drawn(replies)),
        };
        branches.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn replies_stand_below_what_they_answer() {
        assert_eq!(drawn(&nested(entries(&[0, 1, 1, 2, 0, 1]))), "1(2 3(4)) 5(6)");
    }

    #[test]
    fn a_page_that_begins_deep_in_a_thread_begins_at_the_margin() {
        assert_eq!(drawn(&nested(entries(&[3, 4, 2, 3, 0]))), "1(2) 3(4) 5");
    }

    #[test]
    fn an_empty_page_has_no_branches() {
        assert_eq!(nested(Vec::new()), Vec::new());
    }
}
