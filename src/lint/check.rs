//! What every vocabulary shares: findings with their place, kinds of value, repetition, attributes.

use std::collections::{HashMap, HashSet};

use super::addresses::{self, Form};
use super::names::Ns;
use super::rules::Rule;
use super::tree::{Element, Tree, lines};
use super::{Finding, Settings, dates, markup, values};

/// Findings of one rule that are told; who has more has a rule to learn.
const MAX_OF_A_RULE: usize = 1_000;

/// What an element or attribute may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything without elements.
    Text,
    /// Words without markup.
    Plain,
    /// Words that must be there.
    PlainNonBlank,
    /// Escaped markup.
    Html,
    /// An absolute address of RFC 3986.
    Address,
    /// An address that may be relative.
    Reference,
    /// An address of RFC 3987 that may be relative.
    IriReference,
    /// An absolute address of RFC 3987.
    Iri,
    /// RFC 822.
    Rfc822,
    /// RFC 3339.
    Rfc3339,
    /// W3C NOTE-datetime.
    W3c,
    /// A language tag.
    Language,
    /// A mail address with a name.
    Contact,
    /// A mail address.
    Mail,
    /// One or more.
    Positive,
    /// Zero or more.
    NonNegative,
    /// `true` or `false`.
    TrueFalse,
    /// A length of time.
    Duration,
    /// So many characters, and no markup.
    AtMost(usize),
    /// A media type.
    MediaType,
    /// Looked at elsewhere, or not at all.
    Anything,
}

/// A judgement under way.
pub(super) struct Check<'c, 'a> {
    pub tree: &'c Tree<'a>,
    pub settings: &'c Settings,
    /// Whether core RSS rules on character data hold.
    pub is_rss2: bool,
    /// Whether the channel says when it was built.
    pub is_dated: bool,
    findings: Vec<(usize, Finding)>,
    counts: HashMap<Rule, usize>,
}

impl<'c, 'a> Check<'c, 'a> {
    /// Begins with what holds for every document.
    pub fn new(tree: &'c Tree<'a>, settings: &'c Settings) -> Self {
        let mut check = Self {
            tree,
            settings,
            is_rss2: false,
            is_dated: false,
            findings: Vec::new(),
            counts: HashMap::new(),
        };
        check.document();
        check
    }

    /// The findings, in the order of the document.
    pub fn finish(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|(at, _)| *at);
        let (mut from, mut line) = (0, 1);
        let counted = self.findings.into_iter().map(|(at, finding)| {
            line += lines(&self.tree.source[from..at]);
            from = at;
            Finding { line, ..finding }
        });
        counted.collect()
    }

    pub fn element(&self, index: usize) -> &'c Element<'a> {
        &self.tree.elements[index]
    }

    /// The children of `index` that are named `name` in `ns`.
    pub fn children<'n>(
        &self,
        index: usize,
        ns: Ns,
        name: &'n str,
    ) -> impl Iterator<Item = usize> + use<'c, 'a, 'n> {
        let elements = &self.tree.elements;
        let is_named =
            move |child: &usize| elements[*child].ns == ns && elements[*child].name == name;
        elements[index].children.iter().copied().filter(is_named)
    }

    pub fn has(&self, index: usize, ns: Ns, name: &str) -> bool {
        let mut children = self.element(index).children.iter().map(|child| self.element(*child));
        children.any(|child| child.ns == ns && child.name == name)
    }

    /// Records a finding at the element `index`.
    pub fn found(&mut self, rule: Rule, index: usize, message: impl Into<String>) {
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count <= MAX_OF_A_RULE {
            // Its line is counted at the end, for all of them at once.
            let finding = Finding::new(rule, 0, self.place(index), message.into());
            self.findings.push((self.element(index).at, finding));
        }
    }

    fn place(&self, mut index: usize) -> String {
        let mut names = vec![self.name(index)];
        while self.element(index).parent != index && names.len() < 6 {
            index = self.element(index).parent;
            names.push(self.name(index));
        }
        names.reverse();
        names.join("/")
    }

    /// The element's name as it is written.
    pub fn name(&self, index: usize) -> String {
        let element = self.element(index);
        match element.prefix {
            "" => element.name.to_owned(),
            prefix => format!("{prefix}:{}", element.name),
        }
    }

    fn document(&mut self) {
        for index in 0..self.tree.elements.len() {
            self.namespaces(index);
        }
        if let Some(encoding) = &self.tree.encoding {
            let usual = ["utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"];
            if !usual.contains(&encoding.to_ascii_lowercase().as_str()) {
                self.found(Rule::ObscureEncoding, 0, format!("encoding {encoding}"));
            }
        }
    }

    fn namespaces(&mut self, index: usize) {
        let element = self.element(index);
        for (prefix, uri) in &element.declared {
            if uri.contains(char::is_whitespace) {
                self.found(Rule::NotWellFormed, index, format!("namespace \"{uri}\" has spaces"));
            } else if uri == "http://search.yahoo.com/mrss" {
                self.found(Rule::MediaRssNamespace, index, "the namespace lacks its last \"/\"");
            } else if Ns::is_reserved(prefix, uri) {
                self.found(
                    Rule::ReservedPrefix,
                    index,
                    format!("{prefix} means another namespace"),
                );
            } else if Ns::of(uri) == Ns::Unknown {
                self.found(Rule::UnknownNamespace, index, format!("namespace {uri}"));
            }
        }
        if element.ns == Ns::Undeclared {
            let name = self.name(index);
            self.found(
                Rule::MissingNamespace,
                index,
                format!("the prefix of {name} is not declared"),
            );
        }
        for attribute in element.attributes.iter().filter(|a| a.ns == Ns::Undeclared) {
            let message =
                format!("the prefix of {}:{} is not declared", attribute.prefix, attribute.name);
            self.found(Rule::MissingNamespace, index, message);
        }
        if has_bad_characters(&element.text)
            || element.attributes.iter().any(|a| has_bad_characters(&a.value))
        {
            self.found(Rule::BadCharacters, index, "a control character or U+FFFD");
        }
        self.language(index);
    }

    fn language(&mut self, index: usize) {
        let tag = self.element(index).attribute_in(Ns::Xml, "lang");
        if let Some(tag) = tag.filter(|tag| !tag.is_empty() && !values::is_language(tag)) {
            self.found(Rule::InvalidLanguage, index, format!("xml:lang \"{tag}\""));
        }
        if let Some(base) = self.element(index).attribute_in(Ns::Xml, "base") {
            self.value(index, Kind::IriReference, base, "xml:base");
        }
    }

    /// Checks an element that holds a value and nothing else.
    pub fn leaf(&mut self, index: usize, kind: Kind) {
        if kind == Kind::Anything {
            return;
        }
        self.no_elements(index);
        let element = self.element(index);
        let text = if kind == Kind::Html { &*element.text } else { element.text.trim() };
        self.value(index, kind, text, "");
    }

    /// Reports elements within one that only holds text.
    pub fn no_elements(&mut self, index: usize) {
        for child in &self.element(index).children {
            let name = self.name(*child);
            self.found(Rule::UndefinedElement, *child, format!("<{name}> does not belong here"));
        }
    }

    /// Checks `value`; `what` names the attribute, if it is one.
    pub fn value(&mut self, index: usize, kind: Kind, value: &str, what: &str) {
        let now = self.settings.now;
        let rule = match kind {
            Kind::Text | Kind::Anything => None,
            Kind::PlainNonBlank if value.is_empty() => Some(Rule::NotBlank),
            Kind::Plain | Kind::PlainNonBlank => {
                return self.plain(index, value, Rule::ContainsHtml, what);
            }
            Kind::AtMost(most) if value.chars().count() > most => Some(Rule::TooLong),
            Kind::AtMost(_) => return self.plain(index, value, Rule::ContainsHtml, what),
            Kind::MediaType => not(values::is_media_type(value), Rule::InvalidMimeType),
            Kind::Html => return self.html(index, value, true),
            Kind::Address => addresses::uri(value, Form::Absolute, false),
            Kind::Reference => addresses::uri(value, Form::Reference, false),
            Kind::IriReference => addresses::uri(value, Form::Reference, true),
            Kind::Iri => addresses::uri(value, Form::Absolute, true),
            Kind::Rfc822 => dates::rfc822(value, now),
            Kind::Rfc3339 => dates::rfc3339(value, now),
            Kind::W3c => dates::w3cdtf(value, now),
            Kind::Language => (!values::is_language(value)).then_some(Rule::InvalidLanguage),
            Kind::Contact => {
                self.plain(index, value, Rule::ContainsHtml, what);
                contact(value)
            }
            Kind::Mail => not(addresses::is_mail(value), Rule::InvalidContact),
            Kind::Positive => {
                not(values::integer(value).is_some_and(|n| n > 0), Rule::InvalidPositiveInteger)
            }
            Kind::NonNegative => {
                not(values::integer(value).is_some_and(|n| n >= 0), Rule::InvalidNonNegativeInteger)
            }
            Kind::TrueFalse => not(["true", "false"].contains(&value), Rule::InvalidTrueFalse),
            Kind::Duration => not(values::is_duration(value), Rule::InvalidDuration),
        };
        if let Some(rule) = rule {
            self.found(rule, index, named(what, value));
        }
    }

    /// Words in which markup is a mistake.
    pub fn plain(&mut self, index: usize, value: &str, rule: Rule, what: &str) {
        let is_hexadecimal = self.element(index).has_hexadecimal;
        if let Some(sign) = markup::in_plain(value, is_hexadecimal) {
            self.found(rule, index, format!("{} in {}", sign, named(what, value)));
        } else if self.is_rss2 && !is_hexadecimal && markup::is_ambiguous(value) {
            self.found(Rule::CharacterData, index, named(what, value));
        }
    }

    /// Markup that readers show.
    pub fn html(&mut self, index: usize, value: &str, absolute: bool) {
        for flaw in markup::flaws(value, absolute) {
            self.found(flaw.rule, index, flaw.what);
        }
    }

    /// Reports every child that stands more than once, though it may not.
    pub fn once(&mut self, index: usize, may_repeat: impl Fn(Ns, &str) -> bool) {
        let mut seen = HashSet::new();
        for child in &self.element(index).children {
            let element = self.element(*child);
            if !seen.insert((element.ns, element.name)) && !may_repeat(element.ns, element.name) {
                let name = self.name(*child);
                self.found(Rule::DuplicateElement, *child, format!("<{name}> stands twice"));
            }
        }
    }

    /// Reports text in an element that holds elements only.
    pub fn no_text(&mut self, index: usize) {
        let text = self.element(index).text.trim();
        if !text.is_empty() {
            let begin: String = text.chars().take(40).collect();
            self.found(Rule::UnexpectedText, index, format!("text \"{begin}\""));
        }
    }

    /// Reports attributes other than `known`; those of namespaces the format does not know are nobody's business.
    pub fn attributes(&mut self, index: usize, known: &[&str]) {
        for attribute in &self.element(index).attributes {
            let (ns, name) = (attribute.ns, attribute.name);
            let is_foreign = matches!(ns, Ns::Unknown | Ns::Undeclared | Ns::Xml);
            let is_known = known.iter().any(|known| match known.split_once(':') {
                Some((prefix, local)) => ns.prefix() == prefix && name == local,
                None => ns == Ns::None && name == *known,
            });
            if ns == Ns::Unknown && self.is_rss2 && self.element(index).ns == Ns::None {
                self.found(Rule::UseOfExtensionAttr, index, format!("attribute {name}"));
            } else if !is_known && !is_foreign {
                self.found(Rule::UnexpectedAttribute, index, format!("attribute {name}"));
            }
        }
    }

    /// The attribute's value, or a finding that it is missing.
    pub fn required(&mut self, index: usize, name: &str) -> Option<&'c str> {
        let value = self.element(index).attribute(name);
        if value.is_none() {
            self.found(Rule::MissingAttribute, index, format!("attribute {name} is missing"));
        }
        value
    }

    /// Drops findings of `rule`.
    pub fn forgive(&mut self, rule: Rule) {
        self.findings.retain(|(_, finding)| finding.rule != rule);
        self.counts.remove(&rule);
    }

    /// How often `rule` was broken so far.
    pub fn count(&self, rule: Rule) -> usize {
        self.counts.get(&rule).copied().unwrap_or_default()
    }
}

fn not(fits: bool, rule: Rule) -> Option<Rule> {
    (!fits).then_some(rule)
}

fn named(what: &str, value: &str) -> String {
    let shown: String = value.chars().take(120).collect();
    if what.is_empty() { format!("\"{shown}\"") } else { format!("{what}=\"{shown}\"") }
}

/// C1 controls and the replacement character, which say that a charset was guessed wrong.
fn has_bad_characters(text: &str) -> bool {
    // In UTF-8 the first are C2 and a byte below A0; pairs of bytes are looked at faster than characters.
    let has_control = || text.as_bytes().windows(2).any(|pair| pair[0] == 0xC2 && pair[1] < 0xA0);
    !text.is_ascii() && (text.contains('\u{FFFD}') || has_control())
}

/// RSS `author`, `managingEditor`, `webMaster`: `address (name)`.
fn contact(value: &str) -> Option<Rule> {
    if let Some(mailto) = value.strip_prefix("mailto:") {
        let address = mailto.split('?').next().unwrap_or_default().replace("%40", "@");
        return (!addresses::is_mail(&address)).then_some(Rule::InvalidContact);
    }
    if value.find('@').is_some_and(|at| at > 0) && !value.ends_with(')') {
        let with_name = value.contains(' ');
        return Some(if with_name { Rule::EmailFormat } else { Rule::MissingRealName });
    }
    let address = value.split('(').next().unwrap_or_default().trim();
    let address = address.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
    (!addresses::is_mail(address)).then_some(Rule::InvalidContact)
}
