//! An element, read whole: its value as a line, as an address, as a text or markup.

use std::borrow::Cow;

use url::Url;

use super::vocabulary::Vocabulary;
use super::wire::Markup;

/// An element, read whole.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub vocabulary: Vocabulary,
    pub name: String,
    pub attributes: Vec<(String, Cow<'a, str>)>,
    /// Its text with references resolved once.
    pub text: String,
    /// Everything between its tags, as written.
    pub inner: &'a str,
    /// Whether elements stand in it.
    pub has_elements: bool,
    pub base: Option<Url>,
}

impl Field<'_> {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The text on one line, without markup.
    pub fn line(&self) -> Option<String> {
        let markup = self.markup();
        let stripped = markup.is_html.then(|| collapsed(&plain(&markup.text)));
        // Where nothing is left without the markup, what was taken for markup were the words.
        let text = stripped.filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| collapsed(&markup.text));
        Some(text).filter(|text| !text.is_empty())
    }

    pub fn address(&self, text: &str) -> Option<Url> {
        let text = text.trim();
        match &self.base {
            Some(base) => base.join(text).ok(),
            None => Url::parse(text).ok(),
        }
    }

    /// The content, and whether it is markup: declared by Atom's `type` and `mode`, else by its looks.
    pub fn markup(&self) -> Markup {
        let kind = self.attribute("type").unwrap_or_default().to_ascii_lowercase();
        if self.has_elements {
            return Markup { text: self.inner.to_owned(), is_html: true };
        }
        let is_encoded = self.attribute("mode") == Some("base64") || is_binary(&kind);
        let decoded = if is_encoded { base64(&self.text) } else { None };
        let text = decoded.unwrap_or_else(|| self.text.clone());
        let is_text =
            matches!(kind.as_str(), "text" | "text/plain") && self.attribute("mode").is_none();
        Markup { is_html: kind.contains("html") || !is_text && looks_like_markup(&text), text }
    }
}

/// A tag or a reference; what has neither reads the same either way.
fn looks_like_markup(text: &str) -> bool {
    let tag = text
        .as_bytes()
        .windows(2)
        .any(|w| w[0] == b'<' && (w[1].is_ascii_alphabetic() || w[1] == b'/'));
    let reference = text.split('&').skip(1).any(|rest| {
        rest.split_once(';').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.len() < 10
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
        })
    });
    tag || reference
}

/// The words of a piece of HTML.
pub(super) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    if super::limits::check_markup(html).is_err() {
        return String::new();
    }
    dom_query::Document::fragment(html).root().text().to_string()
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 4287 §4.1.3.3: what is neither text nor XML comes in base64.
fn is_binary(media_type: &str) -> bool {
    let is_text = media_type.starts_with("text/") || media_type.contains("html");
    media_type.contains('/') && !is_text && !media_type.ends_with("xml")
}

/// RFC 4648 §4, for such content and for Atom 0.3's `mode="base64"`.
fn base64(text: &str) -> Option<String> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for b in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let digit = DIGITS.iter().position(|digit| *digit == b)?;
        bits = (bits << 6) | u32::try_from(digit).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}
