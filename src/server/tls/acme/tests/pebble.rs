//! A real certificate authority: Debian's `pebble`, and a name server beside it for which every name
//! is this machine. `make test-rust` installs both.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use tempfile::TempDir;

/// A key id and an HMAC key that the authority knows, when it demands a binding.
pub const KEY_ID: &str = "kid-1";
pub const HMAC_KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
/// A name that it certifies for nobody.
pub const BLOCKED: &str = "blocked.example.org";

/// Whom the authority takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Everybody,
    OnlyBound,
}

/// Where the authority looks whether a name is ours.
#[derive(Clone, Copy)]
pub struct Looks {
    pub tls: u16,
    pub plain: u16,
}

/// Ends when it is dropped.
pub struct Pebble {
    folder: TempDir,
    programs: Vec<Child>,
    port: u16,
    management: u16,
    names: u16,
}

impl Pebble {
    pub fn start(looks: Looks, door: Door) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [port, management, names, names_management] = [(); 4].map(|()| free_port());
        write_papers(&folder);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": path("certificate.pem"),
            "privateKey": path("key.pem"),
            "httpPort": looks.plain,
            "tlsPort": looks.tls,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": door == Door::OnlyBound,
            "externalAccountMACKeys": { KEY_ID: HMAC_KEY },
            "domainBlocklist": [BLOCKED],
        }});
        fs::write(folder.path().join("pebble.json"), settings.to_string()).unwrap();
        let name_server = spawn(
            Command::new("pebble-challtestsrv")
                .args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""])
                .args(["-dns01", &format!("127.0.0.1:{names}")])
                .args(["-management", &format!("127.0.0.1:{names_management}")]),
        );
        let mut pebble = Self { folder, programs: vec![name_server], port, management, names };
        pebble.open();
        wait_for(names_management);
        pebble
    }

    /// Starts the authority itself, as a stranger to all who were registered before.
    pub fn open(&mut self) {
        let authority = spawn(
            Command::new("pebble")
                .args(["-dnsserver", &format!("127.0.0.1:{}", self.names)])
                .arg("-config")
                .arg(self.folder.path().join("pebble.json"))
                .env("PEBBLE_VA_NOSLEEP", "1")
                // By itself it refuses good nonces by chance, and now and then all that a client tries.
                .env("PEBBLE_WFE_NONCEREJECT", "0"),
        );
        self.programs.push(authority);
        wait_for(self.port);
        wait_for(self.management);
    }

    /// From now on nobody answers.
    pub fn close(&mut self) {
        let mut authority = self.programs.pop().unwrap();
        authority.kill().unwrap();
        authority.wait().unwrap();
    }

    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.port)
    }

    /// What the directory's own certificate is trusted by.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// What the certificates that it issues are trusted by.
    pub async fn root(&self) -> rustls::pki_types::CertificateDer<'static> {
        use rustls::pki_types::pem::PemObject;
        let root = fs::read(self.ca_file()).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .tls_built_in_root_certs(false)
            .add_root_certificate(reqwest::Certificate::from_pem(&root).unwrap())
            .no_proxy()
            .build()
            .unwrap();
        let address = format!("https://localhost:{}/roots/0", self.management);
        let pem = client.get(address).send().await.unwrap().bytes().await.unwrap();
        rustls::pki_types::CertificateDer::from_pem_slice(&pem).unwrap()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for program in &mut self.programs {
            // It may have ended by itself; the test's own verdict must not change.
            drop(program.kill());
            drop(program.wait());
        }
    }
}

fn spawn(program: &mut Command) -> Child {
    program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|cause| {
        panic!("{} cannot be started ({cause}): `cargo xtask acme-server` installs it", program.get_program().display())
    })
}

fn write_papers(folder: &TempDir) {
    let authority_key = KeyPair::generate().unwrap();
    let mut wishes = CertificateParams::new(Vec::new()).unwrap();
    wishes.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = wishes.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(wishes, authority_key)).unwrap();
    for (name, text) in [("authority.pem", authority.pem()), ("certificate.pem", leaf.pem()), ("key.pem", key.serialize_pem())] {
        fs::write(folder.path().join(name), text).unwrap();
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    const PATIENCE: Duration = Duration::from_secs(60);
    let since = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(since.elapsed() < PATIENCE, "nobody listens at port {port}");
        std::thread::yield_now();
    }
}
