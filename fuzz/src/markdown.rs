//! What people write: the HTML that it becomes is read again by a parser of HTML, and must hold nothing but what is on
//! the list here, which was written without looking at that of the sanitiser.

use std::cell::RefCell;

use html5ever::tokenizer::{BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use locutory::server::prose::{plain_excerpt, render};

const ELEMENTS: [&str; 23] = [
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

/// # Panics
/// The HTML holds an element, an attribute or an address that can do harm, or changes when it is sanitised again, or an
/// excerpt is too long.
pub fn examine(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let rendered = render(&text);
    for tag in tags(rendered.as_str()) {
        examine_tag(&tag, rendered.as_str());
    }
    assert!(rendered.is_settled(), "sanitising once more changes {}", rendered.as_str());
    for longest in [0, 1, 40] {
        let excerpt = plain_excerpt(&text, longest);
        assert!(excerpt.chars().count() <= longest, "{excerpt:?} is longer than {longest}");
        assert!(!excerpt.contains(['\n', '\r']), "{excerpt:?} is more than a line");
    }
}

fn examine_tag(tag: &Tag, html: &str) {
    assert!(ELEMENTS.contains(&&*tag.name), "<{}> in {html}", &*tag.name);
    for attribute in &tag.attrs {
        let (name, value) = (&*attribute.name.local, &*attribute.value);
        let is_harmless = match name {
            "href" => &*tag.name == "a" && leads_outside(value),
            "rel" => value == "ugc nofollow noopener",
            "dir" => value == "auto",
            "start" => value.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        assert!(is_harmless, "{name}={value:?} in {html}");
    }
}

fn leads_outside(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    ["http:", "https:", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.0.borrow_mut().push(tag),
            Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("neither comments nor doctypes are rendered"),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    drop(tokenizer.feed(&input));
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}
