//! Everything that a page says of one field, with the place where it says so: for those who ask why.

use dom_query::Document as Page;

use super::declared::{AUTHORS, DESCRIPTIONS, Metas, PUBLISHED, TAGS, TITLES, UPDATED};
use super::json_ld;
use crate::normalize::dom;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::normalize) struct Told {
    pub field: &'static str,
    pub place: String,
    pub value: String,
}

/// Every statement of the page, in the order in which the rules trust them.
pub(in crate::normalize) fn told(page: &Page) -> Vec<Told> {
    let mut told = headings(page);
    told.extend(linked(page));
    told.extend(metas(page));
    told.extend(elements(page));
    told
}

fn headings(page: &Page) -> Vec<Told> {
    let headings = page.select("h1");
    let texts = headings.nodes().iter().map(dom::text).filter(|text| !text.is_empty());
    texts.map(|value| statement("title", "h1", value)).collect()
}

fn linked(page: &Page) -> Vec<Told> {
    let linked = json_ld::article(page);
    let authors = (!linked.authors.is_empty()).then(|| linked.authors.join(", "));
    let values = [
        ("title", linked.headline),
        ("lead", linked.description),
        ("author", authors),
        ("published", linked.published),
        ("updated", linked.updated),
        ("language", linked.language),
    ];
    let given = values.into_iter().filter_map(|(field, value)| Some((field, value?)));
    given.map(|(field, value)| statement(field, "JSON-LD", value)).collect()
}

fn metas(page: &Page) -> Vec<Told> {
    let groups = [
        ("title", TITLES),
        ("lead", DESCRIPTIONS),
        ("author", AUTHORS),
        ("published", PUBLISHED),
        ("updated", UPDATED),
        ("tags", TAGS),
    ];
    let metas = Metas::read(page);
    let mut told = Vec::new();
    for (field, names) in groups {
        for name in names {
            let values = metas.all(&[name]).into_iter();
            told.extend(values.map(|value| statement(field, &format!("meta {name}"), value)));
        }
    }
    told
}

/// Elements that say what they hold.
fn elements(page: &Page) -> Vec<Told> {
    let places = [
        ("title", "title"),
        ("author", "[itemprop=author]"),
        ("author", "a[rel~=author]"),
        ("published", "time[datetime]"),
    ];
    let mut told = Vec::new();
    for (field, selector) in places {
        for node in page.select(selector).nodes().iter().take(5) {
            let value = node.attr("datetime").map_or_else(|| dom::text(node), |v| v.to_string());
            let value = if value.is_empty() { dom::squeeze(&node.text()) } else { value };
            told.push(statement(field, selector, value));
        }
    }
    let language = page.select("html").attr("lang").map(|v| v.to_string());
    told.extend(language.map(|value| statement("language", "html lang", value)));
    told
}

fn statement(field: &'static str, place: &str, value: String) -> Told {
    Told { field, place: place.to_owned(), value }
}
