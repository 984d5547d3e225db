//! Whether the site sends letters, from which address, and by which way.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::catalogue::{
    MAIL_CA_FILE, MAIL_FOLDER, MAIL_FROM, MAIL_MODE, MAIL_PASSWORD_FILE, MAIL_SECURITY, MAIL_SERVER, MAIL_USER, Setting,
};
use super::reader::{Reader, Shown};
use crate::accounts::model::EmailAddress;
use crate::valid::Value;

/// How the site sends letters.
#[derive(Clone, Debug)]
pub enum Mail {
    /// It sends none.
    Off,
    /// Into a folder, a file each: for trying out.
    Folder { from: EmailAddress, folder: PathBuf },
    /// Through a server.
    Smtp { from: EmailAddress, server: MailServer },
}

/// A server that takes letters.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// A name or an IP address; without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub login: Option<MailLogin>,
    /// A root certificate in PEM form that is trusted beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// Who we are to the server.
#[derive(Clone, Debug)]
pub struct MailLogin {
    pub user: String,
    /// Holds the password, and nothing else but a line's end.
    pub password_file: PathBuf,
}

/// What protects the way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after a greeting; without it nothing is sent.
    StartTls,
    /// Nothing: only to a server on the same machine.
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Off,
    Folder,
    Smtp,
}

/// The sender where letters go into a folder and nobody has said another.
const NOBODY: &str = "locutory@site.invalid";

impl Mail {
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Where letters go, for an operator.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Off => "none are sent (mail.mode is \"off\")".to_owned(),
            Self::Folder { folder, .. } => format!("files in {}", folder.display()),
            Self::Smtp { server, .. } => format!("through {}, port {}", server.host, server.port),
        }
    }

    pub(super) fn read(reader: &mut Reader, data_folder: &Path) -> Self {
        let mode = reader.text(&MAIL_MODE, parse_mode);
        let from = reader.optional_text(&MAIL_FROM, parse_address);
        let folder = reader.optional_text(&MAIL_FOLDER, parse_path);
        let server = Server::read(reader);
        if !reader.has_problem_in(&["mail"]) {
            refuse_useless(reader, mode, folder.is_some(), &server);
        }
        match mode {
            Mode::Off => Self::Off,
            Mode::Folder => Self::into_folder(reader, from, folder, data_folder),
            Mode::Smtp => server.checked(reader, from).map_or(Self::Off, |(from, server)| Self::Smtp { from, server }),
        }
    }

    fn into_folder(reader: &mut Reader, from: Option<EmailAddress>, folder: Option<PathBuf>, data_folder: &Path) -> Self {
        let folder = folder.unwrap_or_else(|| {
            let folder = data_folder.join("letters");
            reader.derive(&MAIL_FOLDER, Shown::Text(folder.display().to_string()), "data.folder");
            folder
        });
        let from = from.unwrap_or_else(|| EmailAddress::parse(NOBODY).expect("the constant is an address"));
        Self::Folder { from, folder }
    }
}

/// What was written about the server, before it is known whether it is needed.
struct Server {
    address: Option<(String, u16)>,
    security: Option<MailSecurity>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl Server {
    fn read(reader: &mut Reader) -> Self {
        Self {
            address: reader.optional_text(&MAIL_SERVER, parse_server),
            security: reader.optional_text(&MAIL_SECURITY, parse_security),
            user: reader.optional_text(&MAIL_USER, |text| Ok(text.to_owned())),
            password_file: reader.optional_text(&MAIL_PASSWORD_FILE, parse_path),
            ca_file: reader.optional_text(&MAIL_CA_FILE, parse_path),
        }
    }

    /// Those of its settings that were written.
    fn written(&self) -> impl Iterator<Item = &'static Setting> {
        let all: [(&'static Setting, bool); 5] = [
            (&MAIL_SERVER, self.address.is_some()),
            (&MAIL_SECURITY, self.security.is_some()),
            (&MAIL_USER, self.user.is_some()),
            (&MAIL_PASSWORD_FILE, self.password_file.is_some()),
            (&MAIL_CA_FILE, self.ca_file.is_some()),
        ];
        all.into_iter().filter(|(_, is_written)| *is_written).map(|(setting, _)| setting)
    }

    /// Complains where something is missing or does not go together.
    fn checked(self, reader: &mut Reader, from: Option<EmailAddress>) -> Option<(EmailAddress, MailServer)> {
        if reader.has_problem_in(&["mail"]) {
            return None;
        }
        if from.is_none() {
            reader.complain(&MAIL_FROM, "must be the address that letters come from, because mail.mode is \"smtp\".");
        }
        if self.address.is_none() {
            let needed = "must be the mail server with its port, such as mail.example.org:465, because mail.mode is \"smtp\".";
            reader.complain(&MAIL_SERVER, needed);
        }
        let login = login(reader, self.user, self.password_file);
        let (from, (host, port)) = (from?, self.address?);
        let security = self.security.unwrap_or(MailSecurity::Tls);
        if security == MailSecurity::None && !is_loopback(&host) {
            let complaint = format!(
                "\"none\" would send links that open accounts over the network in the clear. Choose \"tls\" or \
                 \"starttls\"; only a server on this machine may do without, and {host} is none."
            );
            reader.complain(&MAIL_SECURITY, complaint);
        }
        Some((from, MailServer { host, port, security, login, ca_file: self.ca_file }))
    }
}

fn login(reader: &mut Reader, user: Option<String>, password_file: Option<PathBuf>) -> Option<MailLogin> {
    match (user, password_file) {
        (Some(user), Some(password_file)) => Some(MailLogin { user, password_file }),
        (Some(_), None) => {
            reader.complain(&MAIL_PASSWORD_FILE, "must name the file with the password, because mail.user is set.");
            None
        }
        (None, Some(_)) => {
            reader.complain(&MAIL_USER, "must say whose password mail.password_file holds.");
            None
        }
        (None, None) => None,
    }
}

/// A setting that does nothing is a sign of a slip.
fn refuse_useless(reader: &mut Reader, mode: Mode, has_folder: bool, server: &Server) {
    if has_folder && mode != Mode::Folder {
        reader.complain(&MAIL_FOLDER, "is of no use unless mail.mode is \"folder\". Set that, or remove this.");
    }
    if mode != Mode::Smtp {
        for setting in server.written() {
            reader.complain(setting, "is of no use unless mail.mode is \"smtp\". Set that, or remove this.");
        }
    }
}

fn parse_mode(text: &str) -> Result<Mode, String> {
    match text {
        "off" => Ok(Mode::Off),
        "folder" => Ok(Mode::Folder),
        "smtp" => Ok(Mode::Smtp),
        _ => Err(format!("must be \"off\", \"folder\" or \"smtp\", not {text:?}.")),
    }
}

fn parse_security(text: &str) -> Result<MailSecurity, String> {
    match text {
        "tls" => Ok(MailSecurity::Tls),
        "starttls" => Ok(MailSecurity::StartTls),
        "none" => Ok(MailSecurity::None),
        _ => Err(format!("must be \"tls\", \"starttls\" or \"none\", not {text:?}.")),
    }
}

fn parse_address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|_| format!("must be a bare e-mail address, such as talk@example.org, not {text:?}."))
}

fn parse_server(text: &str) -> Result<(String, u16), String> {
    let wrong = || format!("must be a host with its port, such as mail.example.org:465, not {text:?}.");
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    match url::Host::parse(host) {
        Ok(_) => Ok((bare.to_owned(), port)),
        Err(_) => Err(wrong()),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "readers take functions that can refuse")]
fn parse_path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_a_host_with_a_port() {
        for (text, host, port) in
            [("mail.example.org:465", "mail.example.org", 465), ("127.0.0.1:25", "127.0.0.1", 25), ("[::1]:587", "::1", 587)]
        {
            assert_eq!(parse_server(text), Ok((host.to_owned(), port)));
        }
        for wrong in ["mail.example.org", "mail.example.org:0", "mail.example.org:smtp", ":25", "a b:25", "u:p@host:x"] {
            assert!(parse_server(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "10.0.0.1", "127.0.0.1.example.org"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
