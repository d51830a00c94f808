//! What every vocabulary shares: findings with their place, repetition, attributes.

use std::collections::{HashMap, HashSet};

use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;
use super::tree::{Element, Tree, lines};
use super::{Finding, Settings, values};

/// Findings of one rule that are told; who has more has a rule to learn.
const MAX_OF_A_RULE: usize = 1_000;

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

    /// Reports elements within one that only holds text.
    pub fn no_elements(&mut self, index: usize) {
        for child in &self.element(index).children {
            let name = self.name(*child);
            self.found(Rule::UndefinedElement, *child, format!("<{name}> does not belong here"));
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

/// C1 controls and the replacement character, which say that a charset was guessed wrong.
fn has_bad_characters(text: &str) -> bool {
    // In UTF-8 the first are C2 and a byte below A0; pairs of bytes are looked at faster than characters.
    let has_control = || text.as_bytes().windows(2).any(|pair| pair[0] == 0xC2 && pair[1] < 0xA0);
    !text.is_ascii() && (text.contains('\u{FFFD}') || has_control())
}
