//! A PostgreSQL of the run's own: in a temporary folder, on a free port of the loopback interface, gone when it is
//! dropped. It trusts everybody, which makes it unfit for anything else.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use super::system::{install_debian_package, is_root};
use crate::failure::{Failure, Outcome, While};
use crate::interrupt;
use crate::program::{Farewell, Program, Running};

const CURE: &str = "Install the PostgreSQL server (Debian: apt-get install postgresql; macOS: brew install postgresql).";
const START_LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Room for every test's pool; no socket file, as its folder may not be ours.
const SETTINGS: [&str; 3] = ["max_connections=400", "listen_addresses=127.0.0.1", "unix_socket_directories="];

/// What a crash may cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed, as in earnest.
    Lasting,
    /// Everything: quick, for tests.
    Forgetful,
}

impl Durability {
    const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Lasting => &[],
            Self::Forgetful => &["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        }
    }
}

pub struct Cluster {
    /// Dropped first: the server must be down before its folder goes.
    server: Option<Running>,
    folder: PathBuf,
    address: String,
}

impl Cluster {
    /// For tests, which cannot do without: it is installed where it is missing.
    pub fn start() -> Outcome<Self> {
        Self::of(&find_or_install()?, Durability::Forgetful)
    }

    /// As it would be run in earnest; none where none is installed.
    pub fn start_lasting() -> Outcome<Option<Self>> {
        find().map(|binaries| Self::of(&binaries, Durability::Lasting)).transpose()
    }

    fn of(binaries: &Path, durability: Durability) -> Outcome<Self> {
        let account = Account::for_server()?;
        let folder = make_folder(account.as_ref())?;
        let mut cluster = Self { server: None, folder, address: String::new() };
        cluster.initialise(binaries, account.as_ref())?;
        cluster.serve(binaries, account.as_ref(), durability)?;
        Ok(cluster)
    }

    /// The address of the server with its maintenance database, `postgres://…`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn initialise(&self, binaries: &Path, account: Option<&Account>) -> Outcome {
        let program = Program::new(binaries.join("initdb"), CURE)
            .in_folder(&self.folder)
            .arguments(["--username=locutory", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arguments(["--pgdata".as_ref(), self.data().as_os_str()]);
        under(account, program).read().map(drop)
    }

    fn serve(&mut self, binaries: &Path, account: Option<&Account>, durability: Durability) -> Outcome {
        let port = free_port()?;
        let mut program = Program::new(binaries.join("postgres"), CURE)
            .in_folder(&self.folder)
            .arguments(["-D".as_ref(), self.data().as_os_str()])
            .arguments(["-p", &port.to_string()]);
        for setting in SETTINGS.iter().chain(durability.settings()) {
            program = program.arguments(["-c", setting]);
        }
        let log = self.folder.join("log");
        let log = fs::File::create(&log).while_doing(|| format!("write {}", log.display()))?;
        // A group of its own: Ctrl-C is for the tests, which still need the database to tidy up.
        program.command_mut().stderr(log).process_group(0);
        self.server = Some(under(account, program).start(Farewell::Interrupt)?);
        self.address = format!("postgres://locutory@127.0.0.1:{port}/postgres");
        self.wait_until_ready(binaries, port)?;
        println!("PostgreSQL is up: {}", self.address);
        Ok(())
    }

    fn wait_until_ready(&mut self, binaries: &Path, port: u16) -> Outcome {
        let started = Instant::now();
        while !is_ready(binaries, port) {
            let ended = match &mut self.server {
                Some(server) => server.has_ended()?.is_some(),
                None => true,
            };
            if ended || interrupt::was_interrupted() || started.elapsed() > START_LIMIT {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Failure::new(format!("PostgreSQL did not start: {}", log.trim())));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.server.take());
        // A folder that stays behind in the system's temporary folder harms nobody.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// PostgreSQL refuses to run as root, so root lends it an account without rights.
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// None where we are not root: then our own account will do.
    fn for_server() -> Outcome<Option<Self>> {
        if !is_root() {
            return Ok(None);
        }
        let accounts = fs::read_to_string("/etc/passwd").while_doing(|| "read /etc/passwd".to_owned())?;
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Self::named(name, &accounts))
            .map(Some)
            .ok_or_else(|| Failure::new("there is no account postgres or nobody to run PostgreSQL as"))
    }

    /// Reads lines of passwd(5): `name:password:user id:group id:…`.
    fn named(name: &str, accounts: &str) -> Option<Self> {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some(Self { user: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
    }
}

fn under(account: Option<&Account>, mut program: Program) -> Program {
    if let Some(Account { user, group }) = account {
        program.command_mut().uid(*user).gid(*group);
    }
    program
}

fn make_folder(account: Option<&Account>) -> Outcome<PathBuf> {
    let folder = std::env::temp_dir().join(format!("locutory-postgres-{}", process::id()));
    fs::create_dir_all(&folder).while_doing(|| format!("create {}", folder.display()))?;
    if let Some(Account { user, group }) = account {
        chown(&folder, Some(*user), Some(*group)).while_doing(|| format!("give away {}", folder.display()))?;
    }
    Ok(folder)
}

fn find_or_install() -> Outcome<PathBuf> {
    if let Some(binaries) = find() {
        return Ok(binaries);
    }
    install_debian_package("postgresql", "the PostgreSQL server", CURE)?;
    find().ok_or_else(|| Failure::new(format!("the PostgreSQL server is missing. {CURE}")))
}

/// The folder of the newest server there is.
fn find() -> Option<PathBuf> {
    let has_server = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let mut packaged = Vec::new();
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        packaged.extend(entries.map(|entry| entry.path().join("bin")).filter(has_server));
    }
    packaged.sort_by_key(|folder| version(folder));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    packaged.pop().or_else(|| std::env::split_paths(&on_path).find(has_server))
}

/// The first number in a path such as `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> u32 {
    let path = folder.to_string_lossy();
    let digits = path.split(|character: char| !character.is_ascii_digit()).find(|digits| !digits.is_empty());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Another program may take the port before PostgreSQL does; then the start fails and says so.
fn free_port() -> Outcome<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(port.while_doing(|| "find a free port".to_owned())?.port())
}

fn is_ready(binaries: &Path, port: u16) -> bool {
    let asked = Program::new(binaries.join("pg_isready"), CURE).arguments(["-h", "127.0.0.1", "-p", &port.to_string()]);
    asked.read().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let accounts = "postgres-exporter:x:1:2::/:/bin/false\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/sh\n";
        let account = Account::named("postgres", accounts).expect("listed");
        assert_eq!((account.user, account.group), (101, 104));
    }

    #[test]
    fn fifteen_is_newer_than_nine() {
        assert!(version(Path::new("/usr/lib/postgresql/15/bin")) > version(Path::new("/usr/lib/postgresql/9.6/bin")));
    }
}
