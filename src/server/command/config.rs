//! `locutory config`: what holds, why, and what is wrong with it.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::say;
use crate::server::accounts::providers::Providers;
use crate::server::config::keys::{CookieKeys, data::DataKeys, pepper};
use crate::server::config::{Config, Problem, Problems, Sources, show};
use crate::server::database;
use crate::server::letters::transport;
use crate::server::start_error::StartError;
use crate::server::tls;

/// Look at the configuration
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Tell everything that is wrong with the configuration
    ///
    /// Reads the file, the variables and the flags as `serve` does, and the key files that they
    /// name. Nothing is made or changed. The exit code is 1 when there is a problem.
    #[command(after_help = "Examples:
  locutory config check
  locutory config check --config /etc/locutory/locutory.toml --json")]
    Check(Form),
    /// Print every setting with its value and where that comes from
    ///
    /// The output is TOML. Secrets are masked.
    #[command(after_help = "Examples:
  locutory config show
  locutory config show --json
  LOCUTORY_LISTEN__ADDRESS=127.0.0.1:9000 locutory config show")]
    Show(Form),
}

#[derive(Args, Debug)]
pub struct Form {
    /// Print JSON for other programs to read
    #[arg(long)]
    json: bool,
}

pub fn run(sources: Sources, command: ConfigCommand) -> Result<(), Failure> {
    let loaded = Config::load(sources);
    match command {
        ConfigCommand::Show(form) => {
            let config = loaded.map_err(StartError::Configuration)?;
            let text = if form.json { show::as_json(&config) } else { show::as_toml(&config) };
            Ok(say(text.trim_end())?)
        }
        ConfigCommand::Check(form) => check(loaded, &form),
    }
}

fn check(loaded: Result<Config, Problems>, form: &Form) -> Result<(), Failure> {
    let checked = loaded.and_then(|config| check_files(&config));
    if form.json {
        let rows: Vec<Value> = checked.as_ref().err().into_iter().flatten().map(row).collect();
        say(format_args!("{:#}", Value::from(rows)))?;
    }
    checked.map_err(StartError::Configuration)?;
    if !form.json {
        say("The configuration is in order.")?;
    }
    Ok(())
}

fn check_files(config: &Config) -> Result<(), Problems> {
    let refusals = tls::check(config).into_iter().chain(CookieKeys::check(config).err()).chain(DataKeys::check(config).err());
    let refusals = refusals.chain(pepper::open(config).err()).chain(database::check(&config.data).err());
    let refusals = refusals.chain(Providers::open(config).err());
    let refusals = refusals.chain(transport::check(&config.mail).err());
    let problems = refusals.map(problem).collect();
    Problems::unless_none(problems, ())
}

fn problem(refusal: StartError) -> Problem {
    match refusal {
        StartError::File { setting, path, complaint } => Problem::new(setting, None, format!("{} {complaint}", path.display())),
        StartError::Setting { setting, complaint } => Problem::new(setting, None, complaint),
        other => Problem::new("files", None, other.to_string()),
    }
}

fn row(problem: &Problem) -> Value {
    json!({
        "setting": problem.subject,
        "origin": problem.origin.as_ref().map(ToString::to_string),
        "problem": problem.complaint,
    })
}
