//! Marks in what is written, by which it is found again: each stands in one comment, or one title, and nowhere else.

use std::collections::HashMap;

use crate::{
    client::{Connection, Request},
    failure::Outcome,
    server::Server,
};

const BEGIN: &str = "mark-";

/// A mark that no other begins with: `mark-3-17.`
pub fn mark(of: usize, number: usize) -> String {
    format!("{BEGIN}{of}-{number}.")
}

/// How often each mark stands in the comments of a discussion, page by page.
pub async fn in_discussion(server: &Server, discussion: u64, cookie: &str) -> Outcome<HashMap<String, u32>> {
    let mut counts = HashMap::new();
    let mut connection = Connection::open(server.address).await?;
    let mut next = Some(format!("/d/{discussion}"));
    while let Some(path) = next {
        let page = connection.send(&Request::plain(&path, cookie)).await?.demand(200, "a page of a discussion")?.text();
        for mark in all(&page) {
            *counts.entry(mark).or_default() += 1;
        }
        next = next_page(&page);
    }
    Ok(counts)
}

/// How often each mark stands behind an arrow in the audit log: as the new title of a discussion.
pub async fn in_audit_log(server: &Server, cookie: &str) -> Outcome<HashMap<String, u32>> {
    let mut counts = HashMap::new();
    let mut connection = Connection::open(server.address).await?;
    let mut next = Some("/admin/audit?deed=discussion_renamed".to_owned());
    while let Some(path) = next {
        let page = connection.send(&Request::plain(&path, cookie)).await?.demand(200, "the audit log")?.text();
        for part in page.split("→ ").skip(1) {
            let title = part.split('<').next().unwrap_or_default();
            for mark in all(title) {
                *counts.entry(mark).or_default() += 1;
            }
        }
        next = next_page(&page);
    }
    Ok(counts)
}

/// Where the page says that it goes on.
fn next_page(page: &str) -> Option<String> {
    let address = between(page, "rel=\"next\" href=\"", "\"")?;
    let address = address.split('#').next().unwrap_or_default();
    Some(address.replace("&amp;", "&"))
}

/// The marks of a text, in their order.
pub fn all(text: &str) -> Vec<String> {
    let parts = text.split(BEGIN).skip(1);
    parts.filter_map(|part| part.split_once('.').map(|(rest, _)| format!("{BEGIN}{rest}."))).collect()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    rest.split_once(end).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_again() {
        let text = format!("<p>{}</p> <p>{}</p>", mark(1, 2), mark(1, 23));
        assert_eq!(all(&text), ["mark-1-2.", "mark-1-23."]);
        assert_eq!(between("href=\"/d/1?after=AB#comments\"", "?after=", "#"), Some("AB"));
    }
}
