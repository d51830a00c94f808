//! One element of a channel or entry → its place in the wire form.

use super::field::Field;
use super::vocabulary::Vocabulary;
use super::wire::{About, Channel, Entry, File, Link, MAX_OF_A_KIND, Markup, Rank};

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
        (Vocabulary::Core, "author") => about.authors.extend(person(field)),
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
fn set_link(place: &mut Option<Link>, field: &Field<'_>) {
    let href = field.attribute("href");
    let written = href.unwrap_or(&field.text).trim();
    let rel = field.attribute("rel").map(str::to_ascii_lowercase);
    // RFC 4287 §4.2.7.2: the registry's own name for it is the same.
    let rel = rel.as_deref().map(|rel| rel.rsplit('/').next().unwrap_or(rel));
    if written.is_empty() || rel.is_some_and(|rel| rel != "alternate") {
        return;
    }
    let rank = match field.attribute("type") {
        Some(kind) if kind.contains("html") => Rank::Plain,
        Some(_) => Rank::OtherForm,
        None if href.is_none() => Rank::Plain,
        None => Rank::Untyped,
    };
    if place.as_ref().is_none_or(|old| old.rank < rank)
        && let Some(url) = field.address(written)
    {
        *place = Some(Link { url, rank });
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
        "pubdate" | "published" | "issued" | "date" => published(entry, field),
        "created" => prefer(&mut entry.created, field.line()),
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
        // RFC 4287 §4.2.6 ids are absolute; those that are not mean an address beside the feed, as permalinks do. A number or
        // a word is neither.
        let is_path = entry.id.as_deref().is_some_and(|id| id.contains('/'));
        let is_address = is_path && (field.name == "id" || may_be_link);
        let resolved = entry.id.as_deref().filter(|_| is_address).and_then(|id| field.address(id));
        entry.id_address = resolved;
    }
}

fn take_content(entry: &mut Entry, field: &Field<'_>) {
    if field.attribute("src").is_some() && field.text.trim().is_empty() {
        return file(entry, field, "src");
    }
    if longer(&mut entry.content, field.markup()) {
        entry.base = field.own_base().or_else(|| entry.base.take());
    }
}

fn take_summary(entry: &mut Entry, field: &Field<'_>) {
    longer(&mut entry.summary, field.markup());
}

/// Of several, the one that says most; whether that is the new one.
fn longer(place: &mut Option<Markup>, new: Markup) -> bool {
    let length = new.text.trim().len();
    let is_longer = length > 0 && place.as_ref().is_none_or(|old| old.text.len() < new.text.len());
    if is_longer {
        *place = Some(new);
    }
    is_longer
}

fn published(entry: &mut Entry, field: &Field<'_>) {
    if entry.published.len() < MAX_OF_A_KIND {
        entry.published.extend(field.line());
    }
}

fn dublin_core(entry: &mut Entry, field: &Field<'_>) {
    match field.name.as_str() {
        "title" => prefer(&mut entry.other_title, field.line()),
        "creator" | "author" => entry.authors.extend(person(field)),
        "date" | "issued" => published(entry, field),
        "created" => prefer(&mut entry.created, field.line()),
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
        "title" => prefer(&mut entry.other_title, field.line()),
        "image" => file(entry, field, "href"),
        "keywords" | "category" => categories(entry, field),
        "author" if entry.authors.is_empty() => entry.authors.extend(person(field)),
        "summary" | "subtitle" => take_summary(entry, field),
        _ => {}
    }
}

fn media(entry: &mut Entry, field: &Field<'_>) {
    match field.name.as_str() {
        "content" | "thumbnail" => file(entry, field, "url"),
        "keywords" | "category" => categories(entry, field),
        "title" => prefer(&mut entry.other_title, field.line()),
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
    add_file(entry, field, field.attribute(attribute));
}

/// RSS's `image`, which some give to entries, has its address in an element.
pub(super) fn picture(entry: &mut Entry, field: &Field<'_>) {
    add_file(entry, field, Some(&field.text));
}

fn add_file(entry: &mut Entry, field: &Field<'_>, written: Option<&str>) {
    let Some(url) = written.and_then(|url| field.address(url)) else { return };
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

/// RSS says it in the text, Atom in attributes, Apple in one of its own; keywords stand in a row.
fn categories(entry: &mut Entry, field: &Field<'_>) {
    let label = ["label", "term", "text"].into_iter().find_map(|name| field.attribute(name));
    let Some(found) = label.map(str::to_owned).or_else(|| field.line()) else { return };
    let is_row = field.name == "keywords";
    let names = found.split(|c| is_row && matches!(c, ',' | '，' | '、'));
    for name in names.map(str::trim).filter(|name| !name.is_empty()) {
        let is_new = !entry.categories.iter().any(|known| known == name);
        if is_new && entry.categories.len() < MAX_OF_A_KIND {
            entry.categories.push(name.to_owned());
        }
    }
}

/// A person's name: what is left of the line without the address, which may stand on either side and in brackets; where
/// nothing is left, the address.
pub(super) fn person(field: &Field<'_>) -> Option<String> {
    let line = field.line()?;
    let around = |c: char| "()[]<>\"'.,;:-–".contains(c) || c.is_whitespace();
    let is_address = |word: &&str| word.find('@').is_some_and(|at| at > 0 && at + 1 < word.len());
    let words = || line.split(|c: char| c.is_whitespace() || "()[]<>,;\"".contains(c));
    let Some(address) = words().find(is_address) else {
        let name = line.trim_matches('"').trim();
        return Some(name.to_owned()).filter(|name| !name.is_empty());
    };
    let name = line.replacen(address, "", 1);
    let name = name.trim_matches(around);
    let address = address.trim_start_matches("mailto:").trim_matches(around);
    let found = if name.is_empty() { address } else { name };
    Some(found.to_owned()).filter(|found| !found.is_empty())
}
