//! Programs for the checks that come as Python packages: each set in fixed versions, in a virtual environment of its own
//! under `target/`.

use std::fs;
use std::path::Path;

use super::system::install_debian_package;
use crate::failure::{Outcome, While};
use crate::program::Program;

pub const CURE: &str = "Install Python 3.10 or newer with its module venv (Debian: apt-get install python3-venv).";

/// Installs what `requirements` says, in pip's own form, into `folder`, unless that was done before. `purpose` says what
/// for, as in "a mail server to test with". Only finished packages are taken: nothing of theirs runs to install them.
pub fn ensure(folder: &Path, requirements: &str, purpose: &str) -> Outcome {
    let mark = folder.join("installed");
    if fs::read_to_string(&mark).is_ok_and(|found| found == requirements) {
        return Ok(());
    }
    println!("Installing {purpose}.");
    let make = || Program::new("python3", CURE).arguments(["-m".as_ref(), "venv".as_ref(), folder.as_os_str()]).run();
    if make().is_err() {
        install_debian_package("python3-venv", purpose, CURE)?;
        make()?;
    }
    let list = folder.join("requirements.txt");
    fs::write(&list, requirements).while_doing(|| format!("write {}", list.display()))?;
    Program::new(folder.join("bin/python"), CURE)
        .arguments(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--requirement"])
        .arguments([&list])
        .run()?;
    fs::write(&mark, requirements).while_doing(|| format!("write {}", mark.display()))
}
