//! Published files as they are served: in memory, compressed once, each with the tag of its bytes.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use crate::domain::sha256_hex;

/// Above this, brotli gains little and costs seconds of a publishing run.
const BROTLI_LEVEL: i32 = 5;

/// One file in the forms that clients ask for.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The bytes as they are on disk.
    pub plain: Arc<[u8]>,
    /// RFC 1952; empty where nothing was compressed.
    pub gzip: Arc<[u8]>,
    /// RFC 7932, likewise.
    pub brotli: Arc<[u8]>,
    /// A name for these bytes: equal bytes have it, others do not.
    pub tag: String,
    /// When the bytes became these.
    pub modified: SystemTime,
    /// The same as `Last-Modified` says it (RFC 9110 §5.6.7); written once, since it is asked for with every poll.
    pub last_modified: String,
}

impl Copy {
    /// Prepares `bytes`, which became these at `modified`.
    pub fn of(bytes: &[u8], modified: SystemTime) -> std::io::Result<Self> {
        let (gzip, brotli) = (gzip(bytes)?.into(), brotli(bytes)?.into());
        Ok(Self { gzip, brotli, ..Self::plain(bytes.into(), modified) })
    }

    fn plain(plain: Arc<[u8]>, modified: SystemTime) -> Self {
        let mut tag = sha256_hex(&plain);
        tag.truncate(32);
        let date = DateTime::<Utc>::from(modified);
        let last_modified = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let (gzip, brotli) = (Arc::default(), Arc::default());
        Self { plain, gzip, brotli, tag, modified, last_modified }
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_LEVEL,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out)
}

/// The name of the feed file whose archive a file of this name belongs to: `all.atom` for `all-archive-3.atom`.
pub fn archived(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (feed, number) = stem.rsplit_once("-archive-")?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("{feed}.{extension}"))
}

/// The files of one directory. Cheap to clone; all clones are one shelf.
#[derive(Debug, Clone)]
pub struct Shelf {
    directory: PathBuf,
    copies: Arc<RwLock<HashMap<String, Arc<Copy>>>>,
}

impl Shelf {
    /// An empty one for the files of `directory`.
    pub fn of(directory: PathBuf) -> Self {
        Self { directory, copies: Arc::default() }
    }

    /// Whether its files are those of `directory`.
    pub fn is_of(&self, directory: &Path) -> bool {
        self.directory == directory
    }

    /// A file that is not kept in memory, in its plain form only.
    pub fn read(&self, name: &str) -> std::io::Result<Copy> {
        let path = self.directory.join(name);
        let modified = std::fs::metadata(&path)?.modified()?;
        Ok(Copy::plain(std::fs::read(path)?.into(), modified))
    }

    /// Takes in what stands in `directory`, so that a start serves what the last run published.
    pub fn load(&self) -> std::io::Result<()> {
        if !self.directory.exists() {
            return Ok(());
        }
        for entry in std::fs::read_dir(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_feed = Path::new(&name)
                .extension()
                .is_some_and(|e| ["rss", "atom", "json", "opml"].iter().any(|known| e == *known));
            if is_feed
                && !name.starts_with('.')
                && archived(&name).is_none()
                && entry.file_type()?.is_file()
            {
                let modified = entry.metadata()?.modified()?;
                self.put(&name, &std::fs::read(entry.path())?, modified)?;
            }
        }
        Ok(())
    }

    /// Puts `bytes` in the place of what was there under `name`.
    pub fn put(&self, name: &str, bytes: &[u8], modified: SystemTime) -> std::io::Result<()> {
        let copy = Arc::new(Copy::of(bytes, modified)?);
        let mut copies = self.copies.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        copies.insert(name.to_owned(), copy);
        Ok(())
    }

    /// The file `name`.
    pub fn get(&self, name: &str) -> Option<Arc<Copy>> {
        let copies = self.copies.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        copies.get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_holds_the_same_bytes() {
        let bytes = "<rss>雪</rss>".repeat(500).into_bytes();
        let copy = Copy::of(&bytes, SystemTime::UNIX_EPOCH).unwrap();
        let mut unzipped = Vec::new();
        std::io::copy(&mut flate2::read::GzDecoder::new(&copy.gzip[..]), &mut unzipped).unwrap();
        assert_eq!(unzipped, bytes);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &copy.brotli[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, bytes);
        assert_ne!(copy.tag, Copy::of(b"other", SystemTime::UNIX_EPOCH).unwrap().tag);
    }
}
