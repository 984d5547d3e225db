//! The way out: a mail server, its certificate verified, or a folder of files.

use std::{
    fmt,
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use crate::{
    accounts::model::EmailAddress,
    letters::model::{LetterId, LetterKind},
    server::{
        config::{
            Mail,
            catalogue::{MAIL_CA_FILE, MAIL_FOLDER, MAIL_PASSWORD_FILE, MAIL_SERVER},
            keys::{SecretFile, quality},
            mail::{MailLogin, MailSecurity, MailServer},
            private_file::{self, Existing, Sharing},
        },
        start_error::StartError,
    },
};

use super::sheet::header_text;

/// The longest that one answer of the server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where letters go. Cheap to clone.
#[derive(Clone)]
pub struct Transport {
    pub from: EmailAddress,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Folder(PathBuf),
    Server(AsyncSmtpTransport<Tokio1Executor>),
}

impl Transport {
    /// Makes ready what the configuration says; nothing when no letters are sent.
    ///
    /// # Errors
    /// A file cannot be read or is not as it must be, or the folder cannot be made.
    pub fn open(mail: &Mail) -> Result<Option<Self>, StartError> {
        Ok(match mail {
            Mail::Off => None,
            Mail::Folder { from, folder } => {
                make(folder)?;
                Some(Self { from: from.clone(), way: Way::Folder(folder.clone()) })
            }
            Mail::Smtp { from, server } => Some(Self { from: from.clone(), way: Way::Server(client(server)?) }),
        })
    }

    /// Hands a letter over.
    ///
    /// # Errors
    /// In words for an admin, with what the server said.
    pub async fn send(&self, id: LetterId, kind: LetterKind, message: Message) -> Result<(), String> {
        match &self.way {
            Way::Folder(folder) => {
                put(folder, id, kind, &message).map_err(|cause| format!("The file cannot be written: {cause}."))
            }
            Way::Server(client) => client.send(message).await.map(drop).map_err(|cause| complaint(&cause)),
        }
    }
}

/// Reads the files that the configuration names, and makes nothing.
///
/// # Errors
/// As for [`Transport::open`].
pub fn check(mail: &Mail) -> Result<(), StartError> {
    match mail {
        Mail::Off | Mail::Folder { .. } => Ok(()),
        Mail::Smtp { server, .. } => client(server).map(drop),
    }
}

fn make(folder: &Path) -> Result<(), StartError> {
    let made = if folder.is_dir() { Ok(()) } else { DirBuilder::new().recursive(true).mode(0o700).create(folder) };
    made.map_err(|cause| StartError::File {
        setting: MAIL_FOLDER.key,
        path: folder.to_owned(),
        complaint: format!("cannot be made: {cause}. Choose another folder."),
    })
}

fn put(folder: &Path, id: LetterId, kind: LetterKind, message: &Message) -> std::io::Result<()> {
    let name = format!("{:08}-{}.eml", id.0, kind.name());
    private_file::write(&folder.join(name), &message.formatted(), Existing::Replace)
}

fn client(server: &MailServer) -> Result<AsyncSmtpTransport<Tokio1Executor>, StartError> {
    let tls = match server.security {
        MailSecurity::None => Tls::None,
        MailSecurity::StartTls => Tls::Required(parameters(server)?),
        MailSecurity::Tls => Tls::Wrapper(parameters(server)?),
    };
    let builder =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host).port(server.port).timeout(Some(PATIENCE)).tls(tls);
    Ok(match &server.login {
        Some(login) => builder.credentials(credentials(login)?).build(),
        None => builder.build(),
    })
}

/// The server's certificate is verified against the system's roots, and the operator's own.
fn parameters(server: &MailServer) -> Result<TlsParameters, StartError> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.ca_file {
        let unusable = |complaint: String| StartError::File { setting: MAIL_CA_FILE.key, path: path.clone(), complaint };
        let pem = fs::read(path).map_err(|cause| unusable(format!("cannot be read: {cause}.")))?;
        let none = || unusable("holds no certificate in PEM form.".to_owned());
        if !pem.windows(BEGINNING.len()).any(|part| part == BEGINNING) {
            return Err(none());
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|_| none())?);
    }
    builder.build_rustls().map_err(|cause| StartError::Setting {
        setting: MAIL_SERVER.key,
        complaint: format!("TLS cannot be made ready: {cause}."),
    })
}

/// Bytes: far more than any password has.
const LONGEST_PASSWORD: usize = 4 * 1_024;

const BEGINNING: &[u8] = b"-----BEGIN CERTIFICATE-----";

fn credentials(login: &MailLogin) -> Result<Credentials, StartError> {
    let path = login.password_file.as_path();
    let file = SecretFile {
        setting: MAIL_PASSWORD_FILE.key,
        path,
        sharing: Sharing::GroupReads,
        holds: "holds the password of mail.user",
    };
    let text = file.read_text(LONGEST_PASSWORD)?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(file.refusal("is empty. It must hold the password of mail.user."));
    }
    if let Some(flaw) = quality::flaw_of_text(password) {
        return Err(file.refusal(format!("{flaw}. It must hold the password of mail.user.")));
    }
    Ok(Credentials::new(login.user.clone(), password.to_owned()))
}

/// What the server or the network said, in one line.
fn complaint(cause: &lettre::transport::smtp::Error) -> String {
    header_text(&cause.to_string())
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.way {
            Way::Folder(_) => "Transport(folder)",
            Way::Server(_) => "Transport(server)",
        })
    }
}
