//! Logging: one line per event on standard error, in UTC, as text or JSON.
//!
//! **Promise.** Whatever `log.filter` asks for, the libraries that would write cookies, headers or
//! session ids in their chatter are held to warnings.

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use super::config::{Log, LogFormat};

/// Libraries that see requests before we do and print what they see.
const INDISCREET: [&str; 5] = ["h2", "hyper", "hyper_util", "tower_sessions", "tower_sessions_core"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Never,
    Ansi,
}

impl Colour {
    /// Only on terminals, and never when `NO_COLOR` is set to anything (no-color.org).
    #[must_use]
    pub fn of_terminal(terminal: &impl IsTerminal) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if terminal.is_terminal() && !unwanted { Self::Ansi } else { Self::Never }
    }
}

/// Begins to log. A second call changes nothing.
pub fn start(log: &Log) {
    let colour = Colour::of_terminal(&io::stderr());
    // An error here means that somebody logs already, which is all we want.
    drop(subscriber(log, colour, io::stderr).try_init());
}

pub(crate) fn subscriber<W>(log: &Log, colour: Colour, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(colour == Colour::Ansi).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The filter was parsed when the configuration was read.
    let wanted = EnvFilter::new(&log.filter);
    registry().with(lines).with(wanted).with(filter_fn(is_discreet))
}

fn is_discreet(event: &Metadata<'_>) -> bool {
    let library = event.target().split("::").next().unwrap_or_default();
    *event.level() <= Level::WARN || !INDISCREET.contains(&library)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str, act: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { format, filter: filter.to_owned() };
        let subscriber = subscriber(&log, Colour::Never, move || writer.clone());
        tracing::subscriber::with_default(subscriber, act);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn json_lines_hold_the_fields_and_the_time_in_utc() {
        let text = logged(LogFormat::Json, "info", || {
            tracing::info!(target: "locutory", number = 7, "a message");
        });
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["number"], 7);
        assert_eq!(line["message"], "a message");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{text}");
    }

    #[test]
    fn the_filter_decides_what_is_logged() {
        let text = logged(LogFormat::Text, "warn,locutory=info", || {
            tracing::info!(target: "locutory::server", "ours");
            tracing::info!(target: "library", "theirs");
            tracing::warn!(target: "library", "their warning");
        });
        assert!(text.contains("ours") && text.contains("their warning"), "{text}");
        assert!(!text.contains("theirs"), "{text}");
    }

    #[test]
    fn libraries_that_print_headers_are_held_back_whatever_the_filter_says() {
        let text = logged(LogFormat::Text, "trace,h2::codec=trace", || {
            tracing::trace!(target: "h2::codec", "cookie: secret");
            tracing::debug!(target: "hyper::proto", "cookie: secret");
            tracing::trace!(target: "locutory", "visible");
        });
        assert!(text.contains("visible") && !text.contains("secret"), "{text}");
    }
}
