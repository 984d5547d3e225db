//! `make test`: every check, one after the other, whatever became of those before; then one table and one closing line
//! of the form `N passed, N failed`. A check that is not a suite of tests counts as one.

pub mod acme_server;
mod browser;
pub mod mail_server;
pub mod postgres;
pub mod python;
mod rust;
mod summary;
pub mod system;
mod tally;

use std::io::{self, IsTerminal as _};
use std::time::Instant;

use crate::evidence;
use crate::failure::{Failure, Outcome};
use crate::fuzz;
use crate::interrupt;
use crate::server;
use crate::site::{self, Finish};
use crate::supply;
use crate::toolchain::cargo;
use crate::workspace::Workspace;
use postgres::Cluster;
use summary::{Summary, Verdict};
use tally::Tally;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    Everything,
    Lints,
    RustTests,
    BrowserTests,
}

/// Which database a suite runs on.
#[derive(Clone, Copy)]
pub enum Database<'url> {
    /// Files in temporary folders, made by each test.
    Sqlite,
    /// A server in which each test makes and drops a database of its own.
    Postgres(&'url str),
}

/// Tests read the server's address here; unset means SQLite.
const TEST_DATABASE: &str = "LOCUTORY_TEST_DATABASE";

pub fn run(workspace: &Workspace, selection: Selection) -> Outcome {
    interrupt::listen()?;
    let mut checks = Checks { workspace, summary: Summary::default() };
    if matches!(selection, Selection::Everything | Selection::Lints) {
        checks.lint();
    }
    if selection == Selection::Everything {
        checks.examine_supply();
    }
    let cluster = match selection {
        Selection::Lints => None,
        _ => checks.start_postgres(),
    };
    if matches!(selection, Selection::Everything | Selection::RustTests) {
        checks.test_rust(cluster.as_ref());
    }
    if selection == Selection::Everything {
        checks.step("Made-up input", |checks| single(fuzz::run_all(checks.workspace)));
    }
    if matches!(selection, Selection::Everything | Selection::BrowserTests) {
        checks.test_browser(cluster.as_ref());
    }
    drop(cluster);
    checks.summary.print();
    if interrupt::was_interrupted() {
        return Err(Failure::new("interrupted"));
    }
    checks.summary.verdict()
}

struct Checks<'workspace> {
    workspace: &'workspace Workspace,
    summary: Summary,
}

impl Checks<'_> {
    fn lint(&mut self) {
        self.step("Format", |checks| single(rust::format(checks.workspace)));
        self.step("Clippy, server", |checks| single(rust::lint_server(checks.workspace)));
        self.step("Clippy, browser", |checks| single(rust::lint_browser(checks.workspace)));
        self.step("Evidence", |checks| single(evidence::check(checks.workspace)));
    }

    fn examine_supply(&mut self) {
        self.step("Supply chain", |checks| single(supply::check(checks.workspace)));
        self.step("Bill of materials", |checks| {
            single(supply::write_bill(checks.workspace).and_then(|()| supply::validate(checks.workspace)))
        });
    }

    fn start_postgres(&mut self) -> Option<Cluster> {
        let mut started = None;
        self.step("Start PostgreSQL", |_| single(Cluster::start().map(|cluster| started = Some(cluster))));
        started
    }

    fn test_rust(&mut self, cluster: Option<&Cluster>) {
        self.step("Install a mail server", |checks| single(mail_server::ensure(checks.workspace)));
        self.step("Install a certificate authority", |_| single(acme_server::ensure()));
        self.step("Rust tests, build program", |checks| rust::test_build_program(checks.workspace));
        self.step("Rust tests, SQLite", |checks| rust::test(checks.workspace, Database::Sqlite));
        self.step("Rust tests, PostgreSQL", |checks| rust::test(checks.workspace, Database::Postgres(address(cluster)?)));
    }

    fn test_browser(&mut self, cluster: Option<&Cluster>) {
        let mut built = false;
        self.step("Build the release", |checks| {
            let site = site::build(checks.workspace, Finish::Release);
            let result = site.and_then(|site| server::build_release(checks.workspace, &site));
            built = result.is_ok();
            single(result)
        });
        let demand_release = || if built { Ok(()) } else { Err(Failure::new("there is no release to test")) };
        self.step("Browser tests, SQLite", |checks| {
            demand_release()?;
            browser::test(checks.workspace, Database::Sqlite)
        });
        self.step("Browser tests, PostgreSQL", |checks| {
            demand_release()?;
            browser::test(checks.workspace, Database::Postgres(address(cluster)?))
        });
    }

    fn step(&mut self, name: &'static str, check: impl FnOnce(&Self) -> Outcome<Tally>) {
        if interrupt::was_interrupted() {
            return;
        }
        println!("\n== {name} ==");
        let started = Instant::now();
        let verdict = match check(self) {
            Ok(tally) if tally.failed == 0 => Verdict::Passed(tally),
            Ok(tally) => Verdict::Failed(format!("{} failed", tally.failed), tally),
            Err(failure) => {
                eprintln!("{failure}");
                Verdict::Failed(failure.to_string(), Tally::FAILED_CHECK)
            }
        };
        self.summary.add(name, verdict, started.elapsed());
    }
}

/// A check that passes or fails as a whole.
fn single(result: Outcome) -> Outcome<Tally> {
    result.map(|()| Tally::PASSED_CHECK)
}

fn address(cluster: Option<&Cluster>) -> Outcome<&str> {
    cluster.map(Cluster::address).ok_or_else(|| Failure::new("there is no PostgreSQL to test with"))
}

/// Cargo, with colours where a person is looking although its output is read on the way.
fn observed_cargo(workspace: &Workspace) -> crate::program::Program {
    let colour = if io::stdout().is_terminal() { "always" } else { "auto" };
    cargo(workspace).environment("CARGO_TERM_COLOR", colour)
}
