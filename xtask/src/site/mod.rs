//! Makes everything a browser fetches, in order: the script and its wasm, the style sheet, the public files;
//! then gives each a name with its hash, compresses it and lists it. What has not changed is not made again.

mod bindgen;
mod lock;
mod manifest;
mod publish;
mod script;
mod squeeze;
mod style;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

pub use manifest::Manifest;
pub use style::write_joined;

use crate::failure::{Outcome, While};
use crate::workspace::Workspace;

/// How much work a build puts into what a browser fetches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Optimised and compressed, for `make run` and the tests.
    Release,
    /// As quick to make as can be, for `make dev`.
    Development,
}

/// One file of the site before it has got its final name.
pub struct Product {
    /// What pages call it.
    pub name: String,
    pub content: Vec<u8>,
    pub naming: Naming,
}

/// Under which address a product is served.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// In `/assets/` with its hash in the name, so that it may be cached for ever.
    Hashed,
    /// At its own name, as the outside world expects it there.
    Fixed,
}

/// Builds the site and returns its list.
pub fn build(workspace: &Workspace, finish: Finish) -> Outcome<Manifest> {
    let started = Instant::now();
    println!("Building the site: script, style, public files.");
    let mut products = script::build(workspace, finish)?;
    products.extend(style::build(workspace)?);
    products.extend(public_files(workspace)?);
    let manifest = publish::publish(workspace, finish, &products)?;
    println!("The site is ready in {} ({:.1} s).", workspace.site().display(), started.elapsed().as_secs_f32());
    Ok(manifest)
}

/// Files of `public/` that only our own pages ask for: they may be cached for ever.
const ASKED_FOR_BY_US: [&str; 2] = ["icons.svg", "loader.js"];

fn public_files(workspace: &Workspace) -> Outcome<Vec<Product>> {
    let public = workspace.public();
    let mut products = Vec::new();
    for path in files_below(public.clone())? {
        let name = path.strip_prefix(&public).expect("the walk started there").display().to_string();
        let naming = if ASKED_FOR_BY_US.contains(&name.as_str()) { Naming::Hashed } else { Naming::Fixed };
        let content = fs::read(&path).while_doing(|| format!("read {}", path.display()))?;
        products.push(Product { name, content, naming });
    }
    Ok(products)
}

/// All files below a folder, in the order of their names; none where the folder does not exist.
pub fn files_below(folder: PathBuf) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder).while_doing(|| format!("list {}", folder.display()))?;
        for entry in entries {
            let path = entry.while_doing(|| format!("list {}", folder.display()))?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}
