//! What the address of a page asks for, and the addresses that its links lead to.
//!
//! Reading never fails: a value that makes no sense is as good as none, so that no address, however
//! it was put together, leads to an error page.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

/// The query of an address, decoded.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// In code points: longer texts to look for are cut.
    const LONGEST: usize = 200;

    fn read(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// A text to look for, without its margins and without control characters, which no text of ours
    /// has and which PostgreSQL refuses.
    pub fn text(&self, name: &str) -> String {
        let typed = self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str()).unwrap_or_default();
        typed.trim().chars().filter(|character| !character.is_control()).take(Self::LONGEST).collect()
    }

    /// One of a closed set of words.
    pub fn word<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        read(&self.text(name))
    }

    /// A number, such as the one of the last row of the page before.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }
}

impl<State: Send + Sync> FromRequestParts<State> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &State) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

/// An address with those of the pairs that say something.
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let saying: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    if saying.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(saying).finish();
    format!("{path}?{query}")
}

/// A page of rows, of which one more than a page was asked for.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// The last row, where another page follows.
    pub last: Option<i64>,
}

impl<T> Page<T> {
    pub fn cut(mut rows: Vec<T>, length: usize, id: impl Fn(&T) -> i64) -> Self {
        let has_more = rows.len() > length;
        rows.truncate(length);
        let last = rows.last().filter(|_| has_more).map(id);
        Self { rows, last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_in_an_address_asks_for_nothing() {
        let query = Query::read("role=emperor&before=12x&text=%00%ff%20bread%0a&&=&%");
        assert_eq!(query.word("role", crate::accounts::model::Role::from_name), None);
        assert_eq!(query.number("before"), None);
        assert_eq!(query.text("text"), "\u{fffd} bread");
        assert_eq!(query.text("nothing"), "");
    }

    #[test]
    fn an_address_says_only_what_was_asked_for() {
        assert_eq!(address("/admin/users", &[("text", ""), ("role", "")]), "/admin/users");
        assert_eq!(address("/admin/users", &[("text", "a&b ä"), ("role", "")]), "/admin/users?text=a%26b+%C3%A4");
    }

    #[test]
    fn a_page_knows_whether_another_follows() {
        assert_eq!(Page::cut(vec![5, 4, 3], 2, |row| *row).last, Some(4));
        assert_eq!(Page::cut(vec![5, 4], 2, |row| *row).last, None);
    }
}
