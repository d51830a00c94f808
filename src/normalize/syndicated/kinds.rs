//! What kind of content a field has where feeds leave it open: markup or words, base64 or neither.

use std::borrow::Cow;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};

use super::tags::{Tags, Token};

/// Elements of HTML, today's and former ones.
const ELEMENTS: &str = "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote \
    body br button canvas caption center cite code col colgroup data dd del details dfn dir div dl dt em embed fieldset \
    figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd \
    label legend li link main map mark marquee math menu meta meter nav nobr noframes noscript object ol optgroup option \
    output p param picture pre progress q rp rt ruby s samp script section select small source span strike strong style sub \
    summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr";

/// A tag or a reference; what has neither reads the same either way.
pub(super) fn looks_like_markup(text: &str) -> bool {
    let mut tags = text.split('<').skip(1);
    tags.any(begins_tag) || text.split('&').skip(1).any(begins_reference)
}

/// Of HTML's elements only: `Vec<T>` and `#include <stdio.h>` are words.
fn begins_tag(rest: &str) -> bool {
    if rest.starts_with("!--") {
        return true;
    }
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let name = name[..end].to_ascii_lowercase();
    ELEMENTS.split_ascii_whitespace().any(|element| element == name)
}

fn begins_reference(rest: &str) -> bool {
    rest.split_once(';').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.len() < 10
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
    })
}

/// Elements of HTML that have no end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// XML ends any element with `/>`; HTML takes it for a mere start where it knows an end tag.
pub(super) fn xhtml_as_html(markup: &str) -> Cow<'_, str> {
    if !markup.contains("/>") {
        return markup.into();
    }
    let (mut out, mut from) = (String::with_capacity(markup.len()), 0);
    let mut tags = Tags::new(markup);
    while let Some(token) = tags.next() {
        let Token::Start { name, empty: true, .. } = token else { continue };
        let local = name.rsplit(':').next().unwrap_or(name);
        if !VOID.contains(&local.to_ascii_lowercase().as_str()) {
            let tag = &markup[from..tags.position()];
            out.push_str(tag.trim_end_matches("/>"));
            out.push_str("></");
            out.push_str(name);
            out.push('>');
            from = tags.position();
        }
    }
    out.push_str(&markup[from..]);
    out.into()
}

/// RFC 4287 §4.1.3.3: what is neither text nor XML comes in base64.
pub(super) fn is_binary(media_type: &str) -> bool {
    let is_text = media_type.starts_with("text/") || media_type.contains("html");
    media_type.contains('/') && !is_text && !media_type.ends_with("xml")
}

/// What is shown or played and never read.
pub(super) fn is_medium(media_type: &str) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| media_type.starts_with(kind))
}

/// RFC 4648 §4, for such content and for Atom 0.3's `mode="base64"`; broken into lines as it may be, with padding or without.
pub(super) fn base64(text: &str) -> Option<String> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let digits = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=');
    let bytes = LENIENT.decode(digits.collect::<Vec<u8>>()).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_lines_with_padding_or_without_and_nothing_is_made_of_what_is_none() {
        for text in ["PHA+TGljaHQ8L3A+", " PHA+TGlj\r\n aHQ8L3A+\n", "PHA+TGljaHQ8L3A+===="] {
            assert_eq!(base64(text).as_deref(), Some("<p>Licht</p>"), "{text:?}");
        }
        for (text, expected) in [("bGVucw==", "lens"), ("bGVucw", "lens"), ("bGVucx", "lens")] {
            assert_eq!(base64(text).as_deref(), Some(expected), "{text:?}");
        }
        // Other signs, a digit too many, and bytes that are no text.
        for text in ["<p>Licht</p>", "bGVuc", "//79"] {
            assert_eq!(base64(text), None, "{text:?}");
        }
    }
}
