//! Any bytes as a feed to be judged, at a time and an address that it may contradict.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pressroom::lint::{Settings, lint};

fuzz_target!(|bytes: &[u8]| {
    let now = Some(chrono::DateTime::UNIX_EPOCH);
    let url = Some("https://example.org/feed.xml".to_owned());
    let _ = lint(bytes, &Settings { now, url });
});
