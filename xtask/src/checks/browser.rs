//! The browser tests: Playwright against the release. The tests start servers themselves; they are told by environment
//! variables which binary to start (`LOCUTORY_BINARY`), on which database (`LOCUTORY_TEST_DATABASE`, unset for SQLite)
//! and which browser to use (`LOCUTORY_CHROMIUM`, unset for Playwright's own).

use std::fs;
use std::path::Path;

use super::system::{install_debian_package, is_on_path, is_root};
use super::tally::Tally;
use super::{Database, TEST_DATABASE};
use crate::failure::{Failure, Outcome};
use crate::toolchain::{ensure_npm_packages, npm_program};
use crate::workspace::Workspace;

const DEBIAN_CHROMIUM: &str = "/usr/bin/chromium";

enum Chromium {
    OfTheSystem,
    OfPlaywright,
}

pub fn test(workspace: &Workspace, database: Database) -> Outcome<Tally> {
    let folder = workspace.browser_tests();
    ensure_npm_packages(&folder)?;
    let chromium = ensure_chromium(&folder)?;
    let report = workspace.target().join("browser-tests.json");
    // What an earlier run left must not count for this one; that there is none is fine.
    drop(fs::remove_file(&report));
    let mut program = npm_program(&folder, "playwright")
        .in_folder(&folder)
        .arguments(["test", "--reporter=list,json"])
        .environment("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .environment("LOCUTORY_BINARY", workspace.release_server());
    if let Chromium::OfTheSystem = chromium {
        program = program.environment("LOCUTORY_CHROMIUM", DEBIAN_CHROMIUM);
    }
    let result = match database {
        Database::Sqlite => program.without_environment(TEST_DATABASE),
        // A form that comes without scripts takes its own way only as far as the act; the database sees no difference.
        Database::Postgres(address) => program.arguments(["--project=with-scripts"]).environment(TEST_DATABASE, address),
    }
    .run();
    judge(result, &report)
}

/// A run that ended badly without a failed test never came to its tests; one without any test proves nothing.
fn judge(result: Outcome, report: &Path) -> Outcome<Tally> {
    let Ok(report) = fs::read(report) else {
        return Err(result.err().unwrap_or_else(|| Failure::new("Playwright wrote no report")));
    };
    let tally = Tally::of_playwright_report(&report)
        .map_err(|cause| Failure::new(format!("could not read Playwright's report: {cause}")))?;
    match result {
        Err(failure) if tally.failed == 0 => Err(failure),
        _ if tally.is_empty() => Err(Failure::new("no test ran")),
        _ => Ok(tally),
    }
}

fn ensure_chromium(folder: &Path) -> Outcome<Chromium> {
    if Path::new(DEBIAN_CHROMIUM).is_file() {
        return Ok(Chromium::OfTheSystem);
    }
    if is_root() && is_on_path("apt-get") {
        install_debian_package("chromium", "a browser to test with", "Install Chromium.")?;
        return Ok(Chromium::OfTheSystem);
    }
    println!("Fetching the Chromium that belongs to Playwright.");
    npm_program(folder, "playwright").in_folder(folder).arguments(["install", "chromium"]).run()?;
    Ok(Chromium::OfPlaywright)
}
