//! What the operator says of one source, over what the rules find: a field's place as a CSS selector, a JSON pointer into
//! a script, or a regular expression.

use dom_query::{Document as Page, NodeRef, Selection};
use regex::Regex;
use serde_json::Value;

use super::dates::{self, Frame};
use super::draft::Draft;
use super::{LinkRules, authors, dom, labelled};

/// A field that an operator can place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The article's title.
    Title,
    /// Its lead.
    Lead,
    /// Its authors.
    Author,
    /// When it was published.
    Published,
    /// When it was changed.
    Updated,
    /// Its topics.
    Tags,
    /// The element or string that holds the text.
    Body,
}

impl Field {
    /// Every field that can be placed.
    const ALL: [Self; 7] = [
        Self::Title,
        Self::Lead,
        Self::Author,
        Self::Published,
        Self::Updated,
        Self::Tags,
        Self::Body,
    ];

    /// Reads what [`Field::name`] gives.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Its name in the configuration and in explanations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Lead => "lead",
            Self::Author => "author",
            Self::Published => "published",
            Self::Updated => "updated",
            Self::Tags => "tags",
            Self::Body => "body",
        }
    }
}

/// Where a field stands.
#[derive(Debug, Clone)]
pub struct Rule(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Css(String),
    Json { pointer: String, script: Option<String> },
    Regex(Regex),
}

impl Rule {
    /// In the elements that match a selector: their `content` or `datetime`, else their text.
    pub fn css(selector: &str) -> Result<Self, String> {
        check_selector(selector)?;
        Ok(Self(Kind::Css(selector.to_owned())))
    }

    /// At a pointer (RFC 6901) into the JSON of the script with this id, or of the first script that has such a place.
    pub fn json(pointer: &str, script: Option<&str>) -> Result<Self, String> {
        if !pointer.starts_with('/') {
            return Err("expected a JSON pointer such as /props/pageProps/date".to_owned());
        }
        Ok(Self(Kind::Json { pointer: pointer.to_owned(), script: script.map(str::to_owned) }))
    }

    /// In the first group of a regular expression, else in all it matches, in the page's source.
    pub fn regex(pattern: &str) -> Result<Self, String> {
        let regex = Regex::new(pattern).map_err(|error| {
            let last = error.to_string().lines().last().unwrap_or_default().to_owned();
            format!("expected a regular expression; {last}")
        })?;
        Ok(Self(Kind::Regex(regex)))
    }

    /// The rule as the operator wrote it.
    pub fn describe(&self) -> String {
        match &self.0 {
            Kind::Css(selector) => format!("css {selector}"),
            Kind::Json { pointer, script: Some(id) } => format!("json {pointer} in {id}"),
            Kind::Json { pointer, script: None } => format!("json {pointer}"),
            Kind::Regex(regex) => format!("regex {regex}"),
        }
    }

    fn values(&self, page: &Page, source: &str, as_html: bool) -> Vec<String> {
        match &self.0 {
            Kind::Css(selector) => by_css(page, selector, as_html),
            Kind::Json { pointer, script } => by_json(page, pointer, script.as_deref()),
            Kind::Regex(regex) => by_regex(regex, source),
        }
    }
}

pub(super) fn check_selector(selector: &str) -> Result<(), String> {
    dom_query::Matcher::new(selector)
        .map(|_| ())
        .map_err(|_| "expected a CSS selector such as h1.big or [itemprop=headline]".to_owned())
}

/// What an operator says of one source; empty for most.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    rules: Vec<(Field, Rule)>,
    remove: Vec<String>,
    /// Where the links of an index stand, and which of them count.
    pub links: LinkRules,
}

impl Overrides {
    /// Places `field` by `rule`, whatever placed it before.
    pub fn place(&mut self, field: Field, rule: Rule) {
        self.rules.retain(|(known, _)| *known != field);
        self.rules.push((field, rule));
    }

    /// Takes the elements that match `selector` out of every page.
    pub fn remove(&mut self, selector: &str) -> Result<(), String> {
        check_selector(selector)?;
        self.remove.push(selector.to_owned());
        Ok(())
    }

    /// Reads the placed fields of a page whose scripts are still there, and takes out what is to be removed.
    pub(super) fn read(&self, page: &Page, source: &str) -> Given {
        let mut given = Given::default();
        for (field, rule) in &self.rules {
            let values = rule.values(page, source, *field == Field::Body);
            if !values.is_empty() {
                given.fields.push((*field, rule.describe(), values));
            }
        }
        for selector in &self.remove {
            if let Some(found) = page.try_select(selector) {
                found.remove();
            }
        }
        given
    }
}

/// What the operator's rules found on one page.
#[derive(Debug, Default)]
pub(super) struct Given {
    fields: Vec<(Field, String, Vec<String>)>,
}

impl Given {
    /// Each field with its rule and its values.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &str, &[String])> {
        self.fields.iter().map(|(field, rule, values)| (*field, rule.as_str(), values.as_slice()))
    }

    /// The body as HTML.
    pub fn body(&self) -> Option<String> {
        let (_, _, values) = self.fields.iter().find(|(field, _, _)| *field == Field::Body)?;
        Some(values.concat())
    }

    /// Puts the values in place of what the rules of the house found.
    pub fn apply(&self, frame: &Frame, draft: &mut Draft) {
        for (field, _, values) in &self.fields {
            let first = values[0].as_str();
            let moment = || dates::machine(first, frame).and_then(Result::ok);
            match field {
                Field::Title => draft.title = Some(first.to_owned()),
                Field::Lead => draft.lead = Some(first.to_owned()),
                Field::Author => {
                    draft.authors = values.iter().flat_map(|v| authors::names(v)).collect();
                }
                Field::Published => draft.published = moment(),
                Field::Updated => draft.updated = moment(),
                Field::Tags => draft.tags = values.iter().flat_map(|v| tags(v)).collect(),
                Field::Body => {}
            }
        }
    }
}

fn tags(value: &str) -> Vec<String> {
    if value.contains([',', '，', '、', ';', '|']) {
        labelled::tags(value)
    } else {
        vec![value.to_owned()]
    }
}

fn by_css(page: &Page, selector: &str, as_html: bool) -> Vec<String> {
    let found: Option<Selection<'_>> = page.try_select(selector);
    let value = |node: &NodeRef<'_>| {
        if as_html {
            return node.inner_html().to_string();
        }
        let given = node.attr("content").or_else(|| node.attr("datetime"));
        given.map_or_else(|| dom::text(node), |value| dom::squeeze(&value))
    };
    let nodes = found.iter().flat_map(|found| found.nodes().iter().map(value));
    nodes.filter(|value| !value.is_empty()).collect()
}

fn by_json(page: &Page, pointer: &str, script: Option<&str>) -> Vec<String> {
    let scripts = page.select("script");
    let wanted = scripts
        .nodes()
        .iter()
        .filter(|node| script.is_none_or(|id| node.attr("id").as_deref() == Some(id)));
    let mut places = wanted.filter_map(|node| payload(&node.text())?.pointer(pointer).cloned());
    places.next().map(|value| texts(&value)).unwrap_or_default()
}

/// The JSON of a script, also where it is assigned to a variable.
fn payload(script: &str) -> Option<Value> {
    let text = script.trim();
    let start = text.find(['{', '['])?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter();
    values.next()?.ok()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => vec![text.trim().to_owned()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(object) => object.get("name").map(texts).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn by_regex(regex: &Regex, source: &str) -> Vec<String> {
    let Some(found) = regex.captures(source) else { return Vec::new() };
    let text = found.get(1).or(found.get(0)).map_or("", |m| m.as_str());
    let plain = dom::squeeze(&Page::fragment(text).text());
    if plain.is_empty() { Vec::new() } else { vec![plain] }
}
