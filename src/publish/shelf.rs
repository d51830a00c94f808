//! Published files as they are served: in memory, compressed once, each with the tag of its bytes.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
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
    /// RFC 1952.
    pub gzip: Arc<[u8]>,
    /// RFC 7932.
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
        let mut tag = sha256_hex(bytes);
        tag.truncate(32);
        let (gzip, brotli) = (gzip(bytes)?.into(), brotli(bytes)?.into());
        let date = DateTime::<Utc>::from(modified);
        let last_modified = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        Ok(Self { plain: bytes.into(), gzip, brotli, tag, modified, last_modified })
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

/// The files of one directory. Cheap to clone; all clones are one shelf.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    copies: Arc<RwLock<HashMap<String, Arc<Copy>>>>,
}

impl Shelf {
    /// Takes in what stands in `directory`, so that a start serves what the last run published.
    pub fn load(&self, directory: &Path) -> std::io::Result<()> {
        if !directory.exists() {
            return Ok(());
        }
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_feed = Path::new(&name)
                .extension()
                .is_some_and(|e| ["rss", "atom", "json", "opml"].iter().any(|known| e == *known));
            if is_feed && !name.starts_with('.') && entry.file_type()?.is_file() {
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
