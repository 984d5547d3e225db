//! What the server has to endure, and what it promises meanwhile: `endure half-open`, `endure writers`, `endure crash`. Each
//! prints a table, and fails when its promise is broken.

mod crash;
mod half_open;
mod marks;
mod writers;

use std::{path::PathBuf, time::Duration};

use crate::{
    Scratch,
    failure::{Failure, Outcome},
    server::{Letters, Limits, Place},
    table::Table,
};

pub const COMMAND: &str = "endure";
pub const USAGE: &str = "bench endure half-open|writers|crash|all SERVER [--seconds 1–600] [--crashes 1–100] \
                         [--connections 100–100000] [--postgres ADDRESS]";

const WITHOUT_POSTGRES: &str = "There is no PostgreSQL here; it is left out.";

struct Plan {
    trial: Trial,
    program: PathBuf,
    /// How long writers write.
    span: Duration,
    crashes: u32,
    /// That one address tries to hold.
    connections: usize,
    postgres: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trial {
    HalfOpen,
    Writers,
    Crash,
    All,
}

impl Plan {
    fn read(words: &[&str]) -> Option<Self> {
        let [trial, program, options @ ..] = words else { return None };
        let trial = match *trial {
            "half-open" => Trial::HalfOpen,
            "writers" => Trial::Writers,
            "crash" => Trial::Crash,
            "all" => Trial::All,
            _ => return None,
        };
        let mut plan = Self {
            trial,
            program: std::path::absolute(program).ok()?,
            span: Duration::from_mins(1),
            crashes: 20,
            connections: 10_000,
            postgres: None,
        };
        for option in options.chunks(2) {
            match option {
                ["--seconds", number] => plan.span = Duration::from_secs(within(number, 1, 600)?),
                ["--crashes", number] => plan.crashes = u32::try_from(within(number, 1, 100)?).ok()?,
                ["--connections", number] => plan.connections = usize::try_from(within(number, 100, 100_000)?).ok()?,
                ["--postgres", address] => plan.postgres = Some((*address).to_owned()),
                _ => return None,
            }
        }
        Some(plan)
    }

    fn has(&self, trial: Trial) -> bool {
        self.trial == trial || self.trial == Trial::All
    }

    /// A server of its own for each trial and database.
    fn place(&self, scratch: &Scratch, name: &str, postgres: Option<String>, limits: Limits) -> Outcome<Place> {
        let folder = scratch.folder(name)?;
        Ok(Place { program: self.program.clone(), folder, postgres, letters: Letters::Off, limits })
    }
}

fn within(number: &str, least: u64, most: u64) -> Option<u64> {
    number.parse().ok().filter(|number| (least..=most).contains(number))
}

pub async fn run(words: &[&str]) -> Outcome {
    let plan = Plan::read(words).ok_or_else(|| Failure::new(format!("usage: {USAGE}")))?;
    let scratch = Scratch::make()?;
    let mut table = Table::default();
    let outcome = all(&plan, &scratch, &mut table).await;
    println!("\n{table}");
    outcome
}

async fn all(plan: &Plan, scratch: &Scratch, table: &mut Table) -> Outcome {
    if plan.has(Trial::HalfOpen) {
        let place = plan.place(scratch, "half-open", None, Limits::Usual)?;
        half_open::run(table, &place, plan.connections).await?;
    }
    if plan.has(Trial::Writers) {
        let place = plan.place(scratch, "writers-sqlite", None, Limits::Raised)?;
        writers::run(table, "SQLite", &place, plan.span).await?;
        match &plan.postgres {
            Some(address) => {
                let place = plan.place(scratch, "writers-postgres", Some(address.clone()), Limits::Raised)?;
                writers::run(table, "PostgreSQL", &place, plan.span).await?;
            }
            None => println!("{WITHOUT_POSTGRES}"),
        }
    }
    if plan.has(Trial::Crash) {
        let place = plan.place(scratch, "crash-sqlite", None, Limits::Raised)?;
        crash::run(table, "SQLite", &place, plan.crashes).await?;
        match &plan.postgres {
            Some(address) => {
                let place = plan.place(scratch, "crash-postgres", Some(address.clone()), Limits::Raised)?;
                crash::run(table, "PostgreSQL", &place, plan.crashes).await?;
            }
            None => println!("{WITHOUT_POSTGRES}"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_with_its_options_and_no_others() {
        let plan = Plan::read(&["crash", "server", "--crashes", "3", "--postgres", "postgres://x"]).unwrap();
        assert!(plan.has(Trial::Crash) && !plan.has(Trial::Writers));
        assert_eq!((plan.crashes, plan.postgres.as_deref()), (3, Some("postgres://x")));
        for words in [&["crash"][..], &["sleep", "server"], &["crash", "server", "--crashes", "0"], &["all", "server", "--loud"]]
        {
            assert!(Plan::read(words).is_none(), "{words:?}");
        }
    }
}
