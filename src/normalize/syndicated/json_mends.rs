//! JSON that is nearly JSON → JSON: raw characters in strings, commas before a bracket, and an end that is missing.

use std::fmt::Write as _;

/// `text` with what of this is wrong in it mended; what else is wrong stays.
pub(super) fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open = Vec::new();
    let (mut in_string, mut is_escaped) = (false, false);
    let mut items_end = 0;
    for c in text.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            // RFC 8259 §7: control characters are escaped.
            c if in_string && c.is_ascii_control() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
                continue;
            }
            '{' if !in_string => open.push('}'),
            '[' if !in_string => open.push(']'),
            '}' | ']' if !in_string => {
                without_comma(&mut out);
                // What stands behind the end is passed over.
                if open.pop() != Some(c) || open.is_empty() {
                    out.push(c);
                    return out;
                }
                if open.len() == 2 {
                    items_end = out.len() + 1;
                }
            }
            _ => {}
        }
        out.push(c);
    }
    // It breaks off: what came whole is kept.
    out.truncate(items_end);
    out.extend(open.into_iter().take(2).rev());
    out
}

fn without_comma(out: &mut String) {
    let length = out.trim_end().trim_end_matches([',', ':']).len();
    out.truncate(length);
}
