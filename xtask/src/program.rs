//! Starts other programs, without a shell in between. Promises that a program that is not installed is named together
//! with the way to get it, and that an interrupt also ends the program that is running.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::failure::{Failure, Outcome, While};

/// Process ids of the programs that are being waited for, for [`end_awaited`].
static AWAITED: Mutex<Vec<u32>> = Mutex::new(Vec::new());

pub struct Program {
    name: String,
    cure: String,
    command: Command,
}

impl Program {
    /// `cure` tells how to get the program where it is missing.
    pub fn new(path: impl AsRef<OsStr>, cure: &str) -> Self {
        let path = path.as_ref();
        Self { name: path.to_string_lossy().into_owned(), cure: cure.to_owned(), command: Command::new(path) }
    }

    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    pub fn environment(mut self, variable: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(variable, value);
        self
    }

    pub fn without_environment(mut self, variable: &str) -> Self {
        self.command.env_remove(variable);
        self
    }

    pub fn command_mut(&mut self) -> &mut Command {
        &mut self.command
    }

    /// Runs with the terminal of this program and fails unless it ends well.
    pub fn run(mut self) -> Outcome {
        let running = self.spawn_awaited()?;
        let status = running.wait()?;
        self.demand_success(status)
    }

    /// Runs silently and returns what was printed; fails, quoting its complaints, unless it ends well.
    pub fn read(mut self) -> Outcome<String> {
        self.command.stdin(Stdio::null());
        let output = self.command.output().map_err(|cause| self.cannot_start(&cause))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("{} ended with {}: {}", self.name, output.status, complaint.trim())))
    }

    /// Runs with the terminal of this program, shows each line of standard output to `observe` on its way there, and
    /// fails unless it ends well.
    pub fn run_observed(mut self, mut observe: impl FnMut(&str)) -> Outcome {
        self.command.stdout(Stdio::piped());
        let mut running = self.spawn_awaited()?;
        if let Some(output) = running.child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = line.while_doing(|| format!("read what {} prints", self.name))?;
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                observe(&line);
            }
        }
        let status = running.wait()?;
        self.demand_success(status)
    }

    /// Starts and returns at once; `farewell` ends it when the result is dropped.
    pub fn start(mut self, farewell: Farewell) -> Outcome<Running> {
        self.spawn(farewell)
    }

    fn spawn_awaited(&mut self) -> Outcome<Running> {
        let running = self.spawn(Farewell::Terminate)?;
        awaited_ids().push(running.child.id());
        Ok(running)
    }

    fn spawn(&mut self, farewell: Farewell) -> Outcome<Running> {
        let child = self.command.spawn().map_err(|cause| self.cannot_start(&cause))?;
        Ok(Running { child, name: self.name.clone(), farewell })
    }

    fn cannot_start(&self, cause: &std::io::Error) -> Failure {
        match cause.kind() {
            ErrorKind::NotFound => Failure::new(format!("{} is not installed. {}", self.name, self.cure)),
            _ => Failure::new(format!("could not start {}: {cause}", self.name)),
        }
    }

    fn demand_success(&self, status: ExitStatus) -> Outcome {
        if status.success() { Ok(()) } else { Err(Failure::new(format!("{} ended with {status}", self.name))) }
    }
}

/// The signal that ends a program.
#[derive(Clone, Copy)]
pub enum Farewell {
    Terminate,
    /// To PostgreSQL: do not wait for those who are still connected.
    Interrupt,
}

/// A program under way. It is ended when this is dropped.
pub struct Running {
    child: Child,
    name: String,
    farewell: Farewell,
}

impl Running {
    pub fn wait(mut self) -> Outcome<ExitStatus> {
        self.child.wait().while_doing(|| format!("wait for {}", self.name))
    }

    pub fn has_ended(&mut self) -> Outcome<Option<ExitStatus>> {
        self.child.try_wait().while_doing(|| format!("look after {}", self.name))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        awaited_ids().retain(|id| *id != self.child.id());
        if let Ok(None) = self.child.try_wait() {
            ask_to_end(self.child.id(), self.farewell);
            // Nothing is left to be done if waiting fails: the process is gone.
            drop(self.child.wait());
        }
    }
}

/// Asks every program that this one is waiting for to end.
pub fn end_awaited() {
    for id in awaited_ids().iter() {
        ask_to_end(*id, Farewell::Terminate);
    }
}

fn ask_to_end(id: u32, farewell: Farewell) {
    let signal = match farewell {
        Farewell::Terminate => "-TERM",
        Farewell::Interrupt => "-INT",
    };
    // The standard library can only kill; a database or a server deserves to be asked.
    drop(Command::new("kill").args([signal, &id.to_string()]).stderr(Stdio::null()).status());
}

fn awaited_ids() -> MutexGuard<'static, Vec<u32>> {
    AWAITED.lock().unwrap_or_else(PoisonError::into_inner)
}
