//! Hashes that tell whether content is the same.

use std::fmt::Write as _;
use std::hash::Hash;

use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

/// SHA-256 of `bytes` in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What tells one state of something from another where nobody is to be kept from finding a double: XXH3 in 128 bits. All that
/// is fetched is read for one twice, with SHA-256 3 % of a pass over feeds that are new.
pub type Fingerprint = [u8; 16];

/// The fingerprint of `value`, from all that its `Hash` takes in.
pub fn fingerprint(value: &impl Hash) -> Fingerprint {
    let mut all = Xxh3Default::new();
    value.hash(&mut all);
    all.digest128().to_be_bytes()
}

/// The fingerprint of `bytes` in lower-case hex.
pub fn fingerprint_hex(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}
