//! The parser's events, changed to what may be shown.

use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

/// What an address may begin with.
pub(super) const SCHEMES: [&str; 3] = ["http", "https", "mailto"];
/// How many elements may stand within each other; what is nested deeper is shown without its frame.
pub(super) const DEEPEST: usize = 24;

/// How this site reads Markdown.
pub(super) fn parsed(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    TextMergeStream::new(Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES))
}

/// The events of a text that hold nothing but what may be shown.
pub(super) fn tamed(markdown: &str) -> Vec<Event<'_>> {
    let mut tamer = Tamer::default();
    for event in parsed(markdown) {
        tamer.take(event);
    }
    tamer.tamed
}

/// An element that has begun and not ended.
struct Open<'a> {
    frame: Frame,
    /// The address to show when the element turns out to have no text.
    address: Option<CowStr<'a>>,
    /// How many events there were after its beginning.
    begun_at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Shown,
    LeftOut,
}

#[derive(Default)]
struct Tamer<'a> {
    tamed: Vec<Event<'a>>,
    open: Vec<Open<'a>>,
    /// The ends of the open elements that are shown. Never many, so that looking through them is cheap.
    shown: Vec<TagEnd>,
}

impl<'a> Tamer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.begin(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(text),
            Event::Html(text) | Event::InlineHtml(text) => self.tamed.push(Event::Text(text)),
            Event::Code(_) | Event::SoftBreak | Event::HardBreak | Event::Rule => self.tamed.push(event),
            // Extensions that are not switched on.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn begin(&mut self, tag: Tag<'a>) {
        let shown = match tag {
            Tag::Heading { level, .. } => {
                Some(Tag::Heading { level: below_the_page(level), id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            Tag::HtmlBlock => Some(Tag::Paragraph),
            // Alignment would be an inline style, which the Content-Security-Policy blocks.
            Tag::Table(columns) => Some(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()])),
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                return self.begin_link(link_type, dest_url);
            }
            Tag::List(_) if self.has_room_for(2) => Some(tag),
            Tag::BlockQuote(_) if self.has_room_for(1) => Some(Tag::BlockQuote(None)),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough if self.has_room_for(1) => Some(tag),
            Tag::Item if self.open.last().is_some_and(|list| list.frame == Frame::Shown) => Some(tag),
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell => Some(tag),
            Tag::Item | Tag::BlockQuote(_) => {
                self.tamed.push(Event::SoftBreak);
                None
            }
            _ => None,
        };
        self.open(shown, None);
    }

    /// Links stay when their scheme is allowed; images become links. A link holds no other link.
    fn begin_link(&mut self, link_type: LinkType, address: CowStr<'a>) {
        let address = if link_type == LinkType::Email { CowStr::from(format!("mailto:{address}")) } else { address };
        let shown = has_allowed_scheme(&address) && !self.is_within(TagEnd::Link);
        self.open(shown.then(|| link_to(address.clone())), Some(address));
    }

    fn open(&mut self, tag: Option<Tag<'a>>, address: Option<CowStr<'a>>) {
        let frame = if tag.is_some() { Frame::Shown } else { Frame::LeftOut };
        self.shown.extend(tag.as_ref().map(Tag::to_end));
        self.tamed.extend(tag.map(Event::Start));
        self.open.push(Open { frame, address, begun_at: self.tamed.len() });
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if open.begun_at == self.tamed.len() {
            self.tamed.extend(open.address.map(Event::Text));
        }
        if open.frame == Frame::Shown {
            self.tamed.extend(self.shown.pop().map(Event::End));
        }
    }

    fn text(&mut self, text: CowStr<'a>) {
        if self.is_within(TagEnd::Link) || self.is_within(TagEnd::CodeBlock) || !text.contains("://") {
            self.tamed.push(Event::Text(text));
            return;
        }
        for span in LINKS.spans(&text) {
            let words = CowStr::from(span.as_str().to_owned());
            if span.kind().is_some() && has_allowed_scheme(&words) {
                self.tamed.extend([Event::Start(link_to(words.clone())), Event::Text(words), Event::End(TagEnd::Link)]);
            } else {
                self.tamed.push(Event::Text(words));
            }
        }
    }

    fn has_room_for(&self, elements: usize) -> bool {
        self.shown.len() + elements <= DEEPEST
    }

    fn is_within(&self, end: TagEnd) -> bool {
        self.shown.contains(&end)
    }
}

static LINKS: LazyLock<LinkFinder> = LazyLock::new(|| {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(true);
    finder
});

fn link_to(address: CowStr<'_>) -> Tag<'_> {
    Tag::Link { link_type: LinkType::Inline, dest_url: address, title: CowStr::Borrowed(""), id: CowStr::Borrowed("") }
}

/// Nothing may stand before the scheme: browsers skip what they find there.
fn has_allowed_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| SCHEMES.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed)))
}

/// The first two levels of headings are the page's own.
const fn below_the_page(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}
