//! A store as one SQLite file that can be carried away, and back again. Neither ever shows a half-written file under its
//! final name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::engine::{Db, Lease, on};
use super::lock::Lock;
use super::sqlite::{self, beside};
use super::{Place, Store, StoreError, migrations};

/// Files that SQLite and we keep beside a database.
const COMPANIONS: [&str; 4] = ["-wal", "-shm", ".lock", ".reserve"];

impl Store {
    /// Writes all of it, as it is at one instant, into the new SQLite file `file`, while others go on writing to the store.
    pub async fn backup(&self, file: &Path) -> Result<u64, StoreError> {
        let failed = |source| StoreError::Directory { path: file.to_owned(), source };
        let partial = beside(file, ".partial");
        if file.exists() {
            return Err(StoreError::Exists { path: file.to_owned() });
        }
        remove(&partial).map_err(failed)?;
        match &self.db {
            Db::Sqlite { .. } => self.vacuum_into(&partial).await?,
            Db::Postgres(_) => {
                let copy = Self::open(&Place::File(partial.clone())).await?;
                let carried = self.carry_into(&copy).await;
                copy.close().await;
                carried?;
            }
        }
        check(&partial).await?;
        let size = settle(&partial, file).map_err(failed)?;
        remove(&partial).map_err(failed)?;
        Ok(size)
    }

    async fn vacuum_into(&self, file: &Path) -> Result<(), StoreError> {
        let mut lease = self.read().await?;
        let name = file.to_string_lossy().into_owned();
        on!(&mut lease.conn(), x => sqlx::query("VACUUM INTO $1").bind(name).execute(x).await.map(drop))?;
        Ok(())
    }
}

/// Makes the store at `place` what `backup` holds. A SQLite file that is there is set aside, and its new name given; a
/// PostgreSQL database must be empty.
pub async fn restore(place: &Place, backup: &Path) -> Result<Option<PathBuf>, StoreError> {
    check(backup).await?;
    match place {
        Place::File(path) => {
            let lock = Lock::take(path)?;
            let aside = put_in_place(path, backup)
                .map_err(|source| StoreError::Directory { path: path.clone(), source })?;
            lock.release();
            Ok(aside)
        }
        Place::Server(_) => {
            let failed = |source| StoreError::Directory { path: backup.to_owned(), source };
            // A copy: an older schema is brought up to date, and the backup stays what it is.
            let directory = tempfile::tempdir().map_err(failed)?;
            let copy = directory.path().join("backup.db");
            fs::copy(backup, &copy).map_err(failed)?;
            let from = Store::open(&Place::File(copy)).await?;
            let into = Store::open(place).await?;
            let carried = from.carry_into(&into).await;
            from.close().await;
            into.close().await;
            carried.map(|_| None)
        }
    }
}

/// The order matters for a kill in between: at any instant there is the old store, none, or the new one. A log that stands
/// alone is nobody's: SQLite throws it away.
fn put_in_place(path: &Path, backup: &Path) -> io::Result<Option<PathBuf>> {
    let coming = beside(path, ".restoring");
    fs::copy(backup, &coming)?;
    let is_there = path.exists();
    let mut names = (1..).map(|number| beside(path, &format!(".replaced-{number}")));
    let aside = names.find(|name| !name.exists()).filter(|_| is_there);
    if let Some(aside) = &aside {
        for companion in ["", "-wal"] {
            let old = beside(path, companion);
            if old.exists() {
                fs::rename(old, beside(aside, companion))?;
            }
        }
    }
    for companion in ["-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, companion));
    }
    settle(&coming, path)?;
    Ok(aside)
}

/// Gives a whole file its final name, on the disk as well; its size.
fn settle(partial: &Path, file: &Path) -> io::Result<u64> {
    let written = File::open(partial)?;
    written.sync_all()?;
    fs::rename(partial, file)?;
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(written.metadata()?.len())
}

/// Removes a file that was not finished, with what belongs to it.
fn remove(partial: &Path) -> io::Result<()> {
    for companion in COMPANIONS.into_iter().chain([""]) {
        match fs::remove_file(beside(partial, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Whether `file` is a whole store that this program can read.
async fn check(file: &Path) -> Result<(), StoreError> {
    let pool = sqlite::open_as_it_is(file).await?;
    let mut lease = Lease::Sqlite(pool.acquire().await?);
    let checked = async {
        sqlite::check_integrity(&mut lease.conn(), file).await?;
        match migrations::check(&mut lease.conn(), &file.display().to_string()).await {
            // It is brought up to date when it is opened.
            Err(StoreError::Older { .. }) => Ok(()),
            other => other,
        }
    }
    .await;
    drop(lease);
    pool.close().await;
    checked
}
