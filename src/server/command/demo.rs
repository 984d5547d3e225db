//! `locutory demo`: a server on a scratch folder, filled with a sample community.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::output::say;
use super::serve::banner;
use super::{flag, log};
use crate::server::config::{Config, Sources, catalogue, folder};
use crate::server::listen::{Listeners, StopSignals};
use crate::server::start_error::StartError;
use crate::server::{App, database, demo, router};

/// Try a server that is full of life, on a scratch folder
///
/// Fills a fresh folder with a sample community and prints its logins. Without --data the folder
/// is deleted when the demo ends. Neither locutory.toml nor variables are read.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  locutory demo
  locutory demo --listen 127.0.0.1:9000
  locutory demo --data ./playground")]
pub struct Demo {
    /// Listen on this IP address and port of this machine
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

impl Demo {
    pub async fn run(self, data: Option<String>) -> Result<(), Failure> {
        let scratch = Scratch::of(data.as_deref())?;
        let folder = scratch.path().display().to_string();
        let flags = [
            flag(&catalogue::DATA_FOLDER, "--data", Some(&folder)),
            flag(&catalogue::LISTEN_ADDRESS, "--listen", self.listen.as_ref()),
        ];
        let sources = Sources::of_flags(flags.into_iter().flatten().collect());
        let mut config = Config::load(sources).map_err(StartError::Configuration)?;
        log::start(&config.log);
        let _claim = folder::claim(&config.data)?;
        let listeners = Listeners::bind(&config)?;
        config.follow_listener(listeners.address());
        database::migrate_up(&config.data).await?;
        let app = App::open(config.clone()).await?;
        let served = serve(&app, &config, listeners).await;
        app.close().await;
        served
    }
}

async fn serve(app: &App, config: &Config, listeners: Listeners) -> Result<(), Failure> {
    say("Filling a sample community …")?;
    let logins = demo::fill(app).await?;
    let stop = StopSignals::listen().map_err(StartError::Serving)?;
    say(banner(config, None))?;
    say("  Sign in as any of these:")?;
    for login in logins {
        let (role, name) = (login.role.name(), login.username);
        say(format_args!("  {role:<10} {name:<16} {}", login.password.expose()))?;
    }
    say("")?;
    listeners.serve(config, router::build(app.clone()), None, app.refusals(), app.figures().connections.clone(), stop).await?;
    Ok(())
}

/// Where the demo's data lies.
#[derive(Debug)]
enum Scratch {
    /// Chosen by the operator, and kept.
    Named(PathBuf),
    /// Chosen by us, and deleted at the end.
    Passing(PathBuf),
}

impl Scratch {
    /// Sample people in a real community's database could not be told from its members, so a
    /// folder that holds something is refused.
    fn of(named: Option<&str>) -> Result<Self, Failure> {
        let Some(named) = named else {
            let name = format!("locutory-demo-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            // Fails when somebody else has made it, who could then read what we write.
            DirBuilder::new().mode(0o700).create(&path)?;
            return Ok(Self::Passing(path));
        };
        match fs::read_dir(named).map(|mut entries| entries.next()) {
            Ok(Some(_)) => Err(Failure::Input(
                "the demo fills a fresh folder only, and the one named by --data is not empty. \
                 Name another.",
            )),
            _ => Ok(Self::Named(PathBuf::from(named))),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Passing(path) => path,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Self::Passing(path) = self
            && let Err(cause) = fs::remove_dir_all(&*path)
        {
            tracing::warn!(folder = %path.display(), %cause, "the demo's folder was left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_holds_something_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let named = folder.path().to_str().unwrap();
        assert!(Scratch::of(Some(named)).is_ok());
        fs::write(folder.path().join("locutory.db"), "precious").unwrap();
        assert!(Scratch::of(Some(named)).is_err());
        assert!(folder.path().join("locutory.db").exists());
    }

    #[test]
    fn a_passing_folder_is_deleted_at_the_end_and_a_named_one_kept() {
        let outer = tempfile::tempdir().unwrap();
        let (passing, named) = (outer.path().join("passing"), outer.path().join("named"));
        fs::create_dir(&passing).unwrap();
        fs::create_dir(&named).unwrap();
        drop((Scratch::Passing(passing.clone()), Scratch::Named(named.clone())));
        assert!(!passing.exists());
        assert!(named.exists());
    }
}
