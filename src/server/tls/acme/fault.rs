//! Why there is no new certificate.

use std::fmt;
use std::io;

use instant_acme::Problem;
use thiserror::Error;

use super::super::state::log_safe;
use crate::server::config::acme::ChallengeKind;

#[derive(Debug, Error)]
pub enum Fault {
    #[error("{}", in_words(.0))]
    Acme(#[from] instant_acme::Error),
    #[error("the authority could not see that {name} is ours: {}", problem(.why))]
    Refused { name: String, why: Problem },
    #[error("the authority refuses the order and does not say why")]
    RefusedSilently,
    #[error("the authority offers no challenge {}; choose another tls.acme_challenge", word(*.0))]
    NoChallenge(ChallengeKind),
    #[error("the authority's answer is no certificate for our names and key")]
    Unfit,
    #[error("it took too long")]
    TooLong,
    #[error("a key or a request could not be made: {0}")]
    Making(#[from] rcgen::Error),
    #[error("a certificate cannot be used: {0}")]
    Using(#[from] rustls::Error),
    #[error("the folder tls/acme in the data folder cannot be written: {0}")]
    Cache(#[from] io::Error),
}

impl Fault {
    /// A sentence that may be printed.
    pub fn told(&self) -> String {
        log_safe(&self.to_string())
    }

    /// The kind of the problem, as the authority names it (RFC 8555, section 6.7).
    pub fn is_problem(&self, kind: &str) -> bool {
        let (Self::Acme(instant_acme::Error::Api(problem)) | Self::Refused { why: problem, .. }) = self else {
            return false;
        };
        problem.r#type.as_deref().is_some_and(|it| it.strip_prefix("urn:ietf:params:acme:error:") == Some(kind))
    }
}

fn in_words(error: &instant_acme::Error) -> String {
    match error {
        instant_acme::Error::Api(refusal) => format!("the authority refuses: {}", problem(refusal)),
        other => format!("asking the authority has failed: {other}"),
    }
}

fn problem(problem: &Problem) -> impl fmt::Display {
    let detail = problem.detail.as_deref().unwrap_or("no reason is given");
    let kind = problem.r#type.as_deref().unwrap_or("about:blank");
    let parts: Vec<String> = problem.subproblems.iter().map(ToString::to_string).collect();
    let separator = if parts.is_empty() { "" } else { "; " };
    format!("{detail} ({kind}){separator}{}", parts.join("; "))
}

pub const fn word(kind: ChallengeKind) -> &'static str {
    match kind {
        ChallengeKind::TlsAlpn => "tls-alpn-01",
        ChallengeKind::Http => "http-01",
    }
}
