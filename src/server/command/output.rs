//! What commands print: results on standard output, complaints and progress on standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::server::log::Colour;

/// Prints a line of the result. A reader that has gone away (`locutory … | head`) is no failure.
///
/// # Errors
/// When standard output is broken in another way, such as a full disk.
pub fn say(line: impl Display) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Tells why the command has failed. There is nobody left to tell when this fails too.
pub fn complain(failure: &impl Display) {
    let mut error = io::stderr().lock();
    let word = match Colour::of_terminal(&error) {
        Colour::Ansi => "\u{1b}[1;31merror:\u{1b}[0m",
        Colour::Never => "error:",
    };
    drop(writeln!(error, "{word} {failure}"));
}

/// Shows how far long work has come, on one line and on terminals only.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    shown: Shown,
}

#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Never,
    Percent(Option<u64>),
}

impl Progress {
    #[must_use]
    pub fn of(what: &'static str) -> Self {
        let shown = if io::stderr().is_terminal() { Shown::Percent(None) } else { Shown::Never };
        Self { what, shown }
    }

    pub fn tell(&mut self, done: u64, total: u64) {
        let percent = Some(done.saturating_mul(100).checked_div(total).unwrap_or(100));
        if self.shown == Shown::Never || self.shown == Shown::Percent(percent) {
            return;
        }
        let mut error = io::stderr().lock();
        drop(write!(error, "\r{}: {done} of {total}", self.what).and_then(|()| error.flush()));
        self.shown = Shown::Percent(percent);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if matches!(self.shown, Shown::Percent(Some(_))) {
            drop(writeln!(io::stderr().lock()));
        }
    }
}
