//! What a browser has to fetch: each file of the site as it is and as it travels.

use std::fs;

use crate::failure::{Failure, Outcome, While};
use crate::site::Manifest;
use crate::workspace::Workspace;

pub fn print(workspace: &Workspace) -> Outcome {
    let manifest = Manifest::of_last_build(workspace);
    if manifest.iter().next().is_none() {
        return Err(Failure::new("there is no site to weigh yet. Cure: cargo xtask site"));
    }
    println!("{:<24} {:>10} {:>10} {:>10}", "bytes", "raw", "brotli", "gzip");
    for (name, entry) in manifest.iter() {
        let path = workspace.site().join(&entry.path[1..]);
        let raw = length(&path.display().to_string())?;
        let twin = |suffix: &str| length(&format!("{}.{suffix}", path.display())).unwrap_or(raw);
        println!("{name:<24} {raw:>10} {:>10} {:>10}", twin("br"), twin("gz"));
    }
    Ok(())
}

fn length(path: &str) -> Outcome<u64> {
    Ok(fs::metadata(path).while_doing(|| format!("weigh {path}"))?.len())
}
