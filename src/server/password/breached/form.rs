// How leaked passwords are written into the list and looked for in it. The build program compiles this
// file too (`cargo xtask breached-list`), so it knows nothing of the server.
//
// The list is a set of digests: SHA-256 of a password in its folded form, cut to 40 bits. They stand in
// order, in 65,536 buckets of the same first 16 bits, which are therefore left out:
//
// | bytes | what |
// | --- | --- |
// | 8 | the name of the format |
// | 65,536 | how many digests each bucket has |
// | 3 each | the rest of each digest |

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The name of the format, at the beginning of the file.
pub const MAGIC: &[u8; 8] = b"LOCBRL01";
pub const BUCKETS: usize = 65_536;
/// Bytes of a digest that are stored.
pub const REST: usize = 3;
/// In code points: shorter passwords are refused for their length.
pub const SHORTEST: usize = 8;

/// Letter case and width do not count.
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Where a folded password stands: its bucket, and the rest of its digest.
pub fn digest(folded: &str) -> (u16, [u8; REST]) {
    let [one, two, three, four, five, ..]: [u8; 32] = Sha256::digest(folded).into();
    (u16::from_be_bytes([one, two]), [three, four, five])
}
