//! A Maildir that bounces are delivered to: what is new in it, and where it goes once it was read.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::mailbox::LONGEST_LETTER;

/// A Maildir.
#[derive(Debug, Clone)]
pub struct Maildir(PathBuf);

/// Letters in it that nobody read yet.
#[derive(Debug)]
pub(super) struct Round {
    maildir: PathBuf,
    waiting: std::vec::IntoIter<PathBuf>,
    current: Option<PathBuf>,
}

impl Maildir {
    /// The one at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn round(&self, limit: usize) -> Result<Round, String> {
        let waiting = listed(&self.0.join("new"), limit).map_err(|error| error.to_string())?;
        Ok(Round { maildir: self.0.clone(), waiting: waiting.into_iter(), current: None })
    }
}

fn listed(directory: &Path, limit: usize) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.take(limit);
    let mut paths: Vec<_> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

impl Round {
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.current = self.waiting.next();
        let Some(path) = &self.current else { return Ok(None) };
        let mut letter = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LONGEST_LETTER.into()).read_to_end(&mut letter))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Some(letter))
    }

    pub(super) fn done(&mut self) -> Result<(), String> {
        let Some(path) = self.current.take() else { return Ok(()) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The form of the name is the Maildir's own: what was seen stands in cur/ with an S behind it.
        let read = self.maildir.join("cur").join(format!("{name}:2,S"));
        fs::rename(&path, &read).map_err(|error| format!("{}: {error}", read.display()))
    }
}
