//! How much is logged, and in which form.

use tracing_subscriber::EnvFilter;

use super::catalogue::{LOG_FILTER, LOG_FORMAT};
use super::reader::Reader;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    /// Directives in the syntax of `tracing_subscriber::EnvFilter`; known to parse.
    pub filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    /// One JSON object per line.
    Json,
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            format: reader.text(&LOG_FORMAT, |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err(format!("must be \"text\" or \"json\", not {text:?}.")),
            }),
            filter: reader.text(&LOG_FILTER, |text| {
                EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|cause| {
                    format!(
                        "must be log directives such as \"warn,locutory=debug\", not \
                             {text:?} ({cause})."
                    )
                })
            }),
        }
    }
}
