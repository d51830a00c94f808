//! What the targets share: bytes as a document of a source that has no overrides. `tests/fuzz/run` builds and runs them.

use chrono::DateTime;
use pressroom::domain::{Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{Overrides, Settings};
use url::Url;

/// `bytes` as they are after fetching; which charset they are in is decided before the stages.
pub fn document(bytes: &[u8], media_type: MediaType) -> Document {
    Document {
        reference: "fuzzed".to_owned(),
        url: Url::parse("https://example.org/2024/11/fuzzed").ok(),
        fetched_at: DateTime::UNIX_EPOCH.fixed_offset(),
        media_type,
        text: String::from_utf8_lossy(bytes).into_owned(),
        digest: String::new(),
    }
}

/// A source whose articles are known by `identity`.
pub fn settings(identity: IdentityRule) -> Settings {
    let source = SourceId::new("fuzzed").expect("the name is lower-case letters");
    Settings { source, identity, overrides: Overrides::default() }
}
