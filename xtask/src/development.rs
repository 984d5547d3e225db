//! `make dev` without further tools: builds for development, serves, and starts again whenever a source file changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::failure::Outcome;
use crate::interrupt;
use crate::program::{Farewell, Program, Running};
use crate::server;
use crate::site::{self, Finish, files_below};
use crate::workspace::Workspace;

const WATCHED: [&str; 4] = ["src", "migration/src", "style", "public"];
const PAUSE: Duration = Duration::from_millis(400);

pub fn serve(workspace: &Workspace) -> Outcome {
    interrupt::listen()?;
    while !interrupt::was_interrupted() {
        let before = times_of_change(workspace)?;
        let server = match build_and_start(workspace) {
            Ok(server) => Some(server),
            Err(failure) => {
                eprintln!("{failure}");
                None
            }
        };
        wait_for_change(workspace, &before)?;
        drop(server);
    }
    Ok(())
}

fn build_and_start(workspace: &Workspace) -> Outcome<Running> {
    site::build(workspace, Finish::Development)?;
    server::build_development(workspace)?;
    Program::new(workspace.development_server(), "It was built a moment ago; look at the messages above.")
        .in_folder(workspace.root())
        .arguments(["serve"])
        .start(Farewell::Terminate)
}

fn wait_for_change(workspace: &Workspace, before: &BTreeMap<PathBuf, SystemTime>) -> Outcome {
    println!("Waiting for a change in {}. Ctrl-C ends.", WATCHED.join(", "));
    while !interrupt::was_interrupted() && times_of_change(workspace)? == *before {
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn times_of_change(workspace: &Workspace) -> Outcome<BTreeMap<PathBuf, SystemTime>> {
    let mut times = BTreeMap::new();
    for folder in WATCHED {
        for path in files_below(workspace.root().join(folder))? {
            // A file that vanished since it was listed counts as changed by being absent.
            if let Ok(time) = fs::metadata(&path).and_then(|metadata| metadata.modified()) {
                times.insert(path, time);
            }
        }
    }
    Ok(times)
}
