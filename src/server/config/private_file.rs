//! Files that only the server's own user may read. They appear whole or not at all: written beside
//! their place, synced, and moved there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// What to do when the file exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it as it is and succeed.
    Keep,
    Replace,
}

/// Writes `bytes` to `path` with mode 0600.
///
/// # Errors
/// Whatever the system says, the full disk included; nothing is left behind then.
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let draft = path.with_file_name(name);
    let written = write_draft(&draft, bytes).and_then(|()| match existing {
        Existing::Replace => fs::rename(&draft, path),
        Existing::Keep => match fs::hard_link(&draft, path) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        },
    });
    match fs::remove_file(&draft) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => written.and(Err(cause)),
        _ => written,
    }
}

fn write_draft(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Who besides the owner may do something with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody: as we write our own files.
    OwnerOnly,
    /// The group may read: as container and service managers hand out secrets.
    GroupReads,
}

/// The permission bits that go beyond `sharing`, or `None` when the file is as private as asked.
///
/// # Errors
/// When the file's permissions cannot be read.
pub fn excess_permissions(file: &File, sharing: Sharing) -> io::Result<Option<u32>> {
    let beyond = match sharing {
        Sharing::OwnerOnly => 0o077,
        Sharing::GroupReads => 0o037,
    };
    let mode = file.metadata()?.mode() & 0o777;
    Ok((mode & beyond != 0).then_some(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_file_is_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write(&path, b"one", Existing::Replace).unwrap();
        let mode = fs::metadata(&path).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a draft was left");
    }

    #[test]
    fn a_file_is_kept_or_replaced_as_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write(&path, b"one", Existing::Keep).unwrap();
        write(&path, b"two", Existing::Keep).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"three", Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
    }
}
