//! The list of what may stand in rendered text.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use super::events::SCHEMES;

const TAGS: [&str; 23] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Blocks whose direction follows their first letter, so that Arabic and Hebrew read right wherever
/// they stand. A list lends its direction to its items.
const BLOCKS_WITH_DIRECTION: [&str; 9] = ["h3", "h4", "h5", "h6", "ol", "p", "td", "th", "ul"];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut sanitiser = Builder::empty();
    sanitiser
        .tags(HashSet::from(TAGS))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(SCHEMES.into_iter().collect())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("ugc nofollow noopener"));
    for block in BLOCKS_WITH_DIRECTION {
        sanitiser.set_tag_attribute_value(block, "dir", "auto");
    }
    sanitiser
});

/// Keeps what is on the list and drops the rest; what stood inside a dropped element stays as text.
pub(super) fn sanitised(html: &str) -> String {
    SANITISER.clean(html).to_string()
}
