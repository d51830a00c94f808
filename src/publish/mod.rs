//! Bytes → files that readers may open at any time: whole, or as they were.

mod hub;
mod shelf;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use thiserror::Error;

pub use hub::Hub;
pub use shelf::{Copy, Shelf, archived};

/// How the names of files begin that are not whole yet.
const UNFINISHED: &str = ".publishing-";

/// Why a file could not be published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The system refused.
    #[error("cannot write {path}: {source}; what stood there before still does")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The hub was not told.
    #[error("the hub {url} was not told: {reason}; readers find the change when they poll")]
    Hub {
        /// The hub.
        url: String,
        /// The client's reason.
        reason: String,
    },
    /// The writing task ended badly.
    #[error("writing {0} was interrupted")]
    Interrupted(PathBuf),
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The file is new or has new bytes.
    Written,
    /// The same bytes stood there already; the file was not touched.
    Unchanged,
}

/// Writes into one directory, and onto a shelf where one is served from.
#[derive(Debug, Clone)]
pub struct Publisher {
    directory: PathBuf,
    shelf: Option<Shelf>,
    hub: Option<Hub>,
}

impl Publisher {
    /// A publisher into `directory`, which is made when first needed.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, shelf: None, hub: None }
    }

    /// This one, telling `hub` of what changes.
    #[must_use]
    pub fn with_hub(mut self, hub: Option<Hub>) -> Self {
        self.hub = hub;
        self
    }

    /// This one, and what it puts on the shelf as it publishes: to begin with, what stands in its directory.
    pub fn serving(mut self) -> Result<(Self, Shelf), PublishError> {
        let copies = Shelf::of(self.directory.clone());
        let failed = |source| PublishError::Write { path: self.directory.clone(), source };
        copies.load().map_err(failed)?;
        self.shelf = Some(copies.clone());
        Ok((self, copies))
    }

    /// The same where one before it has published onto `shelf`: they share it, unless this one has another directory.
    pub fn sharing(mut self, shelf: &Shelf) -> Result<(Self, Shelf), PublishError> {
        if !shelf.is_of(&self.directory) {
            return self.serving();
        }
        self.shelf = Some(shelf.clone());
        Ok((self, shelf.clone()))
    }

    /// Tells the hub that `topics` have changed.
    pub async fn announce(&self, topics: &[String]) -> Result<(), PublishError> {
        match &self.hub {
            Some(hub) if !topics.is_empty() => hub.ping(topics).await,
            _ => Ok(()),
        }
    }

    /// Clears what a killed process left half-written; what cannot be cleared harms nobody.
    pub fn clear_leftovers(&self) {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten();
        for entry in entries.filter_map(Result::ok) {
            if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Where files go.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether a file of this name stands there.
    pub fn has(&self, name: &str) -> bool {
        self.directory.join(name).exists()
    }

    /// Publishes `bytes` as `name`, unless something stands there: a page of an archive never changes. It is read from its
    /// file when somebody asks, which is seldom.
    pub async fn publish_once(&self, name: &str, bytes: Vec<u8>) -> Result<(), PublishError> {
        if self.has(name) {
            return Ok(());
        }
        let path = self.directory.join(name);
        let target = path.clone();
        tokio::task::spawn_blocking(move || replace(&target, &bytes))
            .await
            .map_err(|_| PublishError::Interrupted(path.clone()))?
            .map(|_| ())
            .map_err(|source| PublishError::Write { path, source })
    }

    /// Publishes `bytes` as `name`.
    pub async fn publish(&self, name: &str, bytes: Vec<u8>) -> Result<Outcome, PublishError> {
        let path = self.directory.join(name);
        let target = path.clone();
        let copies = self.shelf.clone().map(|copies| (copies, name.to_owned()));
        tokio::task::spawn_blocking(move || place(&target, &bytes, copies))
            .await
            .map_err(|_| PublishError::Interrupted(path.clone()))?
            .map_err(|source| PublishError::Write { path, source })
    }
}

/// On disk first: what is served has been written.
fn place(path: &Path, bytes: &[u8], shelf: Option<(Shelf, String)>) -> std::io::Result<Outcome> {
    let outcome = replace(path, bytes)?;
    if let Some((shelf, name)) = shelf
        && (outcome == Outcome::Written || shelf.get(&name).is_none())
    {
        let modified = std::fs::metadata(path).and_then(|m| m.modified());
        shelf.put(&name, bytes, modified.unwrap_or(SystemTime::UNIX_EPOCH))?;
    }
    Ok(outcome)
}

/// A file beside the target, synced, then renamed over it: a reader or a power cut never meets half a feed.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<Outcome> {
    if std::fs::read(path).is_ok_and(|standing| standing == bytes) {
        return Ok(Outcome::Unchanged);
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mut file = temporary(directory)?;
    file.write_all(bytes)?;
    date_after(path, file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(directory)?.sync_all()?;
    Ok(Outcome::Written)
}

/// HTTP dates count seconds, and some readers throw away an answer that is not newer than what they have, whatever its `ETag`:
/// a second change within one second is dated into the next.
fn date_after(standing: &Path, file: &std::fs::File) -> std::io::Result<()> {
    let seconds = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    };
    let Ok(before) = std::fs::metadata(standing).and_then(|standing| standing.modified()) else {
        return Ok(());
    };
    if seconds(file.metadata()?.modified()?) > seconds(before) {
        return Ok(());
    }
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds(before) + 1))
}

fn temporary(directory: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A web server under another user reads it.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    builder.tempfile_in(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_leave_the_file_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("feeds/all.rss");
        assert_eq!(replace(&path, b"one").unwrap(), Outcome::Written);
        let first = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(replace(&path, b"one").unwrap(), Outcome::Unchanged);
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), first);
        assert_eq!(replace(&path, b"two").unwrap(), Outcome::Written);
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn each_change_is_dated_a_second_or_more_after_the_one_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.rss");
        let mut seconds = Vec::new();
        for bytes in ["one", "two", "three"] {
            replace(&path, bytes.as_bytes()).unwrap();
            let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
            seconds.push(modified.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
        }
        assert!(seconds.windows(2).all(|pair| pair[0] < pair[1]), "{seconds:?}");
    }

    #[test]
    fn a_reader_never_meets_half_a_feed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.rss");
        let versions = ["a".repeat(300_000), "b".repeat(200_000)];
        replace(&path, versions[0].as_bytes()).unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for turn in 0..200 {
                    replace(&path, versions[turn % 2].as_bytes()).unwrap();
                }
            });
            while !writer.is_finished() {
                let seen = std::fs::read_to_string(&path).unwrap();
                assert!(versions.contains(&seen), "{} bytes", seen.len());
            }
        });
    }

    #[test]
    fn what_a_killed_process_left_is_cleared() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(".publishing-x1"), "half").unwrap();
        std::fs::write(directory.path().join("all.rss"), "whole").unwrap();
        Publisher::new(directory.path().to_owned()).clear_leftovers();
        let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn nothing_is_left_behind_when_writing_fails() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.rss");
        std::fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"bytes").is_err(), "a directory stands there");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
