//! A real certificate authority for the Rust tests: Debian's `pebble`, which speaks ACME and certifies only for tests.
//! The tests start it themselves.

use super::system::{install_debian_package, is_on_path};
use crate::failure::Outcome;

const PROGRAMS: [&str; 2] = ["pebble", "pebble-challtestsrv"];
const CURE: &str = "Install pebble and pebble-challtestsrv of Let's Encrypt, 2.4 or newer, and put both on the PATH \
                    (Debian: apt-get install pebble).";

/// Installs it, unless it is there.
pub fn ensure() -> Outcome {
    if PROGRAMS.into_iter().all(is_on_path) {
        return Ok(());
    }
    install_debian_package("pebble", "a certificate authority to test with", CURE)
}
