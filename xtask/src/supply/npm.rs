//! What npm may do here: take files that the locks hold to their hashes, and run nothing of theirs.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::workspace::Workspace;

fn folders() -> [PathBuf; 2] {
    let workspace = Workspace::of_this_program();
    [workspace.browser_tests(), workspace.build_packages()]
}

#[test]
fn every_npm_package_is_held_to_a_hash_and_to_no_place_of_its_own() {
    for folder in folders() {
        let text = fs::read_to_string(folder.join("package-lock.json")).expect("a lock file");
        let lock: Value = serde_json::from_str(&text).expect("a lock file is JSON");
        let packages = lock["packages"].as_object().expect("a lock file lists packages");
        assert!(packages.len() > 1, "{} locks nothing", folder.display());
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            let hash = package["integrity"].as_str().unwrap_or_default();
            assert!(hash.starts_with("sha512-"), "{name} is held to {hash:?}");
            assert!(package["resolved"].is_null(), "{name} comes from a place of its own: {}", package["resolved"]);
            assert!(package["link"].is_null(), "{name} is a folder of somebody's");
        }
    }
}

#[test]
fn no_npm_package_runs_anything_when_it_is_installed() {
    for folder in folders() {
        let settings = fs::read_to_string(folder.join(".npmrc")).expect("settings of npm");
        assert!(settings.lines().any(|line| line == "ignore-scripts=true"), "{}", folder.display());
    }
}
