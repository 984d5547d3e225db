//! Compiles the server. In a release it carries the whole site inside.

use crate::failure::Outcome;
use crate::site::Manifest;
use crate::toolchain::{cargo, paths_of_nobody};
use crate::workspace::Workspace;

/// The compiler cannot see that a file was added to the embedded folder; it does see this variable change, as
/// `src/server/assets/` reads it.
const SITE_DIGEST: &str = "LOCUTORY_SITE_DIGEST";

pub fn build_release(workspace: &Workspace, site: &Manifest) -> Outcome {
    println!("Compiling the server (release). The first time takes minutes.");
    cargo(workspace)
        .arguments(["build", "--locked", "--release", "--bin", "locutory", "--features", "ssr"])
        .arguments(paths_of_nobody(workspace)?)
        .environment(SITE_DIGEST, site.digest())
        .run()
}

pub fn build_development(workspace: &Workspace) -> Outcome {
    cargo(workspace).arguments(["build", "--bin", "locutory", "--features", "ssr"]).run()
}
