//! Any text as one page: of HTML, of text, of Markdown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pressroom::domain::{IdentityRule, MediaType};
use pressroom::normalize::normalize;
use pressroom_fuzz::{document, settings};

fuzz_target!(|bytes: &[u8]| {
    for media_type in [MediaType::Html, MediaType::Text, MediaType::Markdown] {
        let _ = normalize(&document(bytes, media_type), &settings(IdentityRule::Url));
    }
});
