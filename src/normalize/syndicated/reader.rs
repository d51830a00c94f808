//! Tags → channel and entries. One pass, one stack on the heap; elements that are not known are passed over.

use std::rc::Rc;

use url::Url;

use super::NormalizeError;
use super::element::Start;
use super::field::{self, Field};
use super::fields;
use super::mends::Mends;
use super::places::{Attributes, Frame, Place, attribute};
use super::tags::{self, Tags, Token};
use super::vocabulary::Prefixes;
use super::wire::{Channel, Entry, Link, Rank};
use crate::domain::Note;

/// Far above any feed; XHTML content is the deepest that feeds have.
const MAX_DEPTH: usize = 1_000;
/// Entries of one feed that are read.
const MAX_ENTRIES: usize = 20_000;

/// Reads a feed in XML.
pub(super) fn read(text: &str, url: Option<&Url>) -> Result<Channel, NormalizeError> {
    let mut reader = Reader::new(text, url);
    reader.run()?;
    if !reader.has_root {
        return Err(NormalizeError::NoFeed);
    }
    Ok(reader.finish())
}

/// A reading under way; `places.rs` says where it is, `element.rs` reads values.
pub(super) struct Reader<'a> {
    pub(super) tags: Tags<'a>,
    pub(super) source: &'a str,
    pub(super) prefixes: Prefixes,
    pub(super) stack: Vec<Frame>,
    /// What addresses count from where nothing else is said: the feed's own, else its page.
    pub(super) base: Option<Rc<Url>>,
    pub(super) mends: Mends,
    channel: Channel,
    entry: Option<Entry>,
    person: Option<String>,
    has_root: bool,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, base: Option<&Url>) -> Self {
        Self {
            tags: Tags::new(source),
            source,
            prefixes: Prefixes::default(),
            stack: Vec::new(),
            base: base.cloned().map(Rc::new),
            mends: Mends::default(),
            channel: Channel::default(),
            entry: None,
            person: None,
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
        let base = self.base_of(&attributes);
        if let Some(place) = self.place(vocabulary, &name, &attributes) {
            if place == Place::Through && name == "content" {
                // Media RSS: it is a file, and what stands in it tells more of the entry.
                self.take(&Start::file(vocabulary, &name, &attributes, base.as_ref()));
            }
            // RDF's references stand for what is said elsewhere, whether they are closed or not.
            let is_reference =
                place == Place::Aside && attribute(&attributes, "rdf:resource").is_some();
            self.open(written, place, base, &attributes);
            if empty || is_reference {
                self.close_last();
            }
            return Ok(());
        }
        let start = Start { written, vocabulary, name, attributes, base };
        let field = if empty { start.empty() } else { self.element(start) };
        self.take(&field);
        Ok(())
    }

    fn begin(&mut self, attributes: &Attributes<'_>) {
        let address = |written: &str| field::address(written, self.base.as_deref());
        // RDF names its items, CDF points to them.
        let id = attribute(attributes, "rdf:about").or_else(|| attribute(attributes, "about"));
        let page = attribute(attributes, "href").and_then(address);
        self.entry = Some(Entry {
            id: id.map(str::to_owned).filter(|id| !id.is_empty()),
            id_address: id.and_then(address),
            link: page.map(|url| Link { url, rank: Rank::Untyped }),
            ..Entry::default()
        });
    }

    fn open(
        &mut self,
        written: &str,
        place: Place,
        base: Option<Rc<Url>>,
        attributes: &Attributes<'_>,
    ) {
        if place == Place::Entry {
            self.close_entries();
            self.begin(attributes);
        }
        self.has_root |= matches!(place, Place::Root | Place::Channel | Place::Entry);
        let own = attribute(attributes, "xml:lang").map(str::to_owned);
        let language = own.or_else(|| self.stack.last().and_then(|frame| frame.language.clone()));
        if place == Place::Channel && self.channel.language.is_none() {
            self.channel.language.clone_from(&language);
        }
        if place == Place::Channel && self.channel.about.link.is_none() {
            let page = attribute(attributes, "href").and_then(|href| Url::parse(href).ok());
            self.channel.about.link = page.map(|url| Link { url, rank: Rank::Untyped });
        }
        if let (Place::Entry, Some(entry)) = (place, self.entry.as_mut()) {
            let is_own = match (&base, &self.base) {
                (Some(base), Some(document)) => !Rc::ptr_eq(base, document),
                (base, _) => base.is_some(),
            };
            entry.base = base.as_deref().filter(|_| is_own).cloned();
            entry.language.clone_from(&language);
        }
        self.stack.push(Frame { name: written.to_ascii_lowercase(), place, base, language });
    }

    fn take(&mut self, field: &Field<'_>) {
        match self.owner() {
            Place::Entry => {
                if let Some(entry) = &mut self.entry {
                    fields::of_entry(entry, field);
                }
            }
            Place::Channel | Place::Root => {
                fields::of_channel(&mut self.channel, field);
                if self.base.is_none() {
                    let about = &self.channel.about;
                    let page = about.link.as_ref().map(|link| &link.url);
                    self.base = about.feed.as_ref().or(page).cloned().map(Rc::new);
                }
            }
            Place::Source => {
                if let Some(entry) = &mut self.entry {
                    fields::other(entry, field);
                    fields::of_about(&mut entry.origin, field);
                }
            }
            Place::Person => {
                if let Some(entry) = &mut self.entry {
                    fields::other(entry, field);
                }
                let is_name = field.name == "name";
                if is_name || self.person.is_none() && field.name != "url" {
                    self.person = field.line().or(self.person.take());
                }
            }
            Place::Aside => {
                let is_picture =
                    self.stack.last().is_some_and(|frame| frame.name.ends_with("image"));
                if let Some(entry) = &mut self.entry {
                    fields::other(entry, field);
                    if is_picture && field.name == "url" {
                        fields::picture(entry, field);
                    }
                }
            }
            Place::Outside | Place::Through => {}
        }
    }

    fn end(&mut self, name: &str) {
        let Some(at) = self.stack.iter().rposition(|frame| frame.name.eq_ignore_ascii_case(name))
        else {
            self.mends.unopened += 1;
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
                match (self.owner(), &mut self.entry) {
                    (Place::Entry, Some(entry)) => entry.authors.extend(person),
                    (Place::Source, Some(entry)) => entry.origin.authors.extend(person),
                    _ => self.channel.about.authors.extend(person),
                }
            }
            _ => {}
        }
    }

    /// An entry that was never closed ends where the next begins.
    fn close_entries(&mut self) {
        if let Some(at) = self.stack.iter().position(|frame| frame.place == Place::Entry) {
            self.mends.unclosed += 1;
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
        // C1 controls are letters of windows-1252 to those who wrote them, and pass.
        if self.source.bytes().any(|b| b < 0x20 && !b.is_ascii_whitespace() || b == 0x7F) {
            self.note("characters that XML forbids were removed");
        }
        self.channel.notes.extend(self.mends.notes());
        self.channel
    }

    fn note(&mut self, message: &str) {
        self.channel.notes.push(Note::new("feed", message));
    }
}
