//! Why an article is as it is: for each field its value, the rule and place that gave it, and what that beat. Made only
//! when asked for, by looking once more at everything that the rules may choose from.

use super::dates::{self, Frame};
use super::folding::fold;
use super::metadata::Told;
use super::overrides::Given;
use super::{Found, NormalizeError, Settings, authors, html};
use crate::domain::{Article, Document, Moment};

/// The whole account of one document.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What came of it.
    pub article: Article,
    /// The fields, in the order of the article.
    pub fields: Vec<Explained>,
    /// The ways to find the body, with what each found.
    pub body: Vec<Found>,
    /// Texts of the chosen body that are no part of the article's: bylines, service lines, repeated titles.
    pub removed: Vec<String>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Its name.
    pub field: &'static str,
    /// What the article says.
    pub value: String,
    /// The rule that gave it, and where that stood in the page.
    pub place: String,
    /// What else the page offers.
    pub beaten: Vec<Alternative>,
}

/// A value that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Where it stood.
    pub place: String,
    /// What it says.
    pub value: String,
}

/// Everything that was looked at, as the reader of the format hands it over.
pub(super) struct Looked {
    pub told: Vec<Told>,
    pub given: Given,
    pub frame: Frame,
    pub found: Vec<Found>,
    pub texts: Vec<String>,
}

/// Explains the article that `document` becomes.
pub fn explain(document: &Document, settings: &Settings) -> Result<Explanation, NormalizeError> {
    let article = super::normalize(document, settings)?.article;
    let looked = html::look(document, settings)?;
    let fields = fields(&article)
        .into_iter()
        .map(|(field, value)| explained(field, value, &looked))
        .collect();
    let text = fold(&article.text());
    let removed = looked.texts.into_iter().filter(|part| !text.contains(&fold(part))).collect();
    Ok(Explanation { article, fields, body: looked.found, removed })
}

/// The fields that the article has, as text.
fn fields(article: &Article) -> Vec<(&'static str, String)> {
    let date = |moment: &Option<Moment>| moment.as_ref().map(moment_text);
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    let all = [
        ("title", Some(article.title.clone())),
        ("lead", article.lead.clone()),
        ("author", list(&article.authors)),
        ("published", date(&article.published)),
        ("updated", date(&article.updated)),
        ("language", article.language.as_ref().map(ToString::to_string)),
        ("attribution", article.attribution.clone()),
        ("tags", list(&article.tags)),
    ];
    all.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

fn moment_text(moment: &Moment) -> String {
    let precision = format!("{:?}", moment.precision).to_lowercase();
    format!("{} ({precision}; \"{}\")", moment.instant.to_rfc3339(), moment.raw)
}

fn explained(field: &'static str, value: String, looked: &Looked) -> Explained {
    let given = looked.given.fields().find(|(placed, _, _)| placed.name() == field);
    let offered = looked.told.iter().filter(|told| told.field == field);
    let mut offered: Vec<Alternative> = offered
        .filter_map(|told| {
            let value = read(field, &told.value, &looked.frame)?;
            Some(Alternative { place: told.place.clone(), value })
        })
        .collect();
    if field == "tags" {
        offered = joined(offered);
    }
    let place = match given {
        Some((_, rule, _)) => format!("your rule: {rule}"),
        None => taken(field, &value, &mut offered),
    };
    offered.retain(|other| !is_same(field, &other.value, &value));
    offered.dedup();
    Explained { field, value, place, beaten: offered }
}

/// Topics stand one by one in one place.
fn joined(offered: Vec<Alternative>) -> Vec<Alternative> {
    let mut joined: Vec<Alternative> = Vec::new();
    for one in offered {
        match joined.iter_mut().find(|known| known.place == one.place) {
            Some(known) => known.value = format!("{}, {}", known.value, one.value),
            None => joined.push(one),
        }
    }
    joined
}

/// The place that first gave the value.
fn taken(field: &str, value: &str, offered: &mut Vec<Alternative>) -> String {
    let same = |other: &Alternative| is_same(field, &other.value, value);
    let holds = |other: &Alternative| field == "title" && fold(&other.value).contains(&fold(value));
    let at = offered.iter().position(same).or_else(|| offered.iter().position(holds));
    at.map_or_else(|| "the text that readers see".to_owned(), |at| offered.remove(at).place)
}

fn is_same(field: &str, a: &str, b: &str) -> bool {
    let instant = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    match field {
        "published" | "updated" => instant(a) == instant(b),
        _ => fold(a) == fold(b),
    }
}

/// An offered value in the form in which the article has it.
fn read(field: &str, value: &str, frame: &Frame) -> Option<String> {
    match field {
        "published" | "updated" => dates::machine(value, frame)?.ok().as_ref().map(moment_text),
        "author" => {
            let names = authors::names(value);
            (!names.is_empty()).then(|| names.join(", "))
        }
        _ => Some(value.to_owned()),
    }
}
