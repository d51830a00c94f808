//! What two ways of writing the same words share.

use unicode_normalization::UnicodeNormalization as _;

/// Letters and digits in lower case, compatibility forms unified: what two ways of writing one title share.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|b| char::from(b.to_ascii_lowercase())).collect();
    }
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
