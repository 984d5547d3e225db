//! `locutory keys`: the keys that seal secrets in the database.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::output::{Progress, say};
use crate::server::config::keys::data::DataKeys;
use crate::server::config::{Config, folder};
use crate::server::{App, operator};

/// Change the keys that seal secrets in the database
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a new key and seal everything with it
    ///
    /// May be used while the server runs, and again if it was interrupted. The old key stays in the
    /// file until it is forgotten.
    #[command(after_help = "Example:
  locutory keys rotate")]
    Rotate,
    /// Throw all keys away but the newest
    ///
    /// Restart the server after `keys rotate` and before this: until then it seals with the old key.
    /// Backups from before the rotation cannot be used without the old key.
    #[command(after_help = "Example:
  locutory keys forget-old --yes")]
    ForgetOld(ForgetOld),
}

#[derive(Args, Debug)]
pub struct ForgetOld {
    /// The server was restarted since the rotation, and old backups are not needed
    #[arg(long)]
    yes: bool,
}

impl Keys {
    pub async fn run(self, config: Config) -> Result<(), Failure> {
        folder::prepare(&config.data)?;
        match self {
            Self::Rotate => rotate(config).await,
            Self::ForgetOld(ForgetOld { yes: true }) => forget_old(config).await,
            Self::ForgetOld(ForgetOld { yes: false }) => Err(Failure::Input(
                "secrets that only an old key opens would be lost. Restart the server first, then give --yes.",
            )),
        }
    }
}

async fn rotate(config: Config) -> Result<(), Failure> {
    // A database that cannot be opened is told before anything changes.
    App::open(config.clone()).await?.close().await;
    let key = DataKeys::rotate(&config)?.current().id;
    let app = App::open(config).await?;
    let mut progress = Progress::of("Secrets looked at");
    let done = operator::reseal(&app, |done, total| progress.tell(done, total)).await;
    drop(progress);
    app.close().await;
    let done = done?;
    Ok(say(format_args!(
        "The new key is {key}; {done} secret(s) were sealed with it. Restart the server, then run `locutory keys forget-old`."
    ))?)
}

async fn forget_old(config: Config) -> Result<(), Failure> {
    let app = App::open(config.clone()).await?;
    let done = operator::forget_old_keys(&app, || DataKeys::forget_former(&config)).await;
    app.close().await;
    let keys = done??;
    Ok(say(format_args!("Only the key {} is left.", keys.current().id))?)
}
