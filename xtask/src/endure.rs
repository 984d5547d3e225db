//! Has the release that was built last endure what `bench/src/endure/` does to it, on SQLite and, where it is installed, on
//! PostgreSQL.

use crate::checks::postgres::Cluster;
use crate::failure::Outcome;
use crate::interrupt;
use crate::toolchain::cargo;
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace, trial: &str, options: &[&str]) -> Outcome {
    interrupt::listen()?;
    let cluster = Cluster::start_lasting()?;
    let postgres = cluster.as_ref().map(|cluster| ["--postgres", cluster.address()]);
    cargo(workspace)
        .arguments(["run", "--release", "--package", "bench", "--", "endure", trial])
        .arguments([workspace.release_server()])
        .arguments(options)
        .arguments(postgres.iter().flatten())
        .run()
}
