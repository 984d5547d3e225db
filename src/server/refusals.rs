//! Why the program turned somebody away before any page or act was asked: counted here by kind, in one place for
//! connections and requests alike. Those of requests are also written into the log of security events, by whoever looks at
//! answers last; of connections there are too many for that.
//!
//! **Promise.** A kind is a fixed word; nothing that a client sent is ever part of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// The reasons, in the order in which a connection and a request meet them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The client's network holds as many connections as one may.
    NetworkFull,
    /// The program holds as many connections as it may.
    ServerFull,
    /// The TLS handshake failed or took too long.
    Handshake,
    /// A declared proxy sent no readable address of its client.
    ProxyHeader,
    /// A request for a host that is not ours.
    ForeignHost,
    /// A change that did not begin on a page of ours.
    ForeignOrigin,
    /// A content type or an encoding that the address does not take.
    MediaType,
    /// A body, a header or an address beyond its limit.
    TooLarge,
    /// A form of too many fields, or nested too deeply.
    TooComplex,
    /// A request that was sent, or answered, too slowly.
    TooSlow,
    /// More was asked at once than can be done.
    Overload,
}

impl Refusal {
    pub const ALL: [Self; 11] = [
        Self::NetworkFull,
        Self::ServerFull,
        Self::Handshake,
        Self::ProxyHeader,
        Self::ForeignHost,
        Self::ForeignOrigin,
        Self::MediaType,
        Self::TooLarge,
        Self::TooComplex,
        Self::TooSlow,
        Self::Overload,
    ];

    /// The word for logs and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NetworkFull => "network-full",
            Self::ServerFull => "server-full",
            Self::Handshake => "handshake",
            Self::ProxyHeader => "proxy-header",
            Self::ForeignHost => "foreign-host",
            Self::ForeignOrigin => "foreign-origin",
            Self::MediaType => "media-type",
            Self::TooLarge => "too-large",
            Self::TooComplex => "too-complex",
            Self::TooSlow => "too-slow",
            Self::Overload => "overload",
        }
    }

    /// An answer that says why. The layer outside all others finds the reason in its extensions, counts and logs it.
    #[must_use]
    pub fn answer(self, status: StatusCode, words: &'static str) -> Response {
        self.mark((status, words).into_response())
    }

    /// Marks an answer that somebody else made.
    #[must_use]
    pub fn mark(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// How often each of them happened since the program started. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Refusals(Arc<[AtomicU64; Refusal::ALL.len()]>);

impl Refusals {
    pub fn count(&self, refusal: Refusal) {
        self.0[refusal as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Every kind with its number.
    pub fn counts(&self) -> impl Iterator<Item = (Refusal, u64)> + '_ {
        Refusal::ALL.into_iter().map(|refusal| (refusal, self.0[refusal as usize].load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_for_itself_by_all_clones() {
        let refusals = Refusals::default();
        for refusal in Refusal::ALL {
            for _ in 0..=refusal as usize {
                refusals.clone().count(refusal);
            }
        }
        let expected = Refusal::ALL.into_iter().zip(1..);
        assert!(refusals.counts().eq(expected));
    }

    #[test]
    fn no_two_kinds_share_a_word() {
        let words: std::collections::BTreeSet<_> = Refusal::ALL.into_iter().map(Refusal::word).collect();
        assert_eq!(words.len(), Refusal::ALL.len());
    }
}
