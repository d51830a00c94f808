//! Any text as a feed of others, its entries read to the end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pressroom::domain::{IdentityRule, MediaType};
use pressroom::normalize::syndicated;
use pressroom_fuzz::{document, settings};

fuzz_target!(|bytes: &[u8]| {
    let _ = syndicated(&document(bytes, MediaType::Feed), &settings(IdentityRule::Entry));
});
