//! A Maildir that bounces are delivered to: what is new in it, and where it goes once it was read.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::MailError;

/// Mail beyond this is not looked into: a bounce says in its first lines what it is about.
const LONGEST: u64 = 1024 * 1024;

/// A Maildir.
#[derive(Debug, Clone)]
pub struct Maildir(PathBuf);

/// A mail in it that nobody read yet.
#[derive(Debug)]
pub struct Letter {
    path: PathBuf,
    read: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Maildir {
    /// The one at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is, for people.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// At most `limit` mails that nobody read yet.
    pub fn new_letters(&self, limit: usize) -> Result<Vec<Letter>, MailError> {
        self.listed(limit).map_err(|error| MailError::Directory {
            path: self.0.join("new"),
            reason: error.to_string(),
        })
    }

    fn listed(&self, limit: usize) -> io::Result<Vec<Letter>> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(self.0.join("new"))?.take(limit) {
            paths.push(entry?.path());
        }
        paths.sort();
        paths.into_iter().map(|path| self.letter(path)).collect()
    }

    fn letter(&self, path: PathBuf) -> io::Result<Letter> {
        let mut bytes = Vec::new();
        std::fs::File::open(&path)?.take(LONGEST).read_to_end(&mut bytes)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The form of the name is the Maildir's own: what was seen stands in cur/ with an S behind it.
        let read = self.0.join("cur").join(format!("{name}:2,S"));
        Ok(Letter { path, read, bytes })
    }
}

impl Letter {
    /// It was read, and is kept for the operator.
    pub fn done(self) -> Result<(), MailError> {
        std::fs::rename(&self.path, &self.read)
            .map_err(|error| MailError::Directory { path: self.read, reason: error.to_string() })
    }
}
