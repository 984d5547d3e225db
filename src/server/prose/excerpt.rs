//! The beginning of a text without its markup, for lists and titles.

use pulldown_cmark::{Event, TagEnd};
use unicode_normalization::char::is_combining_mark;

use super::events::parsed;

/// In code points: a word longer than this is cut rather than left out.
const LONGEST_WORD: usize = 30;

/// The first words of a text, in one line of at most `longest` code points. An ellipsis, which counts,
/// stands for what was left out. It is text, not HTML.
#[must_use]
pub fn plain_excerpt(markdown: &str, longest: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for event in parsed(markdown) {
        for character in characters_of(event) {
            if character.is_whitespace() && (line.is_empty() || line.ends_with(' ')) {
                continue;
            }
            line.push(if character.is_whitespace() { ' ' } else { character });
            length += 1;
        }
        // One more for a blank at the end, which does not count.
        if length > longest + 1 {
            break;
        }
    }
    shortened(line.trim_end(), longest)
}

/// Everything that ends a word gives a blank, which emphasis and links do not.
fn characters_of(event: Event<'_>) -> Vec<char> {
    match event {
        Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => text.chars().collect(),
        Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) => Vec::new(),
        Event::End(_) | Event::SoftBreak | Event::HardBreak | Event::Rule => vec![' '],
        _ => Vec::new(),
    }
}

fn shortened(line: &str, longest: usize) -> String {
    let characters: Vec<char> = line.chars().collect();
    if characters.len() <= longest {
        return line.to_owned();
    }
    let Some(room) = longest.checked_sub(1) else { return String::new() };
    let cut = end_of_word(&characters, room).unwrap_or_else(|| end_of_letter(&characters, room));
    let kept: String = characters[..cut].iter().collect();
    format!("{}…", kept.trim_end())
}

fn end_of_word(characters: &[char], room: usize) -> Option<usize> {
    let earliest = room.saturating_sub(LONGEST_WORD).max(1);
    (earliest..=room).rev().find(|cut| characters[*cut] == ' ')
}

/// Accents stay with their letter.
fn end_of_letter(characters: &[char], room: usize) -> usize {
    (0..=room).rev().find(|cut| !is_combining_mark(characters[*cut])).unwrap_or(0)
}
