//! One element of a channel or entry → its place in the wire form.

use std::borrow::Cow;

use url::Url;

use super::vocabulary::Vocabulary;
use super::wire::{Channel, Entry, File, Markup};

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

    fn address(&self, text: &str) -> Option<Url> {
        let text = text.trim();
        match &self.base {
            Some(base) => base.join(text).ok(),
            None => Url::parse(text).ok(),
        }
    }

    /// The content, and whether it is markup: declared by Atom's `type` and `mode`, else by its looks.
    fn markup(&self) -> Markup {
        let kind = self.attribute("type").unwrap_or_default().to_ascii_lowercase();
        if self.has_elements {
            return Markup { text: self.inner.to_owned(), is_html: true };
        }
        let text = match self.attribute("mode") {
            Some("base64") => base64(&self.text).unwrap_or_else(|| self.text.clone()),
            _ => self.text.clone(),
        };
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

/// RFC 4648 §4, for Atom 0.3's `mode="base64"`.
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

/// Takes `field` as one of the channel's own.
pub(super) fn of_channel(channel: &mut Channel, field: &Field<'_>) {
    match (field.vocabulary, field.name.as_str()) {
        (Vocabulary::Core, "title") => prefer(&mut channel.title, field.line()),
        (Vocabulary::DublinCore, "title") if channel.title.is_none() => {
            channel.title = field.line();
        }
        (Vocabulary::Core, "link" | "homepage") => set_link(&mut channel.link, field),
        (Vocabulary::Core | Vocabulary::DublinCore, "language") => channel.language = field.line(),
        _ => {}
    }
}

fn prefer(place: &mut Option<String>, value: Option<String>) {
    if place.is_none() {
        *place = value;
    }
}

/// RSS says it in the text, Atom in `href`; only the page itself is the link.
fn set_link(place: &mut Option<Url>, field: &Field<'_>) {
    let rel = field.attribute("rel").unwrap_or("alternate");
    let is_page = rel.eq_ignore_ascii_case("alternate")
        && field
            .attribute("type")
            .is_none_or(|kind| kind.contains("html") || !kind.contains("xml"));
    let written = field.attribute("href").unwrap_or(&field.text).trim();
    if written.is_empty() || rel != "alternate" && !is_page {
        return;
    }
    if place.is_none()
        || is_page && field.attribute("rel").is_some() && field.attribute("type").is_some()
    {
        *place = field.address(written).or_else(|| place.take());
    }
}

/// Takes `field` as one of the entry's.
pub(super) fn of_entry(entry: &mut Entry, field: &Field<'_>) {
    match field.vocabulary {
        Vocabulary::Core => core(entry, field),
        Vocabulary::DublinCore => dublin_core(entry, field),
        Vocabulary::Content if field.name == "encoded" => take_content(entry, field),
        Vocabulary::Xhtml if matches!(field.name.as_str(), "body" | "div") => {
            take_content(entry, field);
        }
        Vocabulary::Itunes => itunes(entry, field),
        Vocabulary::Media => media(entry, field),
        _ => {}
    }
}

fn core(entry: &mut Entry, field: &Field<'_>) {
    match field.name.as_str() {
        "title" => prefer(&mut entry.title, field.line()),
        "link" => entry_link(entry, field),
        "guid" | "id" => id(entry, field),
        "content" | "body" | "fullitem" | "encoded" => take_content(entry, field),
        "description" | "summary" | "abstract" | "tagline" => take_summary(entry, field),
        "pubdate" | "published" | "issued" | "created" => {
            prefer(&mut entry.published, field.line());
        }
        "updated" | "modified" | "lastbuilddate" => prefer(&mut entry.updated, field.line()),
        "author" => entry.authors.extend(person(field)),
        "category" | "keywords" => categories(entry, field),
        "enclosure" => file(entry, field, "url"),
        "source" => entry.source = field.line().or(entry.source.take()),
        _ => {}
    }
}

fn entry_link(entry: &mut Entry, field: &Field<'_>) {
    if field.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("enclosure")) {
        return file(entry, field, "href");
    }
    set_link(&mut entry.link, field);
}

fn id(entry: &mut Entry, field: &Field<'_>) {
    if entry.id.is_none() {
        entry.id = Some(field.text.trim().to_owned()).filter(|id| !id.is_empty());
        let may_be_link =
            field.attribute("ispermalink").is_none_or(|v| !v.eq_ignore_ascii_case("false"));
        // RFC 4287 §4.2.6 ids are absolute; those that are not mean an address beside the feed, as permalinks do.
        let is_address = field.name == "id" || may_be_link;
        let resolved = entry.id.as_deref().filter(|_| is_address).and_then(|id| field.address(id));
        entry.id_address = resolved;
    }
}

fn take_content(entry: &mut Entry, field: &Field<'_>) {
    if field.attribute("src").is_some() && field.text.trim().is_empty() {
        return file(entry, field, "src");
    }
    longer(&mut entry.content, field.markup());
}

fn take_summary(entry: &mut Entry, field: &Field<'_>) {
    longer(&mut entry.summary, field.markup());
}

/// Of several, the one that says most.
fn longer(place: &mut Option<Markup>, new: Markup) {
    if new.text.trim().is_empty() {
        return;
    }
    if place.as_ref().is_none_or(|old| old.text.len() < new.text.len()) {
        *place = Some(new);
    }
}

fn dublin_core(entry: &mut Entry, field: &Field<'_>) {
    match field.name.as_str() {
        "title" => prefer(&mut entry.title, field.line()),
        "creator" | "author" => entry.authors.extend(person(field)),
        "date" | "issued" | "created" => prefer(&mut entry.published, field.line()),
        "modified" => prefer(&mut entry.updated, field.line()),
        "subject" => categories(entry, field),
        "description" if entry.summary.is_none() => take_summary(entry, field),
        "identifier" if entry.id.is_none() => entry.id = field.line(),
        "source" => prefer(&mut entry.source, field.line()),
        "language" => prefer(&mut entry.language, field.line()),
        _ => {}
    }
}

fn itunes(entry: &mut Entry, field: &Field<'_>) {
    match field.name.as_str() {
        "title" => prefer(&mut entry.title, field.line()),
        "author" if entry.authors.is_empty() => entry.authors.extend(person(field)),
        "summary" | "subtitle" => take_summary(entry, field),
        _ => {}
    }
}

fn media(entry: &mut Entry, field: &Field<'_>) {
    match field.name.as_str() {
        "content" | "thumbnail" => file(entry, field, "url"),
        "title" => prefer(&mut entry.title, field.line()),
        "description" => take_summary(entry, field),
        _ => {}
    }
}

fn file(entry: &mut Entry, field: &Field<'_>, attribute: &str) {
    let Some(url) = field.attribute(attribute).and_then(|url| field.address(url)) else { return };
    if entry.files.iter().any(|file| file.url == url) {
        return;
    }
    let of_medium = || {
        (field.attribute("medium") == Some("image") || field.name == "thumbnail")
            .then_some("image/*")
    };
    let media_type = field.attribute("type").or_else(of_medium).filter(|t| !t.ends_with("/*"));
    let media_type = media_type.map(str::to_owned);
    entry.files.push(File { url, media_type, title: field.attribute("title").map(str::to_owned) });
}

fn categories(entry: &mut Entry, field: &Field<'_>) {
    let label = field.attribute("label").or_else(|| field.attribute("term")).map(str::to_owned);
    let found = label.or_else(|| field.line()).filter(|name| !entry.categories.contains(name));
    entry.categories.extend(found);
}

/// A person's name: Atom's `name`, RSS's `address (name)` or `name <address>`, a bare name, and last the address.
pub(super) fn person(field: &Field<'_>) -> Option<String> {
    let text = field.line()?;
    let inside =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(name, _)| name);
    let before = text.split_once('<').map(|(name, _)| name);
    let name = match (inside, before) {
        (Some(name), _) if text.contains('@') => name,
        (_, Some(name)) if !name.trim().is_empty() => name,
        _ => &text,
    };
    Some(name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}
