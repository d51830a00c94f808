//! Where in a feed the reader is: what each element opens, and what stands around it.

use std::borrow::Cow;
use std::rc::Rc;

use url::Url;

use super::reader::Reader;
use super::vocabulary::Vocabulary;

/// What the elements around the current one are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Root,
    Channel,
    Entry,
    /// `image`, `textInput`: they have titles and links of their own.
    Aside,
    /// Atom's `source`: the feed that an entry was taken from.
    Source,
    /// An Atom person.
    Person,
    /// Holds what belongs to the element around it: `media:group`, `items`.
    Through,
}

/// An element around the current place.
pub(super) struct Frame {
    pub name: String,
    pub place: Place,
    pub base: Option<Rc<Url>>,
    pub language: Option<String>,
}

/// Attributes as they are read.
pub(super) type Attributes<'a> = Vec<(String, Cow<'a, str>)>;

/// The value of attribute `name`.
pub(super) fn attribute<'v>(attributes: &'v Attributes<'_>, name: &str) -> Option<&'v str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
}

impl Reader<'_> {
    /// The place of the element that `Through` elements stand in.
    pub(super) fn owner(&self) -> Place {
        let places = self.stack.iter().rev().map(|frame| frame.place);
        places.into_iter().find(|place| *place != Place::Through).unwrap_or(Place::Outside)
    }

    /// The place that an element opens, or nothing where it is a field to read whole.
    pub(super) fn place(
        &self,
        vocabulary: Vocabulary,
        name: &str,
        attributes: &Attributes<'_>,
    ) -> Option<Place> {
        let owner = self.owner();
        let is_core = vocabulary == Vocabulary::Core;
        Some(match (owner, name) {
            (Place::Outside, "item" | "entry") if is_core => Place::Entry,
            (owner, "item" | "entry" | "topic") if is_core && owner != Place::Outside => {
                Place::Entry
            }
            (Place::Outside, "rss" | "rdf" | "xml") => Place::Root,
            // Atom's root is the channel itself.
            (Place::Outside, "feed" | "channel") | (Place::Root | Place::Channel, "channel") => {
                Place::Channel
            }
            // An envelope (SOAP, a wrapper of somebody's own) is looked through.
            (Place::Outside, _) => Place::Outside,
            (Place::Root | Place::Channel, "items") => Place::Through,
            // Apple's `image` has an attribute and nothing else.
            (Place::Root | Place::Channel | Place::Entry, "image")
                if vocabulary == Vocabulary::Itunes =>
            {
                return None;
            }
            (
                Place::Root | Place::Channel | Place::Entry,
                "image" | "textinput" | "contributor",
            ) => Place::Aside,
            // RSS names the feed in the text and gives its address as an attribute.
            (Place::Entry, "source") if attribute(attributes, "url").is_none() => {
                if !self.next_is_tag() {
                    return None;
                }
                Place::Source
            }
            // Atom's authors hold elements, RSS's a text.
            (Place::Entry | Place::Channel | Place::Source, "author")
                if is_core && self.next_is_tag() =>
            {
                Place::Person
            }
            (Place::Entry | Place::Channel, "group" | "items" | "content")
                if vocabulary == Vocabulary::Media =>
            {
                Place::Through
            }
            _ => return None,
        })
    }

    fn next_is_tag(&self) -> bool {
        let rest = self.source[self.tags.position()..].trim_start();
        rest.starts_with('<') && !rest.starts_with("</") && !rest.starts_with("<!")
    }

    /// What relative addresses in an element count from.
    pub(super) fn base_of(&self, attributes: &Attributes<'_>) -> Option<Rc<Url>> {
        let around = self.stack.last().and_then(|frame| frame.base.as_ref());
        let around = around.or(self.base.as_ref());
        let own = attribute(attributes, "xml:base").and_then(|own| match around {
            Some(around) => around.join(own).ok(),
            None => Url::parse(own).ok(),
        });
        own.map(Rc::new).or_else(|| around.cloned())
    }
}
