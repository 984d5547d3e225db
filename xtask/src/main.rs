//! The build program of Locutory, called as `cargo xtask <command>`: it makes the site, the server that carries it, and
//! runs every check. The Makefile gives its commands their everyday names.

mod bench;
mod breached;
mod checks;
mod development;
mod failure;
mod fingerprint;
mod interrupt;
mod program;
mod scan;
mod server;
mod site;
mod size;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use checks::Selection;
use failure::{Failure, Outcome};
use site::Finish;
use workspace::Workspace;

const USAGE: &str = "\
The build program of Locutory.

Usage: cargo xtask <command>

  site           make everything a browser fetches, in target/site
  build          the site, then the release server that carries it: target/release/locutory
  size           the weight of each file of the site, raw and compressed
  style          join the style sheet for `cargo leptos watch`
  dev            build for development, serve, and start again at every change
  lint           format and clippy
  test           every check there is, closing with one summary
  test-rust      the Rust tests only, on SQLite and PostgreSQL
  mail-server    install the mail server that the Rust tests start
  test-browser   the browser tests only, on SQLite and PostgreSQL
  breached-list  make the list of leaked passwords anew: breached-list WORDLIST… (docs/breached-passwords.md)
  bench          measure the release that was built: target/bench.md (--seconds N for each figure)
  scan           have outside judges look at the release that was built: target/scan/report.md (--help, docs/scanning.md)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&Workspace::of_this_program(), &words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("Stopped: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(workspace: &Workspace, words: &[&str]) -> Outcome {
    match words {
        ["site"] => site::build(workspace, Finish::Release).map(drop),
        ["build"] => build(workspace),
        ["size"] => size::print(workspace),
        ["style"] => site::write_joined(workspace),
        ["dev"] => development::serve(workspace),
        ["lint"] => checks::run(workspace, Selection::Lints),
        ["test"] => checks::run(workspace, Selection::Everything),
        ["test-rust"] => checks::run(workspace, Selection::RustTests),
        ["mail-server"] => checks::mail_server::ensure(workspace),
        ["test-browser"] => checks::run(workspace, Selection::BrowserTests),
        ["breached-list", sources @ ..] => breached::write(workspace, sources),
        ["bench", options @ ..] => bench::run(workspace, options),
        ["scan", options @ ..] => scan::run(workspace, options),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        [unknown, ..] => Err(Failure::new(format!("{unknown} is not understood here.\n\n{USAGE}"))),
    }
}

fn build(workspace: &Workspace) -> Outcome {
    let site = site::build(workspace, Finish::Release)?;
    server::build_release(workspace, &site)
}
