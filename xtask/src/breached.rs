//! Makes the list of leaked passwords that the server carries, from lists of words with one password a
//! line. What it is good for and where the words come from is told in `docs/breached-passwords.md`.

use std::collections::BTreeSet;
use std::fs;

use crate::failure::{Failure, Outcome, While as _};
use crate::workspace::Workspace;

#[path = "../../src/server/password/breached/form.rs"]
mod form;

use form::{BUCKETS, MAGIC, REST, SHORTEST, digest, folded};

/// In bytes: more would weigh on every copy of the program.
const LARGEST: usize = 2_000_000;

/// Reads the lists, and writes ours.
pub fn write(workspace: &Workspace, sources: &[&str]) -> Outcome {
    if sources.is_empty() {
        return Err(Failure::new("breached-list wants the files to read, one password a line."));
    }
    let mut digests = BTreeSet::new();
    let mut read = 0_usize;
    for source in sources {
        let bytes = fs::read(source).while_doing(|| format!("read {source}"))?;
        for line in bytes.split(|byte| *byte == b'\n') {
            let Ok(password) = str::from_utf8(line) else { continue };
            let password = folded(password.trim_end_matches('\r'));
            read += 1;
            if password.chars().nth(SHORTEST - 1).is_some() {
                digests.insert(digest(&password));
            }
        }
    }
    let file = packed(&digests)?;
    if file.len() > LARGEST {
        return Err(Failure::new(format!("the list would have {} bytes, and may have {LARGEST}.", file.len())));
    }
    fs::write(workspace.breached_list(), &file).while_doing(|| "write the list".to_owned())?;
    let one_in = 256_u64.pow(5) / u64::try_from(digests.len().max(1)).unwrap_or(u64::MAX);
    println!("{read} lines read, {} passwords kept, {} bytes, one in {one_in} others taken for one", digests.len(), file.len());
    Ok(())
}

fn packed(digests: &BTreeSet<(u16, [u8; REST])>) -> Result<Vec<u8>, Failure> {
    let mut counts = vec![0_u8; BUCKETS];
    for (bucket, _) in digests {
        let count = &mut counts[usize::from(*bucket)];
        *count = count.checked_add(1).ok_or_else(|| Failure::new("there are more passwords than the format holds."))?;
    }
    let rests = digests.iter().flat_map(|(_, rest)| *rest).collect();
    Ok([MAGIC.to_vec(), counts, rests].concat())
}
