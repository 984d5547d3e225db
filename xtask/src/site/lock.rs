//! Which versions `Cargo.lock` has settled on. The glue that the build program writes and the wasm that the compiler
//! makes must come from the same version of wasm-bindgen, or the page breaks in the browser instead of here.

use std::fs;

use crate::failure::{Failure, Outcome, While};
use crate::workspace::Workspace;

const IN_THE_WASM: &str = "wasm-bindgen";
const IN_THE_BUILD: &str = "wasm-bindgen-cli-support";

/// The one version of wasm-bindgen that both sides use.
pub fn agreed_version(workspace: &Workspace) -> Outcome<String> {
    let path = workspace.lock();
    let lock = fs::read_to_string(&path).while_doing(|| format!("read {}", path.display()))?;
    agreed_version_in(&lock)
}

fn agreed_version_in(lock: &str) -> Outcome<String> {
    let in_the_wasm = version_of(lock, IN_THE_WASM)?;
    let in_the_build = version_of(lock, IN_THE_BUILD)?;
    if in_the_wasm == in_the_build {
        return Ok(in_the_wasm.to_owned());
    }
    Err(Failure::new(format!(
        "Cargo.lock has {IN_THE_WASM} {in_the_wasm} but {IN_THE_BUILD} {in_the_build}, and they must be the same. \
         Cure: cargo update --package {IN_THE_BUILD} --precise {in_the_wasm}"
    )))
}

fn version_of<'lock>(lock: &'lock str, package: &str) -> Outcome<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines
        .find(|line| *line == name)
        .and_then(|_| lines.next())
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .ok_or_else(|| Failure::new(format!("Cargo.lock does not name {package}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(wasm: &str, build: &str) -> String {
        format!(
            "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{wasm}\"\n\n\
             [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{build}\"\n"
        )
    }

    #[test]
    fn equal_versions_are_agreed_upon() {
        assert_eq!(agreed_version_in(&lock("0.2.130", "0.2.130")).expect("equal"), "0.2.130");
    }

    #[test]
    fn versions_that_differ_are_both_named() {
        let refusal = agreed_version_in(&lock("0.2.130", "0.2.129")).expect_err("they differ").to_string();
        assert!(refusal.contains("wasm-bindgen 0.2.130"), "{refusal}");
        assert!(refusal.contains("wasm-bindgen-cli-support 0.2.129"), "{refusal}");
    }

    #[test]
    fn a_package_that_is_not_locked_is_named() {
        let refusal = agreed_version_in("").expect_err("nothing is locked").to_string();
        assert!(refusal.contains("wasm-bindgen"), "{refusal}");
    }
}
