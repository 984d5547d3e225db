//! `locutory keys`: the keys that seal secrets in the database and encrypt cookies, and the peppers.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::output::{Progress, say};
use crate::server::config::keys::{CookieKeys, data::DataKeys, pepper};
use crate::server::config::{Config, folder};
use crate::server::resealing::KeyChange;
use crate::server::start_error::StartError;
use crate::server::{App, operator};

/// Change the keys of the database, of cookies and of passwords
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
    /// Make a new key for cookies
    ///
    /// May be used while the server runs; the new key encrypts from its next restart on. Cookies of the
    /// old key stay good, so nobody is signed out, until that is forgotten.
    #[command(after_help = "Example:
  locutory keys rotate-cookie")]
    RotateCookie,
    /// Throw all keys for cookies away but the newest
    ///
    /// At its next restart the server knows the old ones no more: sessions that are older than the
    /// rotation end, and browsers that have not signed in since are not known again. After the longest life
    /// of a session (`session.member_absolute_hours`) nobody notices. At once, if the old key was stolen.
    #[command(after_help = "Example:
  locutory keys forget-old-cookie --yes")]
    ForgetOldCookie(ForgetOldCookie),
    /// Make a new pepper for passwords
    ///
    /// It goes in front of those in the file that `password.pepper_file` names, which is made where there
    /// is none. From the next restart of the server on it is in new hashes; old ones are renewed as their
    /// owners sign in, so the old lines have to stay.
    #[command(after_help = "Example:
  locutory keys add-pepper")]
    AddPepper,
}

#[derive(Args, Debug)]
pub struct ForgetOldCookie {
    /// Sessions from before the rotation may end
    #[arg(long)]
    yes: bool,
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
            Self::RotateCookie => rotate_cookie(config).await,
            Self::ForgetOldCookie(ForgetOldCookie { yes: true }) => forget_old_cookie(config).await,
            Self::ForgetOldCookie(ForgetOldCookie { yes: false }) => Err(Failure::Input(
                "whoever has not signed in since the rotation would be signed out. Give --yes if that is meant.",
            )),
            Self::AddPepper => add_pepper(config).await,
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

async fn rotate_cookie(config: Config) -> Result<(), Failure> {
    changed(&config, KeyChange::CookieKeyRotated, || CookieKeys::rotate(&config)).await?;
    Ok(say("There is a new key for cookies. Restart the server; sessions go on. When they have ended by themselves, run \
         `locutory keys forget-old-cookie`.")?)
}

async fn forget_old_cookie(config: Config) -> Result<(), Failure> {
    changed(&config, KeyChange::CookieKeysForgotten, || CookieKeys::forget_former(&config)).await?;
    Ok(say("Only the newest key for cookies is left. Restart the server.")?)
}

async fn add_pepper(config: Config) -> Result<(), Failure> {
    let peppers = changed(&config, KeyChange::PepperAdded, || pepper::add(&config)).await?;
    Ok(say(format_args!(
        "The new pepper is {}. Keep a copy of the file apart from the database's, then restart the server.",
        peppers.current().id
    ))?)
}

/// A database that cannot be opened is told before anything changes.
async fn changed<Changed>(
    config: &Config,
    kind: KeyChange,
    change: impl FnOnce() -> Result<Changed, StartError>,
) -> Result<Changed, Failure> {
    let mut config = config.clone();
    // The file of the first pepper is yet to be made.
    config.secrets.pepper_file = config.secrets.pepper_file.filter(|path| path.exists());
    let app = App::open(config).await?;
    let changed = change();
    let noted = match &changed {
        Ok(_) => operator::note_changed_keys(&app, kind).await,
        Err(_) => Ok(()),
    };
    app.close().await;
    noted?;
    Ok(changed?)
}
