//! A letter as it will be read: a subject and paragraphs, from which both the plain text and its HTML
//! twin are made, so that the two say the same.
//!
//! Promises: nothing that a person wrote becomes markup, a header or a link. Links lead to our own
//! configured address and nowhere else; only [`Link::to`] makes one.

use std::fmt::Write;

use linkify::LinkFinder;
use serde::{Deserialize, Serialize};

use crate::{moment::Moment, server::config::SiteAddress};

/// A page of our own, by its full address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link(String);

impl Link {
    #[must_use]
    pub fn to(site: &SiteAddress, path: &str) -> Self {
        Self(site.link(path))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One part of a letter's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    Paragraph(String),
    /// What somebody wrote; marked as a quotation, its addresses broken so that no reader's program
    /// makes links of them.
    Quotation(String),
    /// What to do, and where.
    Action {
        words: String,
        link: Link,
    },
    /// Names with what they stand for.
    Facts(Vec<(String, String)>),
}

/// A letter, ready to be put into an envelope. It is kept sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub subject: String,
    pub parts: Vec<Part>,
    /// Who sends it, in words: the site's name.
    pub sender: String,
    /// `<…@host>`: the same at every try, so that a letter that arrives twice is known for one.
    pub message_id: String,
    /// Ends letters like this one with one click; for notices only.
    pub unsubscribe: Option<Link>,
    /// After this moment nobody can use it any more.
    pub useful_until: Option<Moment>,
}

/// Characters in a line of the plain text, where words allow it (RFC 5322, 2.1.1).
const LINE: usize = 72;

impl Sheet {
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Paragraph(words) => text.push_str(&wrapped(words, "")),
                Part::Quotation(words) => text.push_str(&wrapped(&defused(words), "> ")),
                Part::Action { words, link } => write_line(&mut text, &format!("{words}:\n{}", link.as_str())),
                Part::Facts(facts) => {
                    for (name, value) in facts {
                        write_line(&mut text, &format!("{name}: {value}"));
                    }
                }
            }
            text.push('\n');
        }
        text
    }

    #[must_use]
    pub fn html(&self) -> String {
        let mut body = String::new();
        for part in &self.parts {
            match part {
                Part::Paragraph(words) => write_line(&mut body, &format!("<p>{}</p>", broken(words))),
                Part::Quotation(words) => {
                    write_line(&mut body, &format!("<blockquote>{}</blockquote>", broken(&defused(words))));
                }
                Part::Action { words, link } => {
                    let address = escaped(link.as_str());
                    write_line(&mut body, &format!("<p>{}:<br><a href=\"{address}\">{address}</a></p>", escaped(words)));
                }
                Part::Facts(facts) => {
                    let rows = facts.iter().map(|(name, value)| format!("{}: {}", escaped(name), escaped(value)));
                    write_line(&mut body, &format!("<p>{}</p>", rows.collect::<Vec<_>>().join("<br>")));
                }
            }
        }
        let title = escaped(&self.subject);
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
             <body>\n{body}</body>\n</html>\n"
        )
    }
}

impl std::fmt::Debug for Sheet {
    /// A letter's links open accounts.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sheet(********)")
    }
}

fn write_line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a String takes every text");
}

/// Lines of a bearable length, each after a mark. A word that is longer stays whole.
fn wrapped(words: &str, mark: &str) -> String {
    let mut text = String::new();
    for paragraph in words.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > LINE {
                write_line(&mut text, &format!("{mark}{line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        write_line(&mut text, format!("{mark}{line}").trim_end());
    }
    text
}

/// Breaks everything that a mail program might take for an address of the web or of a person.
#[must_use]
pub fn defused(text: &str) -> String {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let mut defused = String::new();
    for span in finder.spans(text) {
        match span.kind() {
            Some(_) => defused.push_str(&span.as_str().replace("://", ": //").replace('.', " . ").replace('@', " at ")),
            None => defused.push_str(span.as_str()),
        }
    }
    defused
}

/// Escaped, its lines kept apart.
fn broken(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("<br>")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text that can stand in a header: one line, without control characters and marks that turn the
/// direction of what follows, and not endless.
#[must_use]
pub fn header_text(text: &str) -> String {
    const LONGEST: usize = 150;
    let is_unfit = |character: char| {
        character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let plain: String = text.chars().map(|character| if is_unfit(character) { ' ' } else { character }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(parts: Vec<Part>) -> Sheet {
        Sheet {
            subject: "Tom & <Jerry>".to_owned(),
            parts,
            sender: "Locutory".to_owned(),
            message_id: "<1@talk.example>".to_owned(),
            unsubscribe: None,
            useful_until: None,
        }
    }

    #[test]
    fn both_forms_say_the_same_and_nothing_typed_is_markup() {
        let site = SiteAddress::parse("https://talk.example").unwrap();
        let sheet = sheet(vec![
            Part::Paragraph("Hello <b>ada</b>,".to_owned()),
            Part::Action { words: "Confirm".to_owned(), link: Link::to(&site, "/verify/abc") },
            Part::Facts(vec![("From".to_owned(), "<i>192.0.2.1</i>".to_owned())]),
        ]);
        let (plain, html) = (sheet.plain(), sheet.html());
        assert!(plain.contains("Hello <b>ada</b>,") && plain.contains("Confirm:\nhttps://talk.example/verify/abc\n"), "{plain}");
        assert!(html.contains("Hello &lt;b&gt;ada&lt;/b&gt;,"), "{html}");
        assert!(html.contains("<title>Tom &amp; &lt;Jerry&gt;</title>") && !html.contains("<i>"), "{html}");
        assert_eq!(html.matches("href=\"https://talk.example/verify/abc\"").count(), 1, "{html}");
        assert_eq!(html.matches("href").count(), 1, "{html}");
    }

    #[test]
    fn what_somebody_wrote_is_quoted_and_leads_nowhere() {
        let sheet =
            sheet(vec![Part::Quotation("See https://evil.example/x or evil.example\nor ask eve@evil.example <br>".to_owned())]);
        for text in [sheet.plain(), sheet.html()] {
            for live in ["https://", "evil.example", "eve@", "<br> ", "href"] {
                assert!(!text.contains(live), "{live} is in {text}");
            }
        }
        assert!(sheet.plain().lines().filter(|line| !line.is_empty()).all(|line| line.starts_with("> ")), "{}", sheet.plain());
    }

    #[test]
    fn plain_lines_are_short_and_lose_no_word() {
        let words = "word ".repeat(60);
        let plain = sheet(vec![Part::Paragraph(words.clone())]).plain();
        assert!(plain.lines().all(|line| line.chars().count() <= LINE));
        assert_eq!(plain.split_whitespace().count(), 60);
    }
}
