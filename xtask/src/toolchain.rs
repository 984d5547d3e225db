//! The tools a build needs besides the compiler: fetches what can be fetched, names what cannot.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Outcome, While};
use crate::fingerprint::fingerprint;
use crate::program::Program;
use crate::workspace::Workspace;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

const RUSTUP_CURE: &str = "Install Rust by rustup, see rustup.rs.";
const NODE_CURE: &str = "Install Node.js 20 or newer, which brings npm (Debian: apt-get install nodejs npm).";

/// Cargo at the root of the workspace, as if a person had called it.
pub fn cargo(workspace: &Workspace) -> Program {
    let mut program =
        Program::new("cargo", RUSTUP_CURE).in_folder(workspace.root()).environment("CARGO_TARGET_DIR", workspace.target());
    // `cargo run` describes this program to itself by these; build scripts that watch them would run again and again.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name == "CARGO" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            program = program.without_environment(&name);
        }
    }
    program
}

/// Arguments by which a build names its sources as if they lay in the same place on every machine: otherwise the release
/// would hold paths of whoever built it, and nobody else could make the same.
pub fn paths_of_nobody(workspace: &Workspace) -> Outcome<[String; 2]> {
    let rustc = || Program::new("rustc", RUSTUP_CURE).in_folder(workspace.root());
    let sysroot = rustc().arguments(["--print", "sysroot"]).read()?;
    let version = rustc().arguments(["-vV"]).read()?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let home = std::env::var("HOME").unwrap_or_default();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    let places = [
        (workspace.root().display().to_string(), "/locutory".to_owned()),
        (cargo_home, "/cargo".to_owned()),
        (format!("{}/lib/rustlib/src/rust", sysroot.trim()), format!("/rustc/{commit}")),
    ];
    // TOML's literal text: paths may hold anything but its quotation mark.
    let flags = places.map(|(place, name)| format!("'--remap-path-prefix={place}={name}'"));
    Ok(["--config".to_owned(), format!("build.rustflags=[{}]", flags.join(", "))])
}

/// Installs the compiler's wasm target where it is missing.
pub fn ensure_wasm_target(workspace: &Workspace) -> Outcome {
    let sysroot = Program::new("rustc", RUSTUP_CURE).in_folder(workspace.root()).arguments(["--print", "sysroot"]);
    let libraries = Path::new(sysroot.read()?.trim()).join("lib/rustlib").join(WASM_TARGET);
    if libraries.is_dir() {
        return Ok(());
    }
    println!("Installing the compiler's {WASM_TARGET} target.");
    Program::new("rustup", RUSTUP_CURE).in_folder(workspace.root()).arguments(["target", "add", WASM_TARGET]).run()
}

/// Installs the npm packages of a folder exactly as its lock file names them, unless that has been done before.
pub fn ensure_npm_packages(folder: &Path) -> Outcome {
    let lock = folder.join("package-lock.json");
    let content = fs::read(&lock).while_doing(|| format!("read {}", lock.display()))?;
    let wanted = fingerprint([content.as_slice()]);
    let installed = folder.join("node_modules/.installed");
    if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("Installing the npm packages of {}.", folder.display());
    Program::new("npm", NODE_CURE)
        .in_folder(folder)
        .arguments(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
        .run()
        .map_err(|failure| Failure::new(format!("the npm packages of {} are missing: {failure}", folder.display())))?;
    fs::write(&installed, wanted).while_doing(|| format!("write {}", installed.display()))
}

/// A program out of the npm packages of a folder.
pub fn npm_program(folder: &Path, name: &str) -> Program {
    Program::new(folder.join("node_modules/.bin").join(name), NODE_CURE)
}
