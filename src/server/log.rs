//! Logging: one line per event on standard error, in UTC, as text or JSON.
//!
//! **Promises.** Whatever `log.filter` asks for, the libraries that would write cookies, headers or
//! session ids in their chatter are held to warnings, and security events are written. An event is one
//! line: whatever is told, line breaks, control characters and what turns the direction of writing come
//! out as escapes ([`one_line`]).

mod one_line;

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{Directive, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use self::one_line::OneLine;
use super::{
    config::{Log, LogFormat},
    events,
};

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
    let lines = fmt::layer().with_writer(OneLine::before(writer, log.format, colour));
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(colour == Colour::Ansi).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The filter was parsed when the configuration was read.
    let wanted = EnvFilter::new(&log.filter).add_directive(security_directive());
    registry().with(lines).with(wanted).with(filter_fn(is_discreet))
}

fn security_directive() -> Directive {
    format!("{}=info", events::TARGET).parse().expect("a target and a level are a directive")
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
        logged_in(Colour::Never, format, filter, act)
    }

    fn logged_in(colour: Colour, format: LogFormat, filter: &str, act: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { format, filter: filter.to_owned() };
        let subscriber = subscriber(&log, colour, move || writer.clone());
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
    fn no_text_breaks_out_of_its_line_in_either_form() {
        const FORGED: &str = "x\n2026-01-01T00:00:00Z  WARN forged\r\u{1b}[2J\u{2028}\u{202e}\u{85}";
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, "info", || {
                let _span = tracing::info_span!("request", path = FORGED).entered();
                tracing::info!(target: "locutory", display = %FORGED, debug = ?FORGED, text = FORGED, "{FORGED}");
            });
            assert_eq!(text.matches('\n').count(), 1, "{text:?}");
            assert!(!text.trim_end_matches('\n').chars().any(char::is_control), "{text:?}");
            assert!(!text.contains(['\u{2028}', '\u{202e}']), "{text:?}");
            if format == LogFormat::Json {
                let line: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(line["text"], FORGED);
            }
        }
    }

    #[test]
    fn no_text_paints_or_clears_the_terminal_that_shows_coloured_lines() {
        const PAINTED: &str = "x\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}[8m\u{9b}2J";
        let text = logged_in(Colour::Ansi, LogFormat::Text, "info", || {
            tracing::info!(target: "locutory", display = %PAINTED, debug = ?PAINTED, text = PAINTED, "{PAINTED}");
        });
        assert!(text.contains("\u{1b}[32m"), "the level has its colour: {text:?}");
        for told in ["\u{1b}[2J", "\u{1b}]", "\u{1b}[8m", "\u{9b}", "\u{7}"] {
            assert!(!text.contains(told), "{text:?}");
        }
    }

    #[test]
    fn security_events_are_written_whatever_the_filter_says() {
        use crate::server::events::{self, SecurityEvent};

        for filter in ["off", "error,locutory=off", "locutory::security=off"] {
            let text = logged(LogFormat::Json, filter, || {
                events::tell_of(SecurityEvent::LoginFail, "password", "user", Some(7));
                tracing::info!(target: "locutory", "not wanted");
            });
            let line: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{filter}: {text}"));
            assert_eq!((line["target"].as_str(), line["event"].as_str()), (Some(events::TARGET), Some("authn_login_fail")));
            assert_eq!((line["number"].as_i64(), line["level"].as_str()), (Some(7), Some("WARN")));
            assert!(line.get("request").is_none() && line.get("person").is_none(), "{text}");
        }
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
