//! One element of a channel or entry → its place in the wire form.

use url::Url;

use super::field::Field;
use super::vocabulary::Vocabulary;
use super::wire::{About, Channel, Entry, File, MAX_OF_A_KIND, Markup};

/// Takes `field` as one of the channel's own.
pub(super) fn of_channel(channel: &mut Channel, field: &Field<'_>) {
    match (field.vocabulary, field.name.as_str()) {
        (Vocabulary::Core | Vocabulary::DublinCore, "language") => channel.language = field.line(),
        (Vocabulary::Core, "ttl") => channel.quiet.ttl = field.text.trim().parse().ok(),
        (Vocabulary::Core, "skiphours") => channel.quiet.hours = words(field).collect(),
        (Vocabulary::Core, "skipdays") => channel.quiet.days = words(field).collect(),
        _ => of_about(&mut channel.about, field),
    }
}

/// Takes `field` as what a feed says of itself.
pub(super) fn of_about(about: &mut About, field: &Field<'_>) {
    match (field.vocabulary, field.name.as_str()) {
        (Vocabulary::Core | Vocabulary::DublinCore, "title") => {
            prefer(&mut about.title, field.line());
        }
        (Vocabulary::Core, "link") if field.attribute("rel") == Some("self") => {
            about.feed = field.attribute("href").and_then(|href| field.address(href));
        }
        (Vocabulary::Core, "link" | "homepage") => set_link(&mut about.link, field),
        (Vocabulary::Core, "id") => prefer(&mut about.id, field.line()),
        (Vocabulary::Core, "updated" | "modified" | "lastbuilddate") => {
            prefer(&mut about.updated, field.line());
        }
        (Vocabulary::Core, "rights" | "copyright") | (Vocabulary::DublinCore, "rights") => {
            prefer(&mut about.rights, field.line());
        }
        _ => {}
    }
}

/// What stands between the tags of a list, one a tag; what cannot be read is no wish.
fn words<T: std::str::FromStr>(field: &Field<'_>) -> impl Iterator<Item = T> {
    let between = field.inner.split('<').filter_map(|part| part.split_once('>'));
    between.filter_map(|(_, text)| text.trim().parse().ok())
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
    other(entry, field);
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
        "source" => source(entry, field),
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
        "source" => prefer(&mut entry.origin.title, field.line()),
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

/// RSS's `source`: the feed's name and address.
fn source(entry: &mut Entry, field: &Field<'_>) {
    entry.origin.title = field.line().or(entry.origin.title.take());
    entry.origin.feed = field.attribute("url").and_then(|url| field.address(url));
}

/// Readers show an entry whatever it says: its first words or address name it where nothing else does.
pub(super) fn other(entry: &mut Entry, field: &Field<'_>) {
    if entry.other.is_none() {
        let first = || field.attributes.iter().map(|(_, value)| value.trim().to_owned());
        let value = field.line().or_else(|| first().find(|value| !value.is_empty()));
        entry.other = value;
    }
}

fn file(entry: &mut Entry, field: &Field<'_>, attribute: &str) {
    let Some(url) = field.attribute(attribute).and_then(|url| field.address(url)) else { return };
    if entry.files.len() == MAX_OF_A_KIND || entry.files.iter().any(|file| file.url == url) {
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
    if entry.categories.len() == MAX_OF_A_KIND {
        return;
    }
    let label = field.attribute("label").or_else(|| field.attribute("term")).map(str::to_owned);
    let found = label.or_else(|| field.line()).filter(|name| !entry.categories.contains(name));
    entry.categories.extend(found);
}

/// A person's name: Atom's `name`, RSS's `address (name)`, `name (address)` or `name <address>`, a bare name, and last the address.
pub(super) fn person(field: &Field<'_>) -> Option<String> {
    let text = field.line()?;
    let before =
        |mark| text.split_once(mark).map(|(name, _)| name).filter(|n| !n.trim().is_empty());
    let inside =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(name, _)| name);
    let name = match inside {
        Some(address) if address.contains('@') => before('('),
        Some(name) if text.contains('@') => Some(name),
        _ => before('<'),
    };
    let name = name.unwrap_or(&text);
    Some(name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}
