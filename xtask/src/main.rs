//! The build program of Locutory, called as `cargo xtask <command>`: it makes the site, the server that carries it, and
//! runs every check. The Makefile gives its commands their everyday names.

mod bench;
mod breached;
mod checks;
mod development;
mod endure;
mod evidence;
mod failure;
mod fingerprint;
mod fuzz;
mod interrupt;
mod program;
mod scan;
mod server;
mod site;
mod size;
mod supply;
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
  lint           format, clippy, and the evidence
  evidence       hold docs/asvs.md and SECURITY.md to the tests that they name
  test           every check there is, closing with one summary
  test-rust      the Rust tests only, on SQLite and PostgreSQL
  mail-server    install the mail server that the Rust tests start
  acme-server    install the certificate authority that the Rust tests start
  test-browser   the browser tests only, on SQLite and PostgreSQL
  breached-list  make the list of leaked passwords anew: breached-list WORDLIST… (docs/breached-passwords.md)
  endure         half-open, writers, crash, or all of them against the release that was built
  fuzz           make input up and see what it breaks: fuzz [TARGET]… [--seconds N], a minute for each
  supply         licences, sources and forbidden crates by deny.toml
  audit          what is known against our dependencies, where the database can be reached
  sbom           the bill of materials, held to the standard's schema: target/sbom.cdx.json
  reproducible   build the release twice and compare
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
        ["evidence"] => evidence::check(workspace),
        ["test"] => checks::run(workspace, Selection::Everything),
        ["test-rust"] => checks::run(workspace, Selection::RustTests),
        ["mail-server"] => checks::mail_server::ensure(workspace),
        ["acme-server"] => checks::acme_server::ensure(),
        ["test-browser"] => checks::run(workspace, Selection::BrowserTests),
        ["breached-list", sources @ ..] => breached::write(workspace, sources),
        ["fuzz", options @ ..] => {
            interrupt::listen()?;
            fuzz::run(workspace, options)
        }
        ["supply"] => supply::check(workspace),
        ["audit"] => supply::audit(workspace),
        ["sbom"] => bill_of_materials(workspace),
        ["reproducible"] => supply::check_reproducible(workspace),
        ["bench", options @ ..] => bench::run(workspace, options),
        ["endure"] => endure::run(workspace, "all", &[]),
        ["endure", trial, options @ ..] => endure::run(workspace, trial, options),
        ["scan", options @ ..] => scan::run(workspace, options),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        [unknown, ..] => Err(Failure::new(format!("{unknown} is not understood here.\n\n{USAGE}"))),
    }
}

fn bill_of_materials(workspace: &Workspace) -> Outcome {
    supply::write_bill(workspace)?;
    supply::validate(workspace)
}

fn build(workspace: &Workspace) -> Outcome {
    let site = site::build(workspace, Finish::Release)?;
    server::build_release(workspace, &site)
}
