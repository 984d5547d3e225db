//! The measured server: the release, on a folder of its own, with the limits that would stop one
//! machine from playing many people raised.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use crate::{
    client::{Answer, Connection, Request},
    failure::{Failure, Outcome},
};

/// Longer than any start should take.
const START_LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(1);

/// Where a server keeps its data, and on which database.
pub struct Place {
    pub program: PathBuf,
    pub folder: PathBuf,
    /// The address of a PostgreSQL database; SQLite where there is none.
    pub postgres: Option<String>,
    pub letters: Letters,
    pub limits: Limits,
}

/// Whether one address may hold as many connections as many people would.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    Usual,
    Raised,
}

/// Whether the server writes letters, and so wants addresses proven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    Off,
    Written,
}

impl Place {
    /// The program with its configuration, without the environment's own.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("LOCUTORY_") {
                command.env_remove(variable);
            }
        }
        command
            .current_dir(&self.folder)
            .env("LOCUTORY_DATA__FOLDER", self.folder.join("data"))
            .env("LOCUTORY_LIMITS__REGISTRATIONS_PER_HOUR", "100000")
            .env("LOCUTORY_LIMITS__FORM_SECONDS", "0")
            .env("LOCUTORY_LIMITS__FAILED_SIGN_INS_BEFORE_CHALLENGE", "100000")
            .env("LOCUTORY_LIMITS__REGISTRATIONS_BEFORE_CHALLENGE", "100000")
            .env("LOCUTORY_LIMITS__RESETS_BEFORE_CHALLENGE", "100000")
            .env("LOCUTORY_LIMITS__SIGN_IN_FREE_TRIES", "100")
            .env("LOCUTORY_LOG__FILTER", "error")
            .kill_on_drop(true);
        if self.limits == Limits::Raised {
            command.env("LOCUTORY_LIMITS__CONNECTIONS_PER_NETWORK", "1000");
        }
        if self.letters == Letters::Written {
            command.env("LOCUTORY_MAIL__MODE", "folder");
        }
        if let Some(postgres) = &self.postgres {
            command.env("LOCUTORY_DATA__DATABASE", postgres);
        }
        command
    }

    /// Makes an admin as an operator does.
    pub async fn create_admin(&self, name: &str, password: &str) -> Outcome {
        let mut child = self
            .command()
            .args(["admin", "create", name, &format!("{name}@mail.example"), "--password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(format!("{password}\n").as_bytes()).await?;
        }
        if child.wait().await?.success() { Ok(()) } else { Err(Failure::new("the admin could not be made")) }
    }
}

pub struct Server {
    pub address: SocketAddr,
    /// From starting the program to the end of its first answer.
    pub start: Duration,
    child: Child,
}

impl Server {
    pub async fn start(place: &Place) -> Outcome<Self> {
        let address = free_address()?;
        let begun = Instant::now();
        let child = place
            .command()
            .args(["serve", "--migrate", "--listen", &address.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .map_err(|cause| {
                Failure::new(format!("{} does not start: {cause}. Build it with make build.", place.program.display()))
            })?;
        let mut server = Self { address, start: Duration::ZERO, child };
        server.first_answer(begun).await?;
        server.start = begun.elapsed();
        Ok(server)
    }

    async fn first_answer(&mut self, begun: Instant) -> Outcome {
        loop {
            match Connection::open(self.address).await {
                Ok(mut connection) => {
                    return connection.send(&Request::get("/", None)).await?.demand(200, "the first page").map(drop);
                }
                Err(failure) if begun.elapsed() > START_LIMIT || self.child.try_wait()?.is_some() => {
                    return Err(Failure::new(format!("the server did not come up: {failure}")));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// A request on a connection of its own.
    pub async fn ask(&self, request: Request) -> Outcome<Answer> {
        Connection::open(self.address).await?.send(&request).await
    }

    /// Bytes of memory, where the system tells (Linux).
    pub fn memory(&self) -> Memory {
        let status =
            self.child.id().and_then(|id| fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status")).ok());
        Memory::read(&status.unwrap_or_default())
    }

    /// As a failing machine would stop it.
    pub async fn kill(mut self) -> Outcome {
        Ok(self.child.kill().await?)
    }

    /// As an operator would stop it.
    pub async fn stop(mut self) -> Outcome {
        if let Some(id) = self.child.id() {
            Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        }
        self.child.wait().await?;
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// In KiB.
    pub resident: Option<u64>,
    /// The most there ever was, in KiB.
    pub peak: Option<u64>,
}

impl Memory {
    fn read(status: &str) -> Self {
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Self { resident: number("VmRSS:"), peak: number("VmHWM:") }
    }
}

/// Another program may take the port before the server does; then its start fails and says so.
fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_the_system_writes_it() {
        let status = "Name:\tlocutory\nVmHWM:\t   90112 kB\nVmRSS:\t   40960 kB\n";
        assert_eq!(Memory::read(status), Memory { resident: Some(40_960), peak: Some(90_112) });
        assert_eq!(Memory::read(""), Memory::default());
    }
}
