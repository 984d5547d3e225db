//! The last thing that a line of the log passes: whatever would begin another line, hide something or speak
//! to a terminal is written as an escape (OWASP Logging Cheat Sheet, CWE-117).

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use tracing_subscriber::fmt::MakeWriter;

use super::Colour;
use crate::server::config::LogFormat;

/// Makes writers that escape what another writer is given.
#[derive(Clone, Debug)]
pub struct OneLine<W> {
    inner: W,
    format: LogFormat,
    colour: Colour,
}

impl<W> OneLine<W> {
    pub const fn before(inner: W, format: LogFormat, colour: Colour) -> Self {
        Self { inner, format, colour }
    }
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for OneLine<W> {
    type Writer = Escaping<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Escaping { inner: self.inner.make_writer(), format: self.format, colour: self.colour }
    }
}

/// Writes each event, which comes whole, on one line.
#[derive(Debug)]
pub struct Escaping<W> {
    inner: W,
    format: LogFormat,
    colour: Colour,
}

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.inner.write_all(escaped(&text, self.format, self.colour).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What the formatter writes itself: plain, bold, dimmed, italic, and the colours of the levels.
const OUR_OWN: [&str; 9] = ["[0m", "[1m", "[2m", "[3m", "[31m", "[32m", "[33m", "[34m", "[35m"];

fn escaped(event: &str, format: LogFormat, colour: Colour) -> String {
    let (line, end) = event.strip_suffix('\n').map_or((event, ""), |line| (line, "\n"));
    let mut safe = String::with_capacity(event.len());
    for (place, character) in line.char_indices() {
        let is_ours = character == '\u{1b}'
            && colour == Colour::Ansi
            && format == LogFormat::Text
            && OUR_OWN.iter().any(|code| line[place + 1..].starts_with(code));
        if is_ours || !is_treacherous(character) {
            safe.push(character);
        } else {
            escape(character, format, &mut safe);
        }
    }
    safe + end
}

/// As JSON has it (RFC 8259, 7), and as Rust has it for people.
fn escape(character: char, format: LogFormat, safe: &mut String) {
    match format {
        LogFormat::Json => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(safe, "\\u{unit:04x}").expect("a String takes every text");
            }
        }
        LogFormat::Text => safe.extend(character.escape_unicode()),
    }
}

/// Controls, what ends a line, what has no width, and what turns the direction of writing (UAX 9).
fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_event_stays_one_line() {
        let event = "a\nb\rc\u{85}d\u{2028}e\u{1b}[31mf\u{202e}g\u{0}\n";
        let text = escaped(event, LogFormat::Text, Colour::Never);
        assert_eq!(text, "a\\u{a}b\\u{d}c\\u{85}d\\u{2028}e\\u{1b}[31mf\\u{202e}g\\u{0}\n");
        assert!(escaped("\u{1b}[32m INFO\u{1b}[0m x\n", LogFormat::Text, Colour::Ansi).starts_with('\u{1b}'));
        let json = escaped("{\"a\":\"\u{2028}\u{e0001}\"}\n", LogFormat::Json, Colour::Never);
        assert_eq!(json, "{\"a\":\"\\u2028\\udb40\\udc01\"}\n");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], "\u{2028}\u{e0001}");
    }

    proptest! {
        #[test]
        fn nothing_treacherous_comes_through(text in any::<String>()) {
            for format in [LogFormat::Text, LogFormat::Json] {
                let line = escaped(&text, format, Colour::Never);
                prop_assert!(!line.strip_suffix('\n').unwrap_or(&line).chars().any(is_treacherous));
            }
        }
    }
}
