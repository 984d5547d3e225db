//! How the server shakes hands, whatever its certificate: TLS 1.3 and 1.2 with the cipher suites of
//! Mozilla's intermediate profile, HTTP/2 before HTTP/1.1, no early data, and session tickets whose
//! keys change every six hours and are never written down.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::ResolvesServerCert;
use rustls::version::{TLS12, TLS13};

/// The protocols offered, in our order of preference (RFC 7301).
pub const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Each configuration has ticket keys of its own, so what was agreed under a former certificate is
/// not taken up under the next.
///
/// # Errors
/// When the system gives no random numbers.
pub fn server_config(certificates: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    // Ours come strongest first; which one is taken is not for whoever stands in between to influence.
    config.ignore_client_order = true;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    // Requests in early data could be played again (RFC 8470).
    config.max_early_data_size = 0;
    config.ticketer = ring::Ticketer::new()?;
    Ok(config)
}
