//! `locutory migrate`: brings the database's tables to this version's form, and back.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::say;
use crate::server::config::{Config, folder};
use crate::server::database::{self, Migration, MigrationState};

/// Bring the database to the form that this version needs, or back
#[derive(Debug, Subcommand)]
pub enum Migrate {
    /// Apply all migrations that are not applied yet
    ///
    /// Take a backup first. With SQLite, stop the server first.
    #[command(after_help = "Example:
  locutory migrate up")]
    Up,
    /// Take back the latest migrations, with all that their tables hold
    ///
    /// What they hold is deleted; only a backup brings it back. Asks first, unless --yes is given.
    #[command(after_help = "Examples:
  locutory migrate down
  locutory migrate down --steps 2 --yes")]
    Down(Down),
    /// List the migrations and whether they are applied
    #[command(after_help = "Examples:
  locutory migrate status
  locutory migrate status --json")]
    Status(Status),
}

#[derive(Args, Debug)]
pub struct Down {
    /// How many migrations to take back
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Args, Debug)]
pub struct Status {
    /// Print JSON for other programs to read
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub async fn run(self, config: Config) -> Result<(), Failure> {
        match self {
            Self::Up => {
                let _claim = folder::claim(&config.data)?;
                let applied = database::migrate_up(&config.data).await?;
                Ok(report("applied", &applied)?)
            }
            Self::Down(down) => {
                let _claim = folder::claim(&config.data)?;
                down.confirm(&config)?;
                let taken_back = database::migrate_down(&config.data, down.steps).await?;
                Ok(report("taken back", &taken_back)?)
            }
            Self::Status(status) => {
                folder::prepare(&config.data)?;
                let migrations = database::migration_status(&config.data).await?;
                Ok(list(&migrations, &status)?)
            }
        }
    }
}

impl Down {
    fn confirm(&self, config: &Config) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Failure::Input(
                "taking migrations back deletes data, and there is no terminal to ask on. Give \
                 --yes if you mean it.",
            ));
        }
        let question = format!(
            "{} migration(s) of {} will be taken back, and all that their tables and columns \
             hold is deleted. Only a backup brings it back.\nType yes to go on: ",
            self.steps,
            config.data.database.describe()
        );
        ask(&question, io::stdin().lock(), io::stderr().lock())
    }
}

fn ask(question: &str, mut input: impl BufRead, mut output: impl Write) -> Result<(), Failure> {
    write!(output, "{question}")?;
    output.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(()) } else { Err(Failure::Input("nothing was changed.")) }
}

fn report(done: &str, names: &[String]) -> io::Result<()> {
    if names.is_empty() {
        return say(format_args!("Nothing to do: no migration had to be {done}."));
    }
    names.iter().try_for_each(|name| say(format_args!("{done}  {name}")))
}

fn list(migrations: &[Migration], status: &Status) -> io::Result<()> {
    if status.json {
        let rows: Vec<Value> = migrations.iter().map(|it| json!({ "name": it.name, "state": word(it.state) })).collect();
        return say(format_args!("{:#}", Value::from(rows)));
    }
    migrations.iter().try_for_each(|it| say(format_args!("{:<7}  {}", word(it.state), it.name)))
}

const fn word(state: MigrationState) -> &'static str {
    match state {
        MigrationState::Applied => "applied",
        MigrationState::Pending => "pending",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_goes_on() {
        let answer = |text: &str| ask("Really? ", text.as_bytes(), io::sink());
        assert!(answer("yes\n").is_ok());
        for other in ["", "\n", "y\n", "no\n", "yes please\n"] {
            assert!(answer(other).is_err(), "{other:?} was taken for yes");
        }
    }
}
