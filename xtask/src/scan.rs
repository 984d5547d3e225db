//! Has outside judges look at the release that was built last, by the program in `scan/`, which installs what it needs.

use crate::failure::Outcome;
use crate::interrupt;
use crate::program::Program;
use crate::workspace::Workspace;

const PYTHON_CURE: &str = "Install Python 3.10 or newer with its module venv (Debian: apt-get install python3-venv).";
const BINARY: &str = "LOCUTORY_BINARY";

pub fn run(workspace: &Workspace, options: &[&str]) -> Outcome {
    interrupt::listen()?;
    // Another release than the one built last may be named.
    let binary = std::env::var_os(BINARY).unwrap_or_else(|| workspace.release_server().into_os_string());
    Program::new("python3", PYTHON_CURE).arguments([workspace.scan()]).arguments(options).environment(BINARY, binary).run()
}
