//! Hashes that tell whether content is the same.

use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use sha2::{Digest as _, Sha256};

/// SHA-256 of `bytes` in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What tells one state of something from another: half a SHA-256, where nobody is to be kept from finding a double.
pub type Fingerprint = [u8; 16];

/// The fingerprint of `value`, from all that its `Hash` takes in.
pub fn fingerprint(value: &impl Hash) -> Fingerprint {
    let mut all = All(Sha256::new());
    value.hash(&mut all);
    let mut half = Fingerprint::default();
    half.copy_from_slice(&all.0.finalize()[..16]);
    half
}

/// Takes everything in; the short answer of a [`Hasher`] is not asked for.
struct All(Sha256);

impl Hasher for All {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
