//! A PostgreSQL server of a test's own, which speaks TLS with the certificate that the test gives it. `make
//! test-rust` installs PostgreSQL.

use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

const START_LIMIT: Duration = Duration::from_mins(1);

/// An authority of a test's own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key in PEM.
pub struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    pub fn make() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pair_for(&self, names: &[&str]) -> Pair {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.0).unwrap();
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// Its certificate as a file of a folder.
    pub fn write_to(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, self.0.pem()).unwrap();
        path
    }
}

/// Ends when it is dropped.
pub struct PostgresServer {
    child: Child,
    folder: TempDir,
    pub port: u16,
}

impl PostgresServer {
    /// Starts one for everybody who comes over a network, with TLS where there is a certificate for it.
    pub fn start(pair: Option<&Pair>) -> Self {
        let (binaries, account) = (binaries(), account());
        let folder = tempfile::tempdir().unwrap();
        give(folder.path(), account);
        let data = folder.path().join("data");
        let mut initialise = Command::new(binaries.join("initdb"));
        initialise.args(["--username=locutory", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]).arg(&data);
        let initialised = under(account, &mut initialise).current_dir(folder.path()).output().unwrap();
        assert!(initialised.status.success(), "{}", String::from_utf8_lossy(&initialised.stderr));
        fs::write(data.join("pg_hba.conf"), "host all all all trust\n").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut serve = Command::new(binaries.join("postgres"));
        serve.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=*", "-c", "fsync=off"]);
        serve.args(["-c", "unix_socket_directories="]);
        if let Some(pair) = pair {
            for (name, text) in [("server.crt", &pair.certificate), ("server.key", &pair.key)] {
                let path = data.join(name);
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
                give(&path, account);
            }
            serve.args(["-c", "ssl=on"]);
        }
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = under(account, &mut serve).current_dir(folder.path()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut server = Self { child, folder, port };
        server.wait(&binaries);
        server
    }

    fn wait(&mut self, binaries: &Path) {
        let began = Instant::now();
        let is_ready = || {
            let port = self.port.to_string();
            let mut asking = Command::new(binaries.join("pg_isready"));
            asking.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().is_ok_and(|status| status.success())
        };
        while !is_ready() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(began.elapsed() < START_LIMIT, "PostgreSQL did not start: {}", log());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // The end of the test matters, not that of a server on a temporary folder.
        drop(self.child.kill().and_then(|()| self.child.wait()));
    }
}

fn binaries() -> PathBuf {
    let mut found: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .flat_map(|parent| fs::read_dir(parent).into_iter().flatten().flatten())
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL is missing: `make test-rust` installs it where it can (Debian: apt-get install postgresql)")
}

/// PostgreSQL does not run as root, which lends it an account without rights.
fn account() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let named = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    };
    named("postgres").or_else(|| named("nobody"))
}

fn under(account: Option<(u32, u32)>, command: &mut Command) -> &mut Command {
    match account {
        Some((user, group)) => command.uid(user).gid(group),
        None => command,
    }
}

fn give(path: &Path, account: Option<(u32, u32)>) {
    if let Some((user, group)) = account {
        chown(path, Some(user), Some(group)).unwrap();
    }
}
