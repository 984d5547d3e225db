//! The command line: what can be asked of the program, and how it answers. Each sub-command's glue
//! is a file of its own; what they do is done elsewhere.
//!
//! **Exit codes.** 0: done. 1: it could not be done; the reason stands on standard error. 2: the
//! command line was not understood.

mod admin;
mod comments;
mod config;
mod demo;
mod failure;
mod keys;
mod migrate;
mod output;
mod password;
mod serve;
mod tls;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::runtime;

use self::failure::Failure;
use super::config::{Config, Flag, Sources, catalogue, folder};
use super::start_error::StartError;
use super::{log, sandbox};

const EXAMPLES: &str = "\
Examples:
  locutory serve --migrate                  Try it out on this machine
  locutory admin create ada ada@example.org Make the first admin
  locutory config show                      See every setting, its value and its origin
  locutory help serve                       Read more about one command

Settings come from locutory.toml (or --config FILE, or the variable LOCUTORY_CONFIG), from LOCUTORY_*
variables and from flags; the later wins. See locutory.example.toml for all of them.

Exit codes: 0 done, 1 could not be done, 2 the command line was not understood.";

/// A discussion server that you run yourself.
#[derive(Debug, Parser)]
#[command(name = "locutory", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct CommandLine {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Debug)]
struct Common {
    /// Read the settings from this file instead of ./locutory.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep the data in this folder (setting `data.folder`)
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    #[command(subcommand)]
    Admin(admin::Admin),
    #[command(subcommand)]
    Keys(keys::Keys),
    #[command(subcommand)]
    Comments(comments::Comments),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    #[command(subcommand)]
    Tls(tls::Tls),
    Demo(demo::Demo),
}

/// Runs what the process's arguments ask for.
#[must_use]
pub fn main() -> ExitCode {
    let kept = sandbox::drop_what_nobody_needs();
    let CommandLine { common, command } = CommandLine::parse();
    match run(common, command, &kept) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(common: Common, command: Command, kept: &sandbox::Kept) -> Result<(), Failure> {
    match command {
        Command::Config(command) => config::run(common.sources(Vec::new()), command),
        Command::Serve(command) => {
            let config = common.load(command.flags())?;
            kept.tell();
            sandbox::warn_of_root();
            // What the sandbox names must be there, and no thread may have been started yet.
            folder::prepare(&config.data)?;
            sandbox::enter(&config)?;
            wait_for(command.run(config))
        }
        Command::Migrate(command) => wait_for(command.run(common.load(Vec::new())?)),
        Command::Admin(command) => wait_for(command.run(common.load(Vec::new())?)),
        Command::Keys(command) => wait_for(command.run(common.load(Vec::new())?)),
        Command::Comments(command) => wait_for(command.run(common.load(Vec::new())?)),
        Command::Tls(command) => command.run(&common.load(Vec::new())?),
        Command::Demo(command) => wait_for(command.run(common.data)),
    }
}

fn wait_for(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::Start(StartError::Serving(cause)))?
        .block_on(work)
}

impl Common {
    fn sources(&self, mut flags: Vec<Flag>) -> Sources {
        flags.extend(flag(&catalogue::DATA_FOLDER, "--data", self.data.as_ref()));
        Sources::of_process(self.config.clone(), flags)
    }

    /// Loads the configuration and begins to log as it says.
    fn load(&self, flags: Vec<Flag>) -> Result<Config, Failure> {
        let config = Config::load(self.sources(flags)).map_err(StartError::Configuration)?;
        log::start(&config.log);
        Ok(config)
    }
}

fn flag(setting: &'static catalogue::Setting, name: &'static str, value: Option<&String>) -> Option<Flag> {
    value.map(|value| Flag { setting, name, value: value.clone() })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use clap::error::ErrorKind;

    use super::*;

    fn refused(line: &str) -> ErrorKind {
        CommandLine::try_parse_from(line.split(' ')).unwrap_err().kind()
    }

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_with_an_example() {
        fn check(command: &clap::Command) {
            if command.get_name() == "help" {
                return;
            }
            assert!(command.get_about().is_some(), "{} says nothing", command.get_name());
            let taught = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(command.has_subcommands() || taught.contains("Example"), "{} has no example", command.get_name());
            command.get_subcommands().for_each(check);
        }
        check(&CommandLine::command());
    }

    #[test]
    fn a_password_is_never_an_argument() {
        for line in [
            "locutory admin create ada ada@example.org secret",
            "locutory admin create ada ada@example.org --password secret",
            "locutory admin reset-password ada secret",
        ] {
            assert_eq!(refused(line), ErrorKind::UnknownArgument, "{line}");
        }
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        assert_eq!(refused("locutory serve --tls-certificate chain.pem"), ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn common_flags_stand_before_or_after_the_command() {
        for line in ["locutory --data d config show", "locutory config show --data d"] {
            let parsed = CommandLine::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(parsed.common.data.as_deref(), Some("d"), "{line}");
        }
    }
}
