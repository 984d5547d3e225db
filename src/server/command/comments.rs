//! `locutory comments`: work on all comments at once.

use clap::Subcommand;

use super::failure::Failure;
use super::output::{Progress, say};
use crate::server::config::{Config, folder};
use crate::server::{App, operator};

/// Work on all comments at once
#[derive(Debug, Subcommand)]
pub enum Comments {
    /// Make the HTML of every comment anew from what was typed
    ///
    /// Needed after an update that changes how comments are rendered or what is allowed in them.
    /// Nothing that was typed is changed.
    #[command(after_help = "Example:
  locutory comments rerender")]
    Rerender,
}

impl Comments {
    pub async fn run(self, config: Config) -> Result<(), Failure> {
        let Self::Rerender = self;
        folder::prepare(&config.data)?;
        let app = App::open(config).await?;
        let mut progress = Progress::of("Comments rendered");
        let done = operator::rerender(&app, |done, total| progress.tell(done, total)).await;
        drop(progress);
        app.close().await;
        Ok(say(format_args!("{} comment(s) were rendered anew.", done?))?)
    }
}
