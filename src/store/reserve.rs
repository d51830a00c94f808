//! Space that is set aside beside a SQLite file. On a full disk SQLite cannot even delete; this is given up so that
//! retention can.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What deleting a few thousand rows writes to the log.
const SIZE: usize = 16 << 20;

/// The reserve of a store.
#[derive(Debug, Clone)]
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn of(database: &Path) -> Self {
        Self(super::sqlite::beside(database, ".reserve"))
    }

    /// Sets the space aside where it is not yet; `false` where there is too little.
    pub(super) fn keep(&self) -> bool {
        let is_kept = fs::metadata(&self.0).is_ok_and(|file| file.len() == SIZE as u64);
        is_kept || self.fill().inspect_err(|_| drop(fs::remove_file(&self.0))).is_ok()
    }

    fn fill(&self) -> io::Result<()> {
        let mut file = File::create(&self.0)?;
        // Not zeros, which some file systems keep nowhere.
        let block = vec![0x5a; 1 << 16];
        for _ in 0..SIZE / block.len() {
            file.write_all(&block)?;
        }
        file.sync_all()
    }

    /// Gives the space back to the disk; `false` where there is none.
    pub(super) fn give_up(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_given_up_and_kept_again() {
        let directory = tempfile::tempdir().unwrap();
        let reserve = Reserve::of(&directory.path().join("press.db"));
        assert!(!reserve.give_up());
        assert!(reserve.keep() && reserve.keep());
        let file = directory.path().join("press.db.reserve");
        assert_eq!(fs::metadata(&file).unwrap().len(), SIZE as u64);
        assert!(reserve.give_up() && !file.exists());
        assert!(reserve.keep());
    }
}
