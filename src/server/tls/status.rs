//! What `locutory tls status` tells: read from the files alone, so that it works beside a running
//! server and without one.

use std::fmt::Write;

use super::acme::cache::Cache;
use super::acme::{self, schedule};
use super::certificate::Certificate;
use super::pair::PairFiles;
use super::self_signed::SelfSigned;
use super::state::Phase;
use crate::moment::Moment;
use crate::server::config::acme::Acme;
use crate::server::config::{Config, Tls};

/// Lines for an operator, and whether somebody should do something.
#[derive(Debug)]
pub struct Report {
    pub text: String,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    WellKept,
    /// Something is wrong, or ends within days.
    NeedsCare,
}

/// Looks at the certificate that is, or would be, served.
#[must_use]
pub fn report(config: &Config, now: Moment) -> Report {
    let mut report = Report { text: String::new(), verdict: Verdict::WellKept };
    match &config.tls {
        Tls::Off => report.line("Source", "none: tls.mode is \"off\""),
        Tls::Files { certificate, key } => {
            report.line("Source", "files of yours (tls.mode = \"files\")");
            report.pair(&PairFiles::of_operator(certificate, key), now);
            report.line("Renewed", "by you: the files are read again when they change");
        }
        Tls::SelfSigned => {
            let own = SelfSigned::of(config);
            report.line("Source", "an authority of our own (tls.mode = \"self-signed\")");
            report.line("Authority", &format!("{} (give this file to browsers)", own.authority_file().display()));
            report.pair(own.files(), now);
            report.line("Renewed", "by the server, 30 days before the end");
        }
        Tls::Acme(settings) => report.acme(config, settings, now),
    }
    report
}

impl Report {
    fn line(&mut self, name: &str, what: &str) {
        writeln!(self.text, "{name:<10} {what}").expect("a String takes every text");
    }

    fn trouble(&mut self, name: &str, what: &str) {
        self.line(name, what);
        self.verdict = Verdict::NeedsCare;
    }

    fn pair(&mut self, files: &PairFiles, now: Moment) {
        let problems = files.problems();
        for problem in &problems {
            self.trouble("Problem", &problem.to_string());
        }
        if let (true, Ok(certificate)) = (problems.is_empty(), files.read().and_then(|pair| pair.certificate())) {
            self.certificate(&certificate, now);
        }
    }

    fn certificate(&mut self, certificate: &Certificate, now: Moment) {
        let names: Vec<&str> = certificate.names.iter().map(String::as_str).collect();
        self.line("Names", &names.join(", "));
        self.line("Issuer", &certificate.issuer);
        self.line("From", &certificate.begins.to_rfc3339());
        self.line("Until", &certificate.ends.to_rfc3339());
        if certificate.ends <= now {
            self.trouble("Problem", "the certificate has ended; browsers refuse it");
        } else if certificate.ends_soon(now) {
            self.trouble("Problem", "the certificate ends soon");
        }
    }

    fn acme(&mut self, config: &Config, settings: &Acme, now: Moment) {
        let cache = Cache::of(&config.data.folder);
        self.line("Source", &format!("{} (tls.mode = \"acme\")", settings.directory.as_str()));
        let issued = cache.look_at_issued();
        match &issued {
            Some((issued, usable)) => {
                self.certificate(&usable.certificate, now);
                let wanted = acme::names(config, settings).into_iter().collect();
                if usable.certificate.names != wanted || issued.directory != settings.directory.as_str() {
                    self.trouble("Problem", "names or authority have changed since; the server asks for a new one");
                } else {
                    self.line("Renewed", &format!("by the server, at {}", schedule::renewal(usable).to_rfc3339()));
                }
            }
            None => self.trouble("Problem", "there is no certificate yet; the running server asks for one"),
        }
        let Some(state) = cache.look_at_state() else { return };
        if let Phase::Waiting { again } = state.phase {
            self.line("Next try", &again.to_rfc3339());
        }
        if let Some(failure) = state.failure {
            let told = format!("{}, {} time(s) in a row: {}", failure.at.to_rfc3339(), failure.in_a_row, failure.told);
            self.trouble("Failure", &told);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::time::Duration;

    use time::OffsetDateTime;

    use super::*;
    use crate::server::config::catalogue::{DATA_FOLDER, SITE_ADDRESS, Setting, TLS_CERTIFICATE, TLS_KEY, TLS_MODE};
    use crate::server::config::{Flag, Sources};

    const DAY: Duration = Duration::from_hours(24);

    fn config(folder: &Path, mode: &str, settings: &[(&'static Setting, &str)]) -> Config {
        let flag = |(setting, value): (&'static Setting, &str)| Flag { setting, name: "--test", value: value.to_owned() };
        let data = folder.display().to_string();
        let usual = [(&DATA_FOLDER, data.as_str()), (&TLS_MODE, mode), (&SITE_ADDRESS, "https://talk.example.org")];
        let flags = usual.into_iter().chain(settings.iter().copied()).map(flag).collect();
        Config::load(Sources::of_flags(flags)).unwrap()
    }

    fn now() -> Moment {
        OffsetDateTime::now_utc().into()
    }

    #[test]
    fn the_status_of_our_own_authority_says_where_browsers_find_it() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), "self-signed", &[]);
        assert_eq!(report(&config, now()).verdict, Verdict::NeedsCare, "there is no certificate");
        crate::server::tls::prepare(&config).unwrap();
        let told = report(&config, now());
        assert_eq!(told.verdict, Verdict::WellKept, "{}", told.text);
        for part in ["tls/authority.pem", "talk.example.org", "authority of this site alone"] {
            assert!(told.text.contains(part), "{part} missing: {}", told.text);
        }
        assert_eq!(report(&config, now().after(390 * DAY)).verdict, Verdict::NeedsCare, "it ends within days");
    }

    #[test]
    fn the_status_of_files_tells_what_does_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = [(); 2].map(|()| rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()).into();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (chain, key) = (path("chain.pem"), path("key.pem"));
        let config = config(folder.path(), "files", &[(&TLS_CERTIFICATE, &chain), (&TLS_KEY, &key)]);
        fs::write(&chain, one.cert.pem()).unwrap();
        fs::write(&key, one.signing_key.serialize_pem()).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(report(&config, now()).verdict, Verdict::WellKept);
        fs::write(&key, other.signing_key.serialize_pem()).unwrap();
        let told = report(&config, now());
        assert_eq!(told.verdict, Verdict::NeedsCare);
        assert!(told.text.contains("not the key of the certificate"), "{}", told.text);
    }
}
