//! A real mail server for the Rust tests: Python's aiosmtpd, in a virtual environment of its own under `target/`, in
//! fixed versions. The tests start it themselves.

use super::python;
use crate::failure::Outcome;
use crate::workspace::Workspace;

const PACKAGES: &str = "aiosmtpd==1.4.6\natpublic==9.0.0\nattrs==26.1.0\n";

/// Installs it, unless that was done before.
pub fn ensure(workspace: &Workspace) -> Outcome {
    python::ensure(&workspace.mail_server(), PACKAGES, "a mail server to test with")
}
