//! Digests of content: they tell whether work is up to date, name files, and let a browser check what it was sent.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

/// The SHA-256 of several parts, in hexadecimal. Where one part ends and the next begins counts.
pub fn fingerprint<'content>(parts: impl IntoIterator<Item = &'content [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    hexadecimal(&digest.finalize())
}

/// Sixteen hexadecimal digits for a file's name: enough that two versions never share one.
pub fn short_name(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content)[..8])
}

/// The value of an `integrity` attribute (W3C Subresource Integrity).
pub fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("memory accepts every write");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_from_one_part_to_the_next_changes_the_fingerprint() {
        assert_ne!(fingerprint([b"ab".as_slice(), b"c"]), fingerprint([b"a".as_slice(), b"bc"]));
    }

    #[test]
    fn integrity_is_the_value_browsers_compute() {
        // SHA-384 of the empty message, FIPS 180-4.
        let empty = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(integrity(b""), empty);
    }

    #[test]
    fn a_short_name_has_sixteen_digits() {
        assert_eq!(short_name(b"anything").len(), 16);
    }
}
