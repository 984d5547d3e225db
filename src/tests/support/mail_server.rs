//! A real mail server (Python's aiosmtpd), which `make test-rust` installs under `target/mail-server`.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::Received;

pub const USER: &str = "talk";
pub const MAIL_PASSWORD: &str = "a password with spaces";

/// A server with a certificate of its own for `localhost`; it ends when it is dropped.
pub struct MailServer {
    child: Child,
    pub port: u16,
    folder: PathBuf,
}

/// The certificate with its key, the password, and the folder for what arrives.
pub struct Papers {
    folder: TempDir,
    pub certificate: PathBuf,
    pub password_file: PathBuf,
    key: PathBuf,
}

impl Papers {
    pub fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let certificate = write("certificate.pem", &made.cert.pem());
        let key = write("key.pem", &made.signing_key.serialize_pem());
        let password_file = write("password", &format!("{MAIL_PASSWORD}\n"));
        close_to_others(&password_file);
        Self { folder, certificate, password_file, key }
    }
}

fn close_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

impl MailServer {
    /// Starts on a port, or on a free one where that is 0.
    pub fn start(papers: &Papers, port: u16) -> Self {
        let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mail-server/bin/python");
        assert!(python.is_file(), "{} is missing: `cargo xtask mail-server` installs it", python.display());
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/support/mail_server.py");
        let mut child = Command::new(python)
            .arg(program)
            .args([&papers.certificate, &papers.key])
            .args([USER, MAIL_PASSWORD, &port.to_string()])
            .arg(papers.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let port = first.trim().parse().unwrap_or_else(|_| panic!("the mail server did not start: {first:?}"));
        Self { child, port, folder: papers.folder.path().to_owned() }
    }

    /// What has arrived, in its order, with who sent it to whom as the envelope says.
    pub fn received(&self) -> Vec<(Received, String)> {
        let mut files: Vec<_> = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        files.sort();
        let letters = files.iter().map(|file| Received::read(&fs::read_to_string(file).unwrap()));
        letters.map(|letter| (letter.clone(), letter.header("X-Envelope").to_owned())).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may have ended by itself; the test's own verdict must not change.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
