//! What the running server can still reach: the data folder, the files that its settings name and what names
//! and certificates are looked up in; the ports that it serves and those that its settings connect to.

use std::path::{Path, PathBuf};

use url::Url;

use crate::server::config::{
    Config, Database, Endpoint, Mail, Tls,
    acme::{Binding, BindingKey},
    providers::{ClientSecret, EndPoint, Kind, Provider},
};

/// Everything that is not in it is out of reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub writes: Vec<PathBuf>,
    pub reads: Vec<PathBuf>,
    /// Read, and loaded as code: looking up names does that.
    pub libraries: Vec<PathBuf>,
    pub binds: Vec<u16>,
    pub connects: Vec<u16>,
}

/// Names, services and time zones, the authorities that are trusted, and what the system says of this process.
const SYSTEM: [&str; 17] = [
    "/dev/null",
    "/dev/urandom",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl",
    "/proc",
    "/run/systemd/resolve",
    "/sys/fs/cgroup",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
    "/usr/local/share/ca-certificates",
];

const LIBRARIES: [&str; 5] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"];

const DNS: u16 = 53;
const HTTPS: u16 = 443;
const POSTGRES: u16 = 5_432;

impl Reach {
    pub fn of(config: &Config) -> Self {
        let mut reach = Self {
            writes: vec![config.data.folder.clone()],
            reads: SYSTEM.map(PathBuf::from).to_vec(),
            libraries: LIBRARIES.map(PathBuf::from).to_vec(),
            binds: Vec::new(),
            connects: vec![DNS],
        };
        let listen = &config.listen;
        [Some(&listen.address), listen.redirect_address.as_ref(), config.metrics.as_ref()]
            .into_iter()
            .flatten()
            .for_each(|it| reach.add_listener(it));
        reach.add_secrets(config);
        reach.add_certificates(&config.tls);
        reach.add_database(config);
        reach.add_letters(config);
        config.providers.iter().for_each(|provider| reach.add_provider(provider));
        reach
    }

    fn add_secrets(&mut self, config: &Config) {
        let secrets = &config.secrets;
        let files = [&secrets.cookie_key_file, &secrets.data_keys_file, &secrets.pepper_file];
        files.into_iter().flatten().for_each(|path| self.read_beside(path));
    }

    fn add_listener(&mut self, endpoint: &Endpoint) {
        match endpoint {
            Endpoint::Network(address) => self.binds.push(address.port()),
            // The file is removed at the end.
            Endpoint::Socket(path) => self.writes.extend(path.parent().map(Path::to_owned)),
            Endpoint::Inherited => {}
        }
    }

    fn add_certificates(&mut self, tls: &Tls) {
        match tls {
            Tls::Off | Tls::SelfSigned => {}
            Tls::Files { certificate, key } => [certificate, key].into_iter().for_each(|path| self.read_beside(path)),
            Tls::Acme(acme) => {
                self.connects.extend([acme.directory.port(), HTTPS]);
                acme.ca_file.iter().for_each(|path| self.read_beside(path));
                if let Some(Binding { key: BindingKey::File(path), .. }) = &acme.binding {
                    self.read_beside(path);
                }
            }
        }
    }

    fn add_database(&mut self, config: &Config) {
        let Database::Postgres { address, .. } = &config.data.database else { return };
        let Ok(url) = Url::parse(address.expose()) else { return };
        let asked = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        let port = asked("port").and_then(|port| port.parse().ok()).or(url.port()).unwrap_or(POSTGRES);
        self.connects.push(port);
        for name in ["sslrootcert", "ssl-root-cert", "ssl-ca", "sslcert", "ssl-cert", "sslkey", "ssl-key"] {
            if let Some(path) = asked(name) {
                self.read_beside(Path::new(&path));
            }
        }
    }

    fn add_letters(&mut self, config: &Config) {
        match &config.mail {
            Mail::Off => {}
            Mail::Folder { folder, .. } => self.writes.push(folder.clone()),
            Mail::Smtp { server, .. } => {
                self.connects.push(server.port);
                server.login.iter().for_each(|login| self.read_beside(&login.password_file));
                server.ca_file.iter().for_each(|path| self.read_beside(path));
            }
        }
    }

    fn add_provider(&mut self, provider: &Provider) {
        if let Some(ClientSecret::File(path)) = &provider.client_secret {
            self.read_beside(path);
        }
        provider.ca_file.iter().for_each(|path| self.read_beside(path));
        let mut port = |end_point: &EndPoint| self.connects.extend(end_point.url().port_or_known_default());
        match &provider.kind {
            Kind::OpenId { issuer } => {
                port(issuer);
                // What it leads to by its discovery document may be elsewhere, at the usual port.
                self.connects.push(HTTPS);
            }
            Kind::OAuth { authorize: _, token, user, .. } => [token, user].into_iter().for_each(port),
        }
    }

    /// A file that is read again when it changes is replaced, not written: what lies beside it is read as well,
    /// and where it is a link, what lies beside its target.
    fn read_beside(&mut self, path: &Path) {
        let target = path.canonicalize().ok();
        for path in [Some(path.to_owned()), target].into_iter().flatten() {
            let folder = path.parent().filter(|folder| folder.components().count() > 1 && folder.is_dir());
            self.reads.push(folder.map_or_else(|| path.clone(), Path::to_owned));
        }
    }
}
