//! Whether the release is the same when somebody else makes it: twice from nothing, in two folders with names of different
//! lengths, and the two are compared byte by byte.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome, While};
use crate::fingerprint::fingerprint;
use crate::program::Program;
use crate::workspace::Workspace;

/// Takes two whole builds of site and server, and about 6 GB of disk for a while.
pub fn check(workspace: &Workspace) -> Outcome {
    let place = workspace.target().join("reproducible");
    let mut hashes = Vec::new();
    for name in ["one", "another-one"] {
        let folder = place.join(name);
        if folder.exists() {
            // What an interrupted run has left is not nothing.
            fs::remove_dir_all(&folder).while_doing(|| format!("remove {}", folder.display()))?;
        }
        copy(workspace, &folder)?;
        println!("Building the release in {}.", folder.display());
        build(&folder)?;
        hashes.push(examine(&folder)?);
        // One target folder at a time.
        fs::remove_dir_all(&folder).while_doing(|| format!("remove {}", folder.display()))?;
    }
    let mut differing = Vec::new();
    for ((name, one), (_, other)) in hashes[0].iter().zip(&hashes[1]) {
        println!("{name}\n  {one}\n  {other}");
        if one != other {
            differing.push(name.as_str());
        }
    }
    if hashes[0].len() != hashes[1].len() {
        return Err(Failure::new("the two builds made different files"));
    }
    if differing.is_empty() { Ok(()) } else { Err(Failure::new(format!("not reproducible: {}", differing.join(", ")))) }
}

/// What is committed or would be: neither results of builds nor a person's own data.
fn copy(workspace: &Workspace, folder: &Path) -> Outcome {
    fs::create_dir_all(folder).while_doing(|| format!("make {}", folder.display()))?;
    let files = Program::new("git", "Install git.")
        .in_folder(workspace.root())
        .arguments(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .read()?;
    for name in files.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (workspace.root().join(name), folder.join(name));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).while_doing(|| format!("make {}", parent.display()))?;
        }
        fs::copy(&from, &to).while_doing(|| format!("copy {}", from.display()))?;
    }
    Ok(())
}

fn build(folder: &Path) -> Outcome {
    Program::new("cargo", "Install Rust by rustup.")
        .in_folder(folder)
        .arguments(["xtask", "build"])
        .without_environment("CARGO_TARGET_DIR")
        .run()
}

/// The server and every file of the site, each with its hash.
fn examine(folder: &Path) -> Outcome<Vec<(String, String)>> {
    let target = folder.join("target");
    let mut files = vec![target.join("release/locutory")];
    collect(&target.join("site"), &mut files)?;
    files.sort();
    let name = |path: &PathBuf| path.strip_prefix(&target).unwrap_or(path).display().to_string();
    let hash = |path: &PathBuf| {
        let content = fs::read(path).while_doing(|| format!("read {}", path.display()))?;
        Ok((name(path), fingerprint([content.as_slice()])))
    };
    files.iter().map(hash).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let entries = fs::read_dir(folder).while_doing(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let path = entry.while_doing(|| format!("read {}", folder.display()))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
