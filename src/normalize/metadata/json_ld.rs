//! The article that a page describes in JSON-LD (schema.org), wherever in the graph it stands.

use dom_query::{Document as Page, NodeRef};
use serde_json::{Map, Value};

use crate::normalize::dom;

/// Values as given.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub headline: Option<String>,
    pub description: Option<String>,
    pub authors: Vec<String>,
    pub publisher: Option<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub image: Option<String>,
    pub language: Option<String>,
    pub keywords: Vec<String>,
}

/// Objects looked at; a graph is not that large, a hostile one may be.
const MAX_OBJECTS: usize = 2_000;

/// The first object of an article's type that has a headline or a date.
pub(super) fn article(page: &Page) -> Linked {
    let mut best = Linked::default();
    let is_linked = |script: &NodeRef<'_>| {
        script.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"))
    };
    for script in dom::named(page, "script").into_iter().filter(is_linked) {
        let Some(value) = parse(&script.text()) else { continue };
        for object in objects(&value).into_iter().filter(|object| is_article(object)) {
            let linked = read(object);
            if linked.headline.is_some() || linked.published.is_some() {
                return linked;
            }
            best = linked;
        }
    }
    best
}

/// JSON as pages write it: in a comment or CDATA, with raw line breaks inside strings.
fn parse(text: &str) -> Option<Value> {
    let text = text
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//")
        .trim_start_matches("<![CDATA[");
    let text = text
        .trim_end()
        .trim_end_matches("-->")
        .trim_end_matches("]]>")
        .trim_end_matches("//")
        .trim()
        .trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| {
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&plain).ok()
    })
}

/// Every object in the value, outermost first.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    let (mut found, mut waiting) = (Vec::new(), std::collections::VecDeque::from([value]));
    while let Some(value) = waiting.pop_front() {
        match value {
            Value::Array(values) => waiting.extend(values),
            Value::Object(object) => {
                found.push(object);
                waiting.extend(
                    ["@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement"]
                        .iter()
                        .filter_map(|key| object.get(*key)),
                );
            }
            _ => {}
        }
        if found.len() > MAX_OBJECTS {
            break;
        }
    }
    found
}

fn is_article(object: &Map<String, Value>) -> bool {
    let is = |value: &Value| {
        value.as_str().is_some_and(|kind| {
            let kind = kind.rsplit('/').next().unwrap_or(kind);
            kind.ends_with("Article")
                || kind.ends_with("BlogPosting")
                || matches!(kind, "Report" | "Review" | "LiveBlogPosting" | "HowTo" | "Recipe")
        })
    };
    match object.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => false,
    }
}

fn read(object: &Map<String, Value>) -> Linked {
    let text = |key: &str| object.get(key).and_then(text);
    Linked {
        headline: text("headline").or_else(|| text("name")),
        description: text("description"),
        authors: object
            .get("author")
            .or_else(|| object.get("creator"))
            .map(names)
            .unwrap_or_default(),
        publisher: object.get("publisher").map(names).and_then(|names| names.into_iter().next()),
        published: text("datePublished").or_else(|| text("dateCreated")),
        updated: text("dateModified"),
        image: object.get("image").or_else(|| object.get("thumbnailUrl")).and_then(address),
        language: text("inLanguage"),
        keywords: object.get("keywords").map(words).unwrap_or_default(),
    }
}

/// Texts in JSON-LD often carry HTML's references.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => return values.iter().find_map(text),
        Value::Object(object) => {
            return object.get("@value").or_else(|| object.get("name")).and_then(text);
        }
        _ => return None,
    };
    let plain = if text.contains('&') || text.contains('<') {
        dom_query::Document::fragment(text).text().to_string()
    } else {
        text
    };
    let plain = dom::squeeze(&plain);
    (!plain.is_empty()).then_some(plain)
}

fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(names).collect(),
        Value::Object(object) => object.get("name").map(names).unwrap_or_default(),
        other => text(other).into_iter().collect(),
    }
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        other => text(other)
            .map(|list| list.split(',').map(|word| word.trim().to_owned()).collect())
            .unwrap_or_default(),
    }
}

fn address(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().find_map(address),
        Value::Object(object) => object.get("url").and_then(address),
        Value::String(url) => Some(url.clone()),
        _ => None,
    }
}
