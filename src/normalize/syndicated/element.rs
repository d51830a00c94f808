//! An element that holds a value, read whole: up to its end tag, or where that is missing, up to what cannot belong to it.

use std::rc::Rc;

use url::Url;

use super::field::Field;
use super::places::{Attributes, Place, attribute};
use super::reader::Reader;
use super::references;
use super::tags::Token;
use super::vocabulary::Vocabulary;

/// Elements whose value is a line of text: none of their own vocabulary stands in them.
const LINES: [&str; 8] =
    ["title", "link", "guid", "id", "pubdate", "published", "updated", "comments"];
/// Elements that stand beside those.
const BESIDE: [&str; 14] = [
    "title",
    "link",
    "guid",
    "id",
    "pubdate",
    "published",
    "updated",
    "comments",
    "description",
    "summary",
    "content",
    "category",
    "enclosure",
    "author",
];

/// A start tag as it was met.
pub(super) struct Start<'a> {
    pub written: &'a str,
    pub vocabulary: Vocabulary,
    pub name: String,
    pub attributes: Attributes<'a>,
    pub base: Option<Rc<Url>>,
}

impl<'a> Start<'a> {
    /// What the attributes alone say.
    pub fn file(
        vocabulary: Vocabulary,
        name: &str,
        attributes: &Attributes<'a>,
        base: Option<&Rc<Url>>,
    ) -> Field<'a> {
        let (name, attributes, base) = (name.to_owned(), attributes.clone(), base.cloned());
        Self { written: "", vocabulary, name, attributes, base }.empty()
    }

    /// The element, if it ends with its own tag.
    pub fn empty(self) -> Field<'a> {
        let Self { vocabulary, name, attributes, base, .. } = self;
        Field {
            vocabulary,
            name,
            attributes,
            text: String::new(),
            inner: "",
            has_elements: false,
            base,
        }
    }
}

impl<'a> Reader<'a> {
    /// Reads the rest of the element that `start` begins.
    pub(super) fn element(&mut self, start: Start<'a>) -> Field<'a> {
        let Start { written, vocabulary, name, attributes, base } = start;
        // RFC 4287 §4.1.3: content may be another document, entries and all.
        let is_document = attribute(&attributes, "type").is_some_and(|kind| kind.ends_with("xml"));
        let is_line = vocabulary == Vocabulary::Core && LINES.contains(&name.as_str());
        let (mut text, mut depth, mut has_elements) = (String::new(), 0_usize, false);
        let from = self.tags.position();
        let mut to = from;
        while let Some(token) = self.tags.next() {
            to = self.tags.token_at();
            match token {
                Token::Text(part) => references::resolve_into(&mut text, part, &mut self.mends),
                Token::Cdata(part) => text.push_str(part),
                Token::Start { name: inner, empty, .. } => {
                    if !is_document && self.begins_another(inner)
                        || is_line && self.is_beside(written, inner)
                    {
                        self.mends.unclosed += 1;
                        self.tags.seek(to);
                        break;
                    }
                    has_elements = true;
                    depth += usize::from(!empty && inner.eq_ignore_ascii_case(written));
                }
                Token::End { name } if name.eq_ignore_ascii_case(written) => {
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                }
                Token::End { name } if self.ends_around(name) => {
                    self.mends.unclosed += 1;
                    self.tags.seek(to);
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

    /// Whether a tag inside of a line is its unclosed neighbour.
    fn is_beside(&self, line: &str, name: &str) -> bool {
        let (vocabulary, local) = self.prefixes.resolve(name);
        vocabulary == Vocabulary::Core
            && !line.eq_ignore_ascii_case(name)
            && BESIDE.contains(&local.as_str())
    }

    fn ends_around(&self, name: &str) -> bool {
        self.stack
            .iter()
            .any(|frame| frame.place != Place::Outside && frame.name.eq_ignore_ascii_case(name))
    }
}
