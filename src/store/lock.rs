//! The lock that makes a SQLite file one process's own, and the mark by which its next owner sees how the last one ended.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;

use super::StoreError;

/// Held as long as this process may write.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    /// Whether its last owner went without letting go.
    pub(super) was_left: bool,
}

impl Lock {
    /// Takes the store for this process: SQLite has one writer, and what is `sending` must be this process's own.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Directory { path: path.to_owned(), source };
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        // Not truncated: what stands in it is the mark of whoever holds it now.
        let options = options.create(true).truncate(false).read(true).write(true);
        let mut file = options.open(super::sqlite::beside(path, ".lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse { path: path.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let was_left = file.metadata().map_err(failed)?.len() > 0;
        // On a full disk there is no mark, and the store opens all the same.
        let _ = file.write_all(b"open\n");
        Ok(Self { file, was_left })
    }

    /// Lets another process write.
    pub(super) fn release(&self) {
        // The file's last handle would release it as well; clones of the store may live longer.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}
