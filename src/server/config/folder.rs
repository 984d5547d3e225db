//! The data folder: made at the first start with mode 0700, and claimed by one process at a time
//! while its database is SQLite.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::{Data, Database};
use crate::server::start_error::StartError;

const LOCK_FILE: &str = "locutory.lock";

/// The right to change what is in the folder; given back when dropped, also by a crash.
#[derive(Debug)]
pub struct FolderClaim(#[expect(dead_code, reason = "the lock lasts as long as the file")] File);

/// Makes the folder where there is none, and finds out whether it can be written.
///
/// # Errors
/// [`StartError::DataFolder`] when it cannot be made or written.
pub fn prepare(data: &Data) -> Result<(), StartError> {
    make(&data.folder).and_then(|()| open_lock_file(&data.folder)).map(drop).map_err(|cause| unusable(&data.folder, cause))
}

/// Prepares the folder and claims it for this process. With PostgreSQL several servers may share
/// a folder, so nothing is claimed then.
///
/// # Errors
/// [`StartError::DataFolder`] as for [`prepare`], and [`StartError::DataFolderInUse`] while
/// another process has the claim.
pub fn claim(data: &Data) -> Result<FolderClaim, StartError> {
    let folder = &data.folder;
    prepare(data)?;
    let mut file = open_lock_file(folder).map_err(|cause| unusable(folder, cause))?;
    if matches!(data.database, Database::Postgres { .. }) {
        return Ok(FolderClaim(file));
    }
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StartError::DataFolderInUse { path: folder.clone(), holder: holder(&mut file) });
        }
        Err(TryLockError::Error(cause)) => return Err(unusable(folder, cause)),
    }
    sign(&mut file).map_err(|cause| unusable(folder, cause))?;
    Ok(FolderClaim(file))
}

fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        warn_if_open_to_others(folder)?;
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// An existing folder is the operator's, so its mode is left alone.
fn warn_if_open_to_others(folder: &Path) -> io::Result<()> {
    let mode = fs::metadata(folder)?.mode() & 0o777;
    if mode & 0o007 != 0 {
        tracing::warn!(
            folder = %folder.display(),
            mode = format!("{mode:o}"),
            "the data folder is open to other users of this machine; run `chmod 700` on it"
        );
    }
    Ok(())
}

fn open_lock_file(folder: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(folder.join(LOCK_FILE))
}

/// Leaves our process id for whoever is refused.
fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> String {
    const LONGEST_PROCESS_ID: u64 = 20;
    let mut text = String::new();
    match file.take(LONGEST_PROCESS_ID).read_to_string(&mut text) {
        Ok(length) if length > 0 => format!(" (process {})", text.trim()),
        _ => String::new(),
    }
}

fn unusable(folder: &Path, cause: io::Error) -> StartError {
    StartError::DataFolder { path: folder.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{accounts::model::Secret, server::config::data::Network};

    fn sqlite_in(folder: &Path) -> Data {
        Data { folder: folder.to_owned(), database: Database::Sqlite { file: folder.join("locutory.db") }, connections: 1 }
    }

    #[test]
    fn a_new_folder_is_closed_to_others() {
        let outer = tempfile::tempdir().unwrap();
        let data = sqlite_in(&outer.path().join("deep/data"));
        prepare(&data).unwrap();
        assert_eq!(fs::metadata(&data.folder).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_second_process_is_told_who_has_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let data = sqlite_in(folder.path());
        let first = claim(&data).unwrap();
        let refusal = claim(&data).unwrap_err().to_string();
        let holder = format!("process {}", std::process::id());
        assert!(refusal.contains(&holder), "{refusal}");
        drop(first);
        claim(&data).unwrap();
    }

    #[test]
    fn servers_on_postgresql_may_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let data = Data {
            database: Database::Postgres {
                address: Secret::new("postgres://h/d".to_owned()),
                masked: String::new(),
                network: Network::Trusted,
            },
            ..sqlite_in(folder.path())
        };
        let _first = claim(&data).unwrap();
        claim(&data).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let data = sqlite_in(&file.join("data"));
        let refusal = prepare(&data).unwrap_err().to_string();
        assert!(refusal.starts_with("data.folder:"), "{refusal}");
        assert!(refusal.contains(&*file.to_string_lossy()), "{refusal}");
    }
}
