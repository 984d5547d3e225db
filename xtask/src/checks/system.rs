//! Installs what tests need from Debian's packages, where this is Debian and we are root.

use std::env;

use crate::failure::{Failure, Outcome};
use crate::program::Program;

/// `purpose` is what the package is wanted for; `otherwise` tells a person how to get it elsewhere.
pub fn install_debian_package(package: &str, purpose: &str, otherwise: &str) -> Outcome {
    let missing = || Failure::new(format!("{purpose} is missing. {otherwise}"));
    if !(is_root() && is_on_path("apt-get")) {
        return Err(missing());
    }
    println!("Installing Debian's package {package}, for {purpose}.");
    let apt = || Program::new("apt-get", otherwise).environment("DEBIAN_FRONTEND", "noninteractive");
    apt().arguments(["update", "-qq"]).run()?;
    apt().arguments(["install", "-y", "-qq", "--no-install-recommends", package]).run().map_err(|_| missing())
}

pub fn is_root() -> bool {
    Program::new("id", "").arguments(["-u"]).read().is_ok_and(|id| id.trim() == "0")
}

pub fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
