//! A real mail server for the Rust tests: Python's aiosmtpd, in a virtual environment of its own under `target/`, in
//! fixed versions. The tests start it themselves.

use std::fs;

use super::system::install_debian_package;
use crate::failure::{Outcome, While};
use crate::program::Program;
use crate::workspace::Workspace;

const PACKAGES: [&str; 3] = ["aiosmtpd==1.4.6", "atpublic==9.0.0", "attrs==26.1.0"];
const CURE: &str = "Install Python 3.10 or newer with its module venv (Debian: apt-get install python3-venv).";

/// Installs it, unless that was done before.
pub fn ensure(workspace: &Workspace) -> Outcome {
    let folder = workspace.mail_server();
    let mark = folder.join("installed");
    if fs::read_to_string(&mark).is_ok_and(|packages| packages == PACKAGES.join(" ")) {
        return Ok(());
    }
    println!("Installing a mail server for the tests.");
    let make = || Program::new("python3", CURE).arguments(["-m".as_ref(), "venv".as_ref(), folder.as_os_str()]).run();
    if make().is_err() {
        install_debian_package("python3-venv", "a mail server to test with", CURE)?;
        make()?;
    }
    Program::new(folder.join("bin/python"), CURE)
        .arguments(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arguments(PACKAGES)
        .run()?;
    fs::write(&mark, PACKAGES.join(" ")).while_doing(|| format!("write {}", mark.display()))
}
