//! Format, clippy and the Rust tests. Clippy runs twice, as no single set of features is the whole truth: the server's
//! and the browser's are two programs.

use super::tally::Tally;
use super::{Database, TEST_DATABASE, observed_cargo};
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::toolchain::{WASM_TARGET, cargo, ensure_wasm_target};
use crate::workspace::Workspace;

pub fn format(workspace: &Workspace) -> Outcome {
    cargo(workspace).arguments(["fmt", "--all", "--check"]).run()
}

pub fn lint_server(workspace: &Workspace) -> Outcome {
    cargo(workspace)
        .arguments(["clippy", "--locked", "--workspace", "--features", "ssr", "--all-targets", "--", "-D", "warnings"])
        .run()
}

pub fn lint_browser(workspace: &Workspace) -> Outcome {
    ensure_wasm_target(workspace)?;
    cargo(workspace)
        .arguments(["clippy", "--locked", "--lib", "--no-default-features", "--features", "hydrate", "--target", WASM_TARGET])
        .arguments(["--", "-D", "warnings"])
        .run()
}

/// In the profile in which it is running now, so that its dependencies are not compiled twice.
pub fn test_build_program(workspace: &Workspace) -> Outcome<Tally> {
    count(observed_cargo(workspace).arguments(["test", "--locked", "--package", "xtask", "--profile", "xtask"]))
}

pub fn test(workspace: &Workspace, database: Database) -> Outcome<Tally> {
    let program = observed_cargo(workspace).arguments([
        "test",
        "--locked",
        "--workspace",
        "--exclude",
        "xtask",
        "--features",
        "ssr",
        "--no-fail-fast",
    ]);
    count(match database {
        Database::Sqlite => program.without_environment(TEST_DATABASE),
        Database::Postgres(address) => program.environment(TEST_DATABASE, address),
    })
}

/// A run that ended badly without a failed test did not compile; one without any test proves nothing.
fn count(program: Program) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let result = program.run_observed(|line| {
        if let Some(suite) = Tally::of_rust_line(line) {
            tally.add(suite);
        }
    });
    match result {
        Err(failure) if tally.failed == 0 => Err(failure),
        _ if tally.is_empty() => Err(Failure::new("no test ran")),
        _ => Ok(tally),
    }
}
