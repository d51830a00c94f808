//! A document as it was fetched, the article it became, and which rule found what: all of it as text.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::super::guard;
use super::{DeskFrame, short, times};
use crate::domain::{Article, Moment};

/// Characters of an article's text.
const TEXT: usize = 4000;

/// A document and what became of it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// What the source calls it.
    pub reference: String,
    /// When it was fetched.
    pub at: DateTime<Utc>,
    /// What it is.
    pub media_type: &'static str,
    /// Its source text, or the beginning of it.
    pub text: String,
    /// Characters that it has in all.
    pub length: usize,
    /// The article that was made of it, or the last of them.
    pub article: Option<Article>,
    /// Which rule found each field.
    pub explained: Vec<Explained>,
    /// Why today's rules make no article of it.
    pub problem: Option<String>,
}

/// One field and the rule that found it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Its name.
    pub field: &'static str,
    /// What it says.
    pub value: String,
    /// The rule, and where it stood.
    pub place: String,
    /// What else was there.
    pub beaten: Vec<Beaten>,
}

/// A value that was not taken.
#[derive(Debug, Clone)]
pub struct Beaten {
    /// Where it stood.
    pub place: String,
    /// What it says.
    pub value: String,
}

#[derive(Serialize)]
pub(super) struct FetchedView {
    reference: String,
    at: times::Time,
    media_type: &'static str,
    text: String,
    is_cut: bool,
    length: usize,
    article: Option<ArticleView>,
    explained: Vec<ExplainedView>,
    problem: Option<String>,
}

#[derive(Serialize)]
struct ArticleView {
    id: String,
    lines: Vec<(&'static str, String)>,
    text: String,
}

#[derive(Serialize)]
struct ExplainedView {
    field: &'static str,
    value: String,
    place: String,
    beaten: Vec<(String, String)>,
}

impl FetchedView {
    pub(super) fn of(desk: &DeskFrame<'_>, fetched: &Fetched) -> Self {
        let explained = fetched.explained.iter().map(|one| ExplainedView {
            field: one.field,
            value: short(&one.value),
            place: short(&one.place),
            beaten: one.beaten.iter().map(|b| (short(&b.place), short(&b.value))).collect(),
        });
        Self {
            reference: guard::line(&fetched.reference),
            at: desk.time(fetched.at),
            media_type: fetched.media_type,
            text: guard::text(&fetched.text).into_owned(),
            is_cut: fetched.text.chars().count() < fetched.length,
            length: fetched.length,
            article: fetched.article.as_ref().map(|article| ArticleView::of(desk, article)),
            explained: explained.collect(),
            problem: fetched.problem.as_deref().map(guard::line),
        }
    }
}

impl ArticleView {
    fn of(desk: &DeskFrame<'_>, article: &Article) -> Self {
        let locale = desk.frame.locale;
        let moment = |moment: &Moment| moment.display(locale);
        let related = (!article.related.is_empty()).then(|| article.related.len().to_string());
        let lines = [
            ("title", Some(article.title.clone())),
            ("lead", article.lead.clone()),
            ("attribution", article.attribution.clone()),
            ("authors", Some(article.authors.join(", "))),
            ("published", article.published.as_ref().map(moment)),
            ("updated", article.updated.as_ref().map(moment)),
            ("language", article.language.as_ref().map(ToString::to_string)),
            ("tags", Some(article.tags.join(", "))),
            ("related", related),
        ];
        let said = lines.into_iter().filter_map(|(name, value)| Some((name, short(&value?))));
        let text: String = article.text().chars().take(TEXT).collect();
        Self {
            id: article.id.to_string(),
            lines: said.filter(|(_, value)| !value.is_empty()).collect(),
            text: guard::text(&text).into_owned(),
        }
    }
}
