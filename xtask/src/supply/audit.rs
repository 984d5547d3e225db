//! What the `RustSec` database knows against the crates in the lock file, crates that were withdrawn, and crates that are
//! no longer looked after.

use super::deny;
use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;

/// Fails on a finding. A database that cannot be reached is no finding: it is said, and nothing fails.
pub fn audit(workspace: &Workspace) -> Outcome {
    if let Err(failure) = deny(workspace)?.arguments(["fetch", "db"]).read() {
        println!("NOT AUDITED: the database of advisories cannot be reached from here.\n{failure}");
        println!("Nothing is known for or against the dependencies. Run `make audit` where the network reaches it.");
        return Ok(());
    }
    let checked = deny(workspace)?.arguments(["check", "--disable-fetch", "advisories"]).run();
    checked.map_err(|_| {
        Failure::new(
            "there are findings, see above. Update the crate, or weigh the advisory and list it in deny.toml with the reason",
        )
    })
}
