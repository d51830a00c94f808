//! A strict reading of XML into a flat list of elements: nothing recurses, so depth is a number and no danger.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::names::Ns;
use super::{Finding, Rule};

/// No feed needs more; XHTML content with tables in lists stays below 40.
const MAX_DEPTH: usize = 128;
/// Attributes of one element; the XML reader compares each with all before it.
const MAX_ATTRIBUTES: usize = 256;

/// An attribute with its references resolved.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub ns: Ns,
    pub prefix: &'a str,
    pub name: &'a str,
    pub value: String,
}

/// An element; `text` is what stands directly in it.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub ns: Ns,
    pub prefix: &'a str,
    pub name: &'a str,
    pub attributes: Vec<Attribute<'a>>,
    pub text: Cow<'a, str>,
    pub parent: usize,
    pub children: Vec<usize>,
    /// Where its tag begins, in bytes.
    pub at: usize,
    /// Whether `xml:lang` holds for it.
    pub has_language: bool,
    /// Whether markup characters in it are written as hexadecimal references.
    pub has_hexadecimal: bool,
    /// Namespaces declared on it: prefix and address.
    pub declared: Vec<(String, String)>,
}

impl Element<'_> {
    /// The attribute `name` that is in no namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attribute_in(Ns::None, name)
    }

    /// The attribute `name` of namespace `ns`.
    pub fn attribute_in(&self, ns: Ns, name: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.ns == ns && a.name == name).map(|a| a.value.as_str())
    }
}

/// Why a document is no XML.
#[derive(Debug)]
pub(super) struct Broken {
    rule: Rule,
    at: usize,
    reason: String,
}

impl Broken {
    /// What to tell people.
    pub fn finding(self, text: &str) -> Finding {
        let line = text.get(..self.at).map_or(1, |before| 1 + lines(before));
        Finding::new(self.rule, line, "document".into(), self.reason)
    }
}

/// Line ends in `text`.
pub(super) fn lines(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

/// The document's elements in their order; the first is the root.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub source: &'a str,
    pub elements: Vec<Element<'a>>,
    /// What follows `<!DOCTYPE`.
    pub doctype: Option<String>,
    /// The encoding that the declaration names.
    pub encoding: Option<String>,
}

impl<'a> Tree<'a> {
    /// Reads `source`, or says where it stops being well formed.
    pub fn read(source: &'a str) -> Result<Self, Broken> {
        let mut builder = Builder::new(source);
        let mut reader = Reader::from_str(source);
        loop {
            let at = position(&reader);
            let event = reader.read_event().map_err(|error| Broken {
                rule: Rule::NotWellFormed,
                at: usize::try_from(reader.error_position()).unwrap_or(at),
                reason: error.to_string(),
            })?;
            if matches!(event, Event::Eof) {
                return builder.finish();
            }
            builder.take(event, at, position(&reader))?;
        }
    }

    /// The outermost element.
    pub fn root(&self) -> &Element<'a> {
        &self.elements[0]
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<usize>,
    scopes: Vec<(usize, &'a str, Ns)>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        let tree = Tree { source, elements: Vec::new(), doctype: None, encoding: None };
        Self { tree, open: Vec::new(), scopes: Vec::new() }
    }

    fn take(&mut self, event: Event<'a>, at: usize, end: usize) -> Result<(), Broken> {
        match event {
            Event::Start(tag) => self.start(&tag, at, end),
            Event::Empty(tag) => {
                self.start(&tag, at, end)?;
                self.end();
                Ok(())
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(_) => self.text(at, &self.tree.source[at..end]),
            Event::CData(_) => self.text(at, cdata(&self.tree.source[at..end])),
            Event::GeneralRef(_) => self.reference(at, &self.tree.source[at..end]),
            Event::DocType(text) => {
                self.tree.doctype = Some(String::from_utf8_lossy(&text).into_owned());
                Ok(())
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok);
                self.tree.encoding = encoding.map(|e| String::from_utf8_lossy(&e).into_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize, end: usize) -> Result<(), Broken> {
        if self.open.len() >= MAX_DEPTH {
            let reason = format!("elements nest deeper than {MAX_DEPTH}");
            return Err(Broken { rule: Rule::TooDeep, at, reason });
        }
        if self.open.is_empty() && !self.tree.elements.is_empty() {
            return Err(broken(at, "a second element beside the outermost one"));
        }
        let index = self.tree.elements.len();
        let source = &self.tree.source[at..end];
        let (written, declared) = Self::attributes(tag, source, at)?;
        for (prefix, uri) in &declared {
            let place = source.find(&format!("xmlns:{prefix}")).map(|p| p + 6);
            let name = place.map_or("", |p| &source[p..p + prefix.len()]);
            self.scopes.push((index, name, Ns::of(uri)));
        }
        let name = &source[1..=tag.name().as_ref().len()];
        let (prefix, name) = name.split_once(':').unwrap_or(("", name));
        let element = self.element(index, (prefix, name), written, declared, at);
        self.tree.elements.push(element);
        if let Some(parent) = self.open.last() {
            self.tree.elements[*parent].children.push(index);
        }
        self.open.push(index);
        Ok(())
    }

    fn element(
        &self,
        index: usize,
        (prefix, name): (&'a str, &'a str),
        mut attributes: Vec<Attribute<'a>>,
        declared: Vec<(String, String)>,
        at: usize,
    ) -> Element<'a> {
        for attribute in attributes.iter_mut().filter(|a| !a.prefix.is_empty()) {
            attribute.ns = self.resolve(attribute.prefix);
        }
        let parent = self.open.last().copied().unwrap_or(index);
        let own = attributes.iter().any(|a| a.ns == Ns::Xml && a.name == "lang");
        let inherited = self.tree.elements.get(parent).is_some_and(|p| p.has_language);
        Element {
            ns: self.resolve(prefix),
            prefix,
            name,
            attributes,
            text: Cow::Borrowed(""),
            parent,
            children: Vec::new(),
            at,
            has_language: own || inherited,
            has_hexadecimal: false,
            declared,
        }
    }

    /// Attributes, and namespace declarations apart from them.
    #[expect(clippy::type_complexity, reason = "two lists, used once")]
    fn attributes(
        tag: &BytesStart<'_>,
        source: &'a str,
        at: usize,
    ) -> Result<(Vec<Attribute<'a>>, Vec<(String, String)>), Broken> {
        let (mut written, mut declared) = (Vec::new(), Vec::new());
        let base = tag.as_ptr() as usize;
        for attribute in tag.attributes().take(MAX_ATTRIBUTES) {
            let attribute = attribute.map_err(|error| broken(at, &error.to_string()))?;
            let key = attribute.key.as_ref();
            let from = 1 + key.as_ptr() as usize - base;
            let key = &source[from..from + key.len()];
            let raw = String::from_utf8_lossy(&attribute.value);
            if raw.contains('<') {
                return Err(broken(at, "\"<\" in an attribute; write &lt;"));
            }
            let value = quick_xml::escape::unescape(&raw)
                .map_err(|error| broken(at, &error.to_string()))?
                .replace(['\n', '\t', '\r'], " ");
            match key.split_once(':') {
                None if key == "xmlns" => declared.push((String::new(), value)),
                Some(("xmlns", prefix)) => declared.push((prefix.to_owned(), value)),
                pair => {
                    let (prefix, name) = pair.unwrap_or(("", key));
                    written.push(Attribute { ns: Ns::None, prefix, name, value });
                }
            }
        }
        Ok((written, declared))
    }

    fn resolve(&self, prefix: &str) -> Ns {
        if prefix == "xml" {
            return Ns::Xml;
        }
        let found = self.scopes.iter().rev().find(|(_, known, _)| *known == prefix);
        let undeclared = if prefix.is_empty() { Ns::None } else { Ns::Undeclared };
        found.map_or(undeclared, |(.., ns)| *ns)
    }

    fn end(&mut self) {
        if let Some(index) = self.open.pop() {
            while self.scopes.last().is_some_and(|(owner, ..)| *owner == index) {
                self.scopes.pop();
            }
        }
    }

    fn text(&mut self, at: usize, text: &'a str) -> Result<(), Broken> {
        if may_hold_forbidden(text)
            && let Some(bad) = text.chars().find(|c| is_forbidden(*c))
        {
            return Err(broken(at, &format!("U+{:04X} may not stand in XML", u32::from(bad))));
        }
        let Some(index) = self.open.last() else {
            let is_blank = text.trim_start_matches('\u{FEFF}').trim().is_empty();
            return if is_blank { Ok(()) } else { Err(broken(at, "text outside of all elements")) };
        };
        let element = &mut self.tree.elements[*index];
        if element.text.is_empty() {
            element.text = Cow::Borrowed(text);
        } else {
            element.text.to_mut().push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, at: usize, reference: &str) -> Result<(), Broken> {
        let Some(index) = self.open.last().copied() else {
            return Err(broken(at, "a reference outside of all elements"));
        };
        let name = reference.trim_start_matches('&').trim_end_matches(';');
        let resolved = resolve_reference(name).ok_or_else(|| Broken {
            rule: Rule::UndefinedEntity,
            at,
            reason: format!("&{name}; is declared nowhere"),
        })?;
        let element = &mut self.tree.elements[index];
        element.has_hexadecimal |= name.starts_with("#x");
        element.text.to_mut().push(resolved);
        Ok(())
    }

    fn finish(self) -> Result<Tree<'a>, Broken> {
        let end = self.tree.source.len();
        match self.open.last() {
            Some(index) => {
                let element = &self.tree.elements[*index];
                Err(broken(end, &format!("<{}> is never closed", element.name)))
            }
            None if self.tree.elements.is_empty() => Err(broken(end, "there is no element")),
            None => Ok(self.tree),
        }
    }
}

fn broken(at: usize, reason: &str) -> Broken {
    Broken { rule: Rule::NotWellFormed, at, reason: reason.to_owned() }
}

fn cdata(written: &str) -> &str {
    written.trim_start_matches("<![CDATA[").strip_suffix("]]>").unwrap_or(written)
}

fn resolve_reference(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => digits.parse().ok()?,
        },
        None => return quick_xml::escape::resolve_predefined_entity(name)?.chars().next(),
    };
    char::from_u32(number).filter(|c| !is_forbidden(*c))
}

/// Bytes are looked at many times faster than characters; this is never wrong about a text it lets pass.
fn may_hold_forbidden(text: &str) -> bool {
    text.bytes().any(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r'))
        || text.contains('\u{FFFE}')
        || text.contains('\u{FFFF}')
}

/// XML 1.0 §2.2: everything outside of `Char`.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}
