//! What comes from others: what may come (`deny.toml`), what is known against it, and what did come (the bill of
//! materials).
//!
//! cargo-deny is taken as it was compiled by others, held to the hash of the file: compiling it would cost every run
//! minutes. The hash binds it harder than a version binds the crates that we would compile instead.

mod audit;
mod bill;
#[cfg(test)]
mod npm;
mod reproducible;

pub use audit::audit;
pub use bill::{validate, write as write_bill};
pub use reproducible::check as check_reproducible;

use crate::checks::python;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::toolchain::cargo;
use crate::workspace::Workspace;

const CURE: &str = "Install it: cargo install cargo-deny --locked, or Python 3.10 or newer with its module venv.";

/// Licences, sources, forbidden crates and crates that come in two versions, as `deny.toml` has it.
pub fn check(workspace: &Workspace) -> Outcome {
    deny(workspace)?.arguments(["check", "bans", "licenses", "sources"]).run()
}

/// cargo-deny with the lock file as it is.
fn deny(workspace: &Workspace) -> Outcome<Program> {
    let folder = workspace.supply_tools();
    let installed = python::ensure(&folder, include_str!("requirements.txt"), "cargo-deny");
    let program = folder.join("bin/cargo-deny");
    let program = match installed {
        Ok(()) => Program::new(program, CURE),
        // Another system than those it was compiled for may have one of its own.
        Err(failure) if !super::checks::system::is_on_path("cargo-deny") => {
            return Err(Failure::new(format!("cargo-deny is missing: {failure}. {CURE}")));
        }
        Err(_) => Program::new("cargo-deny", CURE),
    };
    // The lock is read before anything else: one that is not up to date is refused here, with cargo's own words.
    cargo(workspace).arguments(["metadata", "--locked", "--format-version", "1", "--no-deps"]).read()?;
    Ok(program.in_folder(workspace.root()).arguments(["--locked", "--workspace", "--all-features"]))
}
