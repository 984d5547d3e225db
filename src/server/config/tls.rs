//! Whether the server speaks TLS itself, and with which certificate.

use std::path::PathBuf;

use super::acme::Acme;
use super::catalogue::{TLS_CERTIFICATE, TLS_KEY, TLS_MODE};
use super::reader::Reader;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    Off,
    /// PEM files, read again whenever they change.
    Files {
        certificate: PathBuf,
        key: PathBuf,
    },
    /// A certificate of our own making, kept in the data folder.
    SelfSigned,
    /// A certificate that an authority issues over ACME (RFC 8555).
    Acme(Box<Acme>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Off,
    Files,
    SelfSigned,
    Acme,
}

impl Tls {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mode = reader.text(&TLS_MODE, parse_mode);
        let certificate = reader.optional_text(&TLS_CERTIFICATE, parse_path);
        let key = reader.optional_text(&TLS_KEY, parse_path);
        let acme = Acme::read(reader, mode == Mode::Acme);
        match (mode, certificate, key) {
            (Mode::Files, Some(certificate), Some(key)) => return Self::Files { certificate, key },
            (Mode::Files, certificate, key) => {
                for (setting, path, what) in
                    [(&TLS_CERTIFICATE, certificate, "certificate chain"), (&TLS_KEY, key, "private key")]
                {
                    if path.is_none() {
                        let needed = format!("must name the PEM file of the {what}, because tls.mode is \"files\".");
                        reader.complain(setting, needed);
                    }
                }
            }
            (_, None, None) => {}
            (_, certificate, _) => {
                let setting = if certificate.is_some() { &TLS_CERTIFICATE } else { &TLS_KEY };
                if !reader.has_problem_in(&["tls"]) {
                    reader.complain(setting, "is of no use unless tls.mode is \"files\". Set that, or remove this.");
                }
            }
        }
        match mode {
            Mode::SelfSigned => Self::SelfSigned,
            Mode::Acme => acme.map_or(Self::Off, |acme| Self::Acme(Box::new(acme))),
            Mode::Off | Mode::Files => Self::Off,
        }
    }
}

fn parse_mode(text: &str) -> Result<Mode, String> {
    match text {
        "off" => Ok(Mode::Off),
        "files" => Ok(Mode::Files),
        "self-signed" => Ok(Mode::SelfSigned),
        "acme" => Ok(Mode::Acme),
        _ => Err(format!("must be \"off\", \"files\", \"self-signed\" or \"acme\", not {text:?}.")),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "readers take functions that can refuse")]
fn parse_path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}
