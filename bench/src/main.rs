//! What `make bench` runs: measures the release server on this machine, each figure beside what it
//! is fair to compare it with, run in the same minute. Prints one table and keeps it as Markdown.
//!
//! The server is started as an operator starts it, and met over HTTP as people meet it.

mod authenticator;
mod bare;
mod client;
mod community;
mod endure;
mod failure;
mod load;
mod measures;
mod server;
mod table;
mod timing;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use community::WRITERS;
use failure::{Failure, Outcome};
use load::READERS;
use server::{Letters, Limits, Place, Server};
use table::{Table, milliseconds};

const USAGE: &str = "bench SERVER REPORT [--seconds 1–15] [--postgres ADDRESS]";
/// How long each thing is measured.
const SECONDS: u64 = 5;
/// A person may write a thousand comments a minute at most, whatever the settings say.
const LONGEST: u64 = 15;
/// A server that has just started still settles.
const SETTLING: Duration = Duration::from_secs(1);

struct Plan {
    program: PathBuf,
    report: PathBuf,
    span: Duration,
    postgres: Option<String>,
}

impl Plan {
    fn read(words: &[&str]) -> Option<Self> {
        let [program, report, options @ ..] = words else { return None };
        let mut plan = Self {
            program: std::path::absolute(program).ok()?,
            report: PathBuf::from(report),
            span: Duration::from_secs(SECONDS),
            postgres: None,
        };
        for option in options.chunks(2) {
            match option {
                ["--seconds", number] => {
                    let seconds = number.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds))?;
                    plan.span = Duration::from_secs(seconds);
                }
                ["--postgres", address] => plan.postgres = Some((*address).to_owned()),
                _ => return None,
            }
        }
        Some(plan)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        [bare::COMMAND] => bare::serve().await,
        [endure::COMMAND, ref words @ ..] => endure::run(words).await,
        _ => match Plan::read(&words) {
            Some(plan) => measure(&plan).await,
            None => Err(Failure::new(format!("usage: {USAGE}\n       {}", endure::USAGE))),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("Stopped: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(plan: &Plan) -> Outcome {
    let scratch = Scratch::make()?;
    let mut table = Table::default();
    on_sqlite(plan, &scratch, &mut table).await?;
    timing::differences(&mut table, &plan.program, &scratch.folder("timing")?).await?;
    match &plan.postgres {
        Some(address) => on_postgres(plan, &scratch, address, &mut table).await?,
        None => println!("There is no PostgreSQL here; it is left out."),
    }
    let report = format!(
        "Each figure was measured for {} s on {} cores; pages over {READERS} connections, comments by {WRITERS} people into one \
         discussion. Beside the pages stands a bare axum program that answers with as many bytes from memory; client and \
         server share the machine.\n\n{table}",
        plan.span.as_secs(),
        std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
    );
    fs::write(&plan.report, &report)?;
    println!("\n{report}\nKept as {}.", plan.report.display());
    Ok(())
}

async fn on_sqlite(plan: &Plan, scratch: &Scratch, table: &mut Table) -> Outcome {
    let place = Place {
        program: plan.program.clone(),
        folder: scratch.folder("sqlite")?,
        postgres: None,
        letters: Letters::Off,
        limits: Limits::Raised,
    };
    let server = Server::start(&place).await?;
    let first_start = server.start;
    println!("Filling the server that is measured.");
    let community = community::found(&server, &place).await?;
    let discussions = community::fill(&server, &community).await?;
    server.stop().await?;

    let server = Server::start(&place).await?;
    tokio::time::sleep(SETTLING).await;
    let idle = server.memory();
    table.add("first start with migrations, to the first page", milliseconds(first_start));
    table.add("start, to the first page", milliseconds(server.start));
    measures::reading(table, &server, &discussions, &community.writers[0].cookie, plan.span).await?;
    let reading = server.memory();
    measures::publishing(table, "SQLite", &server, &community, plan.span).await?;
    measures::signing_in(table, &server, &community, plan.span).await?;
    measures::memory(table, idle, reading, server.memory());
    measures::weights(table, &server, &discussions).await?;
    server.stop().await
}

async fn on_postgres(plan: &Plan, scratch: &Scratch, address: &str, table: &mut Table) -> Outcome {
    let folder = scratch.folder("postgres")?;
    let place = Place {
        program: plan.program.clone(),
        folder,
        postgres: Some(address.to_owned()),
        letters: Letters::Off,
        limits: Limits::Raised,
    };
    let server = Server::start(&place).await?;
    let community = community::found(&server, &place).await?;
    measures::publishing(table, "PostgreSQL", &server, &community, plan.span).await?;
    server.stop().await
}

/// A folder that goes when the measuring ends.
struct Scratch(PathBuf);

impl Scratch {
    fn make() -> Outcome<Self> {
        let path = std::env::temp_dir().join(format!("locutory-bench-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let path: &Path = &self.0.join(name);
        fs::create_dir(path)?;
        Ok(path.to_owned())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind in the system's temporary folder harms nobody.
        drop(fs::remove_dir_all(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_with_its_options_and_no_others() {
        let plan = Plan::read(&["server", "out.md", "--seconds", "2", "--postgres", "postgres://x"]).unwrap();
        assert_eq!((plan.span.as_secs(), plan.postgres.as_deref()), (2, Some("postgres://x")));
        for words in [
            &["server"][..],
            &["server", "out.md", "--seconds", "0"],
            &["server", "out.md", "--seconds", "60"],
            &["server", "out.md", "--loud"],
        ] {
            assert!(Plan::read(words).is_none(), "{words:?}");
        }
    }
}
