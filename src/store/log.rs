//! Commits of SQLite that share their wait for the disk.
//!
//! SQLite itself is told not to wait (`synchronous = NORMAL`): a commit then stands in the log file, safe from a kill but
//! not from a power cut. It counts as done when the log file has been written out, and one writing out serves every commit
//! that came before it began. With one writer at a time this is what lets many small transactions be durable at once.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// The log file beside a database.
#[derive(Debug, Clone)]
pub struct Log(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    commits: AtomicU64,
    /// Up to which commit everything is on the disk; whoever holds it is writing out.
    durable: Mutex<u64>,
}

impl Log {
    pub(super) fn of(database: &Path) -> Self {
        let path = super::sqlite::beside(database, "-wal");
        Self(Arc::new(Inner { path, commits: AtomicU64::new(0), durable: Mutex::new(0) }))
    }

    /// Bytes that it has: what commits have brought since the database took the last of them in, and at most
    /// [`super::sqlite::LOG_LIMIT`] more. The database takes nothing in that a reader may still have to pass over.
    pub(super) fn bytes(&self) -> u64 {
        std::fs::metadata(&self.0.path).map_or(0, |log| log.len())
    }

    /// Makes the commit that was just done last, and with it all before it.
    pub(super) async fn write_out(&self) -> io::Result<()> {
        let inner = &self.0;
        let ours = inner.commits.fetch_add(1, Ordering::SeqCst) + 1;
        let mut durable = inner.durable.lock().await;
        if *durable >= ours {
            return Ok(());
        }
        let covered = inner.commits.load(Ordering::SeqCst);
        let path = inner.path.clone();
        tokio::task::spawn_blocking(move || write_out(&path)).await.map_err(io::Error::other)??;
        *durable = covered;
        Ok(())
    }
}

/// The file is opened anew each time: SQLite makes another when its last connection has gone. Locks that SQLite holds are on
/// other files, so that closing this one ends none of them.
fn write_out(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_data(),
        // Whoever closed it wrote everything into the database first.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
