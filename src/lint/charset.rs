//! Bytes → text, by the letter.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Rule;

/// XML 1.0 §4.3.3: byte order mark, then the declaration, else UTF-8. Strict: what cannot be decoded is an error.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, (Rule, String)> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => unmarked(bytes)?,
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken {
        return Err((Rule::NotUtf8, format!("there are bytes that are not {}", encoding.name())));
    }
    Ok(text)
}

fn unmarked(bytes: &[u8]) -> Result<&'static Encoding, (Rule, String)> {
    match bytes {
        [0, b'<', ..] => return Ok(UTF_16BE),
        [b'<', 0, ..] => return Ok(UTF_16LE),
        _ => {}
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]);
    let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let Some((_, rest)) = declaration.and_then(|d| d.split_once("encoding")) else {
        return Ok(UTF_8);
    };
    let label = rest.split(['"', '\'']).nth(1).unwrap_or_default();
    Encoding::for_label(label.as_bytes())
        .ok_or_else(|| (Rule::UnknownEncoding, format!("encoding \"{label}\" is not known")))
}
