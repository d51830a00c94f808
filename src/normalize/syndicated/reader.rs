//! Tags → channel and entries. One pass, one stack on the heap; elements that are not known are passed over.

use std::borrow::Cow;

use url::Url;

use super::fields::{self, Field};
use super::tags::{self, Tags, Token};
use super::vocabulary::{Prefixes, Vocabulary};
use super::wire::{Channel, Entry};
use super::{NormalizeError, references};
use crate::domain::Note;

/// Far above any feed; XHTML content is the deepest that feeds have.
const MAX_DEPTH: usize = 1_000;
/// Entries of one feed that are read.
const MAX_ENTRIES: usize = 20_000;

/// What the elements around the current one are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Root,
    Channel,
    Entry,
    /// `image`, `textInput`, `source`: they have titles and links of their own.
    Aside,
    /// An Atom person.
    Person,
    /// Holds what belongs to the element around it: `media:group`, `items`.
    Through,
}

struct Frame {
    name: String,
    place: Place,
    base: Option<Url>,
    language: Option<String>,
}

/// Reads a feed in XML.
pub(super) fn read(text: &str, url: Option<&Url>) -> Result<Channel, NormalizeError> {
    let mut reader = Reader::new(text, url);
    reader.run()?;
    if !reader.has_root {
        return Err(NormalizeError::NoFeed);
    }
    Ok(reader.finish())
}

struct Reader<'a> {
    tags: Tags<'a>,
    source: &'a str,
    prefixes: Prefixes,
    stack: Vec<Frame>,
    channel: Channel,
    entry: Option<Entry>,
    person: Option<String>,
    base: Option<Url>,
    has_root: bool,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, base: Option<&Url>) -> Self {
        Self {
            tags: Tags::new(source),
            source,
            prefixes: Prefixes::default(),
            stack: Vec::new(),
            channel: Channel::default(),
            entry: None,
            person: None,
            base: base.cloned(),
            has_root: false,
        }
    }

    fn run(&mut self) -> Result<(), NormalizeError> {
        while let Some(token) = self.tags.next() {
            match token {
                Token::Start { name, attributes, empty } => self.start(name, attributes, empty)?,
                Token::End { name } => self.end(name),
                Token::Text(_) | Token::Cdata(_) => {}
            }
        }
        Ok(())
    }

    /// The place of the element that `Through` elements stand in.
    fn owner(&self) -> Place {
        let places = self.stack.iter().rev().map(|frame| frame.place);
        places.into_iter().find(|place| *place != Place::Through).unwrap_or(Place::Outside)
    }

    fn start(&mut self, written: &'a str, raw: &'a str, empty: bool) -> Result<(), NormalizeError> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(NormalizeError::TooDeep { depth: self.stack.len(), limit: MAX_DEPTH });
        }
        let attributes = tags::attributes(raw);
        if attributes.len() >= super::limits::MAX_ATTRIBUTES {
            let nodes = attributes.len();
            return Err(NormalizeError::TooManyNodes {
                nodes,
                limit: super::limits::MAX_ATTRIBUTES,
            });
        }
        self.prefixes.declare(&attributes);
        let (vocabulary, name) = self.prefixes.resolve(written);
        let place = self.enter(vocabulary, &name, &attributes);
        let base = self.base_of(&attributes);
        if let Some(place) = place {
            self.open(written, place, base, &attributes);
            if empty {
                self.close_last();
            }
            return Ok(());
        }
        if empty {
            let field = Field {
                vocabulary,
                name,
                attributes,
                text: String::new(),
                inner: "",
                has_elements: false,
                base,
            };
            self.take(&field);
            return Ok(());
        }
        let field = self.field(written, vocabulary, name, attributes, base);
        self.take(&field);
        Ok(())
    }

    /// The place that an element opens, or nothing where it is a field to read whole.
    fn enter(
        &mut self,
        vocabulary: Vocabulary,
        name: &str,
        attributes: &[(String, Cow<'_, str>)],
    ) -> Option<Place> {
        let owner = self.owner();
        let is_core = vocabulary == Vocabulary::Core;
        Some(match (owner, name) {
            (_, "item" | "entry" | "topic") if is_core && owner != Place::Outside => {
                self.close_entries();
                self.begin(attributes);
                Place::Entry
            }
            (Place::Outside, "rss" | "rdf" | "feed" | "xml") => Place::Root.also_channel(name),
            (Place::Outside, "item" | "entry") if is_core => {
                self.begin(attributes);
                Place::Entry
            }
            (Place::Outside | Place::Root | Place::Channel, "channel") => Place::Channel,
            // An envelope (SOAP, a wrapper of somebody's own) is looked through.
            (Place::Outside, _) => Place::Outside,
            (Place::Root | Place::Channel, "items") => Place::Through,
            (Place::Root | Place::Channel | Place::Entry, "image" | "textinput")
            | (Place::Channel | Place::Root, "author" | "contributor")
            | (Place::Entry, "contributor") => Place::Aside,
            (Place::Entry, "source") if self.is_atom_source(attributes) => Place::Aside,
            (Place::Entry, "author") if is_core && self.holds_name() => Place::Person,
            (Place::Entry | Place::Channel, "group" | "items")
                if vocabulary == Vocabulary::Media =>
            {
                Place::Through
            }
            _ => return None,
        })
    }

    fn is_atom_source(&self, attributes: &[(String, Cow<'_, str>)]) -> bool {
        !attributes.iter().any(|(name, _)| name == "url") && self.next_is_tag()
    }

    fn next_is_tag(&self) -> bool {
        let rest = self.source[self.tags.position()..].trim_start();
        rest.starts_with('<') && !rest.starts_with("</") && !rest.starts_with("<!")
    }

    /// Atom's authors hold elements, RSS's a text.
    fn holds_name(&self) -> bool {
        self.next_is_tag()
    }

    fn begin(&mut self, attributes: &[(String, Cow<'_, str>)]) {
        self.has_root = true;
        let attribute = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted);
        let address = |written: &str| match &self.base {
            Some(base) => base.join(written.trim()).ok(),
            None => Url::parse(written.trim()).ok(),
        };
        // RDF names its items, CDF points to them.
        let id = attribute("rdf:about").or_else(|| attribute("about"));
        self.entry = Some(Entry {
            id: id.map(|(_, value)| value.trim().to_owned()).filter(|id| !id.is_empty()),
            link: attribute("href").and_then(|(_, value)| address(value)),
            ..Entry::default()
        });
    }

    fn base_of(&self, attributes: &[(String, Cow<'_, str>)]) -> Option<Url> {
        let around = self.stack.last().map_or(self.base.as_ref(), |frame| frame.base.as_ref());
        let own =
            attributes.iter().find(|(name, _)| name == "xml:base").map(|(_, value)| value.trim());
        match (around, own) {
            (Some(around), Some(own)) => around.join(own).ok().or_else(|| Some(around.clone())),
            (None, Some(own)) => Url::parse(own).ok(),
            (around, None) => around.cloned(),
        }
    }

    fn open(
        &mut self,
        written: &str,
        place: Place,
        base: Option<Url>,
        attributes: &[(String, Cow<'_, str>)],
    ) {
        self.has_root |= matches!(place, Place::Root | Place::Channel);
        let own = attributes
            .iter()
            .find(|(name, _)| name == "xml:lang")
            .map(|(_, value)| value.to_string());
        let around = self.stack.last().and_then(|frame| frame.language.clone());
        let language = own.or(around);
        if place == Place::Channel && self.channel.language.is_none() {
            self.channel.language.clone_from(&language);
        }
        if place == Place::Channel && self.channel.link.is_none() {
            let href = attributes.iter().find(|(name, _)| name == "href");
            self.channel.link = href.and_then(|(_, value)| Url::parse(value.trim()).ok());
        }
        if let (Place::Entry, Some(entry)) = (place, self.entry.as_mut()) {
            entry.base.clone_from(&base);
            entry.language.clone_from(&language);
        }
        self.stack.push(Frame { name: written.to_ascii_lowercase(), place, base, language });
    }

    /// Reads an element whole, up to its end tag; where that is missing, up to the end of what it stands in.
    fn field(
        &mut self,
        written: &'a str,
        vocabulary: Vocabulary,
        name: String,
        attributes: Vec<(String, Cow<'a, str>)>,
        base: Option<Url>,
    ) -> Field<'a> {
        let (mut text, mut depth, mut has_elements) = (String::new(), 0_usize, false);
        let from = self.tags.position();
        let mut to = from;
        while let Some(token) = self.tags.next() {
            to = self.tags.token_at();
            match token {
                Token::Text(part) => references::resolve_into(&mut text, part),
                Token::Cdata(part) => text.push_str(part),
                Token::Start { name, empty, .. } => {
                    if self.begins_another(name) {
                        self.tags = rewound(self.source, &self.tags, to);
                        break;
                    }
                    has_elements = true;
                    depth += usize::from(!empty && name.eq_ignore_ascii_case(written));
                }
                Token::End { name } if name.eq_ignore_ascii_case(written) => {
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                }
                Token::End { name } if self.ends_around(name) => {
                    self.tags = rewound(self.source, &self.tags, to);
                    break;
                }
                Token::End { .. } => {}
            }
        }
        if self.tags.is_truncated {
            to = self.source.len();
        }
        let inner = &self.source[from..to];
        Field { vocabulary, name, attributes, text, inner, has_elements, base }
    }

    /// Whether a tag inside of an unclosed field begins the next entry.
    fn begins_another(&self, name: &str) -> bool {
        let entry = self.stack.iter().find(|frame| frame.place == Place::Entry);
        entry.is_some_and(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn ends_around(&self, name: &str) -> bool {
        self.stack
            .iter()
            .any(|frame| frame.place != Place::Outside && frame.name.eq_ignore_ascii_case(name))
    }

    fn take(&mut self, field: &Field<'_>) {
        match self.owner() {
            Place::Entry => {
                if let Some(entry) = &mut self.entry {
                    fields::of_entry(entry, field);
                }
            }
            Place::Channel | Place::Root => fields::of_channel(&mut self.channel, field),
            Place::Person => {
                let is_name = field.name == "name";
                if is_name || self.person.is_none() && field.name != "url" {
                    self.person = field.line().or(self.person.take());
                }
            }
            Place::Aside => self.aside(field),
            Place::Outside | Place::Through => {}
        }
    }

    /// Of an Atom `source` only the title is of use.
    fn aside(&mut self, field: &Field<'_>) {
        let is_source = self.stack.last().is_some_and(|frame| frame.name.ends_with("source"));
        if let Some(entry) = self.entry.as_mut().filter(|_| is_source && field.name == "title") {
            entry.source = field.line();
        }
    }

    fn end(&mut self, name: &str) {
        let Some(at) = self.stack.iter().rposition(|frame| frame.name.eq_ignore_ascii_case(name))
        else {
            return;
        };
        while self.stack.len() > at {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        match self.stack.pop().map(|frame| frame.place) {
            Some(Place::Entry) => self.finish_entry(),
            Some(Place::Person) => {
                let person = self.person.take();
                if let Some(entry) = &mut self.entry {
                    entry.authors.extend(person);
                }
            }
            _ => {}
        }
    }

    /// An entry that was never closed ends where the next begins.
    fn close_entries(&mut self) {
        if let Some(at) = self.stack.iter().position(|frame| frame.place == Place::Entry) {
            while self.stack.len() > at {
                self.close_last();
            }
        }
    }

    fn finish_entry(&mut self) {
        if let Some(entry) = self.entry.take()
            && self.channel.entries.len() < MAX_ENTRIES
        {
            self.channel.entries.push(entry);
        }
    }

    fn finish(mut self) -> Channel {
        let unclosed = self.stack.iter().any(|frame| frame.place != Place::Outside);
        while !self.stack.is_empty() {
            self.close_last();
        }
        if self.tags.is_truncated || unclosed {
            self.note("the end is missing; what was there is kept");
        }
        let before = self.source.find('<').unwrap_or(0);
        if !self.source[..before].trim().is_empty() {
            self.note("text before the first tag was passed over");
        }
        if self.source.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            self.note("characters that XML forbids were removed");
        }
        self.channel
    }

    fn note(&mut self, message: &str) {
        self.channel.notes.push(Note::new("feed", message));
    }
}

impl Place {
    /// Atom's root is the channel itself.
    fn also_channel(self, name: &str) -> Self {
        if name == "feed" { Self::Channel } else { self }
    }
}

fn rewound<'a>(source: &'a str, tags: &Tags<'a>, to: usize) -> Tags<'a> {
    let mut again = Tags::new(source);
    again.is_truncated = tags.is_truncated;
    again.seek(to);
    again
}
