//! Reads the sample discussions in `talk/`, each a text in reading order.
//!
//! The first line names who starts the discussion, how long ago, and its title; the opening follows.
//! A comment begins with a line of `%` signs, as many as it stands deep, its author, and how long
//! after the text that it answers it was written. `%!` says what became of the text above it, and
//! how long after that: `edit` (with the new text below), `retract`, and what moderators do with
//! whoever does it and why.

use std::time::Duration;

use crate::{
    comments::model::ModerationDeed,
    server::error::{Error, Result},
};

/// A discussion among the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Talk(pub usize);

/// A comment: its discussion, and the how-manieth of its text file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    pub talk: Talk,
    pub place: usize,
}

/// Something that somebody does, so long before now.
#[derive(Clone, Debug)]
pub struct Cue {
    pub before_now: Duration,
    pub by: &'static str,
    pub action: Action,
}

#[derive(Clone, Debug)]
pub enum Action {
    Start { talk: Talk, title: &'static str, opening: String },
    Say { line: Line, parent: Option<Line>, body: String },
    Edit { line: Line, body: String },
    Retract { line: Line },
    Moderate { line: Line, deed: ModerationDeed, reason: &'static str },
    Pin { talk: Talk },
    Lock { talk: Talk },
    Rename { talk: Talk, title: &'static str },
    Remove { talk: Talk },
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Everything that is said and done in a discussion.
///
/// # Errors
/// The text keeps to no form.
pub fn read(talk: Talk, text: &'static str) -> Result<Vec<Cue>> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (by, ago, title) = three(first)?;
    let mut reading = Reading { talk, cues: Vec::new(), thread: Vec::new(), places: 0, subject: Subject::Talk(by, span(ago)?) };
    reading.add(span(ago)?, by, Action::Start { talk, title, opening: String::new() });
    for line in rest.lines() {
        match line.strip_prefix('%') {
            Some(deed) if deed.starts_with('!') => reading.deed(deed[1..].trim())?,
            Some(comment) => reading.comment(comment)?,
            None => reading.text(line),
        }
    }
    Ok(reading.cues)
}

/// What the line being read is about.
#[derive(Clone, Copy)]
enum Subject {
    /// The opening of a discussion: its author, and when it was written.
    Talk(&'static str, Duration),
    /// A comment: its author, and when it was written.
    Line(Line, &'static str, Duration),
}

struct Reading {
    talk: Talk,
    cues: Vec<Cue>,
    /// The comments from the discussion down to the one above.
    thread: Vec<(Line, Duration)>,
    places: usize,
    subject: Subject,
}

impl Reading {
    fn add(&mut self, before_now: Duration, by: &'static str, action: Action) {
        self.cues.push(Cue { before_now, by, action });
    }

    fn comment(&mut self, heading: &'static str) -> Result<()> {
        let name = heading.trim_start_matches('%');
        let depth = heading.len() - name.len();
        let (by, after) = name.trim().split_once(' ').ok_or_else(|| unreadable(heading))?;
        if depth > self.thread.len() {
            return Err(unreadable(heading));
        }
        self.thread.truncate(depth);
        let start = self.cues.first().map_or(Duration::ZERO, |cue| cue.before_now);
        let (parent, answered) = self.thread.last().map_or((None, start), |(line, at)| (Some(*line), *at));
        let line = Line { talk: self.talk, place: self.places };
        let at = later(answered, span(after)?)?;
        self.places += 1;
        self.thread.push((line, at));
        self.subject = Subject::Line(line, by, at);
        self.add(at, by, Action::Say { line, parent, body: String::new() });
        Ok(())
    }

    fn deed(&mut self, text: &'static str) -> Result<()> {
        let (verb, rest) = text.split_once(' ').ok_or_else(|| unreadable(text))?;
        let talk = self.talk;
        let (by, written, line) = match self.subject {
            Subject::Talk(by, at) => (by, at, None),
            Subject::Line(line, by, at) => (by, at, Some(line)),
        };
        let (by, after, action) = match (verb, line) {
            ("edit", Some(line)) => (by, rest, Action::Edit { line, body: String::new() }),
            ("retract", Some(line)) => (by, rest, Action::Retract { line }),
            ("pin", None) => two(rest).map(|(by, after)| (by, after, Action::Pin { talk }))?,
            ("lock", None) => two(rest).map(|(by, after)| (by, after, Action::Lock { talk }))?,
            ("remove", None) => two(rest).map(|(by, after)| (by, after, Action::Remove { talk }))?,
            ("rename", None) => three(rest).map(|(by, after, title)| (by, after, Action::Rename { talk, title }))?,
            (verb, Some(line)) => {
                let deed = moderation(verb).ok_or_else(|| unreadable(text))?;
                three(rest).map(|(by, after, reason)| (by, after, Action::Moderate { line, deed, reason }))?
            }
            _ => return Err(unreadable(text)),
        };
        self.add(later(written, span(after)?)?, by, action);
        Ok(())
    }

    /// A line of the text that was begun last.
    fn text(&mut self, line: &str) {
        let taking = self.cues.iter_mut().rev().find_map(|cue| match &mut cue.action {
            Action::Start { opening: text, .. } | Action::Say { body: text, .. } | Action::Edit { body: text, .. } => Some(text),
            _ => None,
        });
        if let Some(text) = taking {
            text.push_str(line);
            text.push('\n');
        }
    }
}

fn moderation(verb: &str) -> Option<ModerationDeed> {
    match verb {
        "hide" => Some(ModerationDeed::Hide),
        "restore" => Some(ModerationDeed::Restore),
        "delete" => Some(ModerationDeed::Delete),
        _ => None,
    }
}

fn two(text: &'static str) -> Result<(&'static str, &'static str)> {
    text.split_once(' ').ok_or_else(|| unreadable(text))
}

fn three(text: &'static str) -> Result<(&'static str, &'static str, &'static str)> {
    let (first, rest) = two(text)?;
    let (second, third) = two(rest)?;
    Ok((first, second, third))
}

/// `1d2h30m`, in full hours and minutes.
pub(super) fn span(text: &str) -> Result<Duration> {
    let mut seconds = 0;
    for part in text.split_inclusive(['d', 'h', 'm']) {
        let (number, unit) = part.split_at(part.len() - 1);
        let unit = match unit {
            "d" => DAY,
            "h" => HOUR,
            "m" => MINUTE,
            _ => return Err(unreadable(text)),
        };
        seconds += number.parse::<u64>().map_err(|_| unreadable(text))? * unit;
    }
    Ok(Duration::from_secs(seconds))
}

/// Both count back from now, so that later is less.
fn later(moment: Duration, span: Duration) -> Result<Duration> {
    moment.checked_sub(span).ok_or_else(|| Error::broken("a sample text tells of the future", format!("{span:?}")))
}

fn unreadable(line: &str) -> Error {
    Error::broken("a sample text cannot be read", line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_yields_what_was_said_by_whom_and_when() {
        let cues = read(Talk(0), "ada 2d Bread\nWho bakes?\n%! pin mira 1h\n% bo 1h\nMe.\n%% ada 1d2h\nGood.\n").unwrap();
        let told: Vec<_> = cues.iter().map(|cue| (cue.by, cue.before_now.as_secs() / HOUR)).collect();
        assert_eq!(told, [("ada", 48), ("mira", 47), ("bo", 47), ("ada", 21)]);
        let Action::Say { parent, body, .. } = &cues[3].action else { panic!("{cues:?}") };
        assert_eq!((*parent, body.as_str()), (Some(Line { talk: Talk(0), place: 0 }), "Good.\n"));
    }

    #[test]
    fn an_edit_takes_the_text_below_it() {
        let cues = read(Talk(0), "ada 1d Bread\n% bo 1h\nMee.\n%! edit 4m\nMe.\n").unwrap();
        assert!(matches!(&cues[2].action, Action::Edit { body, .. } if body == "Me.\n"));
    }

    #[test]
    fn a_text_of_another_form_is_refused() {
        for text in [
            "",
            "ada Bread",
            "ada 1x Bread",
            "ada 1d Bread\n%% bo 1h\n",
            "ada 1d Bread\n%! burn bo 1h\n",
            "ada 1h Bread\n% bo 2h\n",
        ] {
            assert!(read(Talk(0), text).is_err(), "{text:?}");
        }
    }
}
