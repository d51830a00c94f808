//! `pressroom explain` on a feed: what was mended, and what each entry became.

use std::fmt::Write as _;

use serde::Serialize;

use super::explain::Format;
use crate::domain::{Document, Note};
use crate::normalize::{NormalizeError, Normalized, Syndicated};

#[derive(Debug, Serialize)]
struct Output<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: Option<&'a str>,
    url: Option<&'a str>,
    mended: Vec<String>,
    entries: Vec<OutputEntry>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OutputEntry {
    Read {
        id: String,
        title: String,
        url: Option<String>,
        published: Option<String>,
        sections: usize,
        related: usize,
        notes: Vec<String>,
    },
    Refused {
        error: String,
    },
}

/// What is said of `feed`; `notes` are those of fetching it.
pub(super) fn printed(
    document: &Document,
    notes: &[Note],
    feed: &Syndicated,
    format: Format,
) -> anyhow::Result<String> {
    let output = Output {
        reference: &document.reference,
        title: feed.channel.title.as_deref(),
        url: feed.channel.url.as_ref().map(url::Url::as_str),
        mended: notes.iter().chain(&feed.notes).map(Note::to_string).collect(),
        entries: feed.articles.iter().map(entry).collect(),
    };
    Ok(match format {
        Format::Json => serde_json::to_string(&output)? + "\n",
        Format::Text => text(&output),
    })
}

fn entry(entry: &Result<Normalized, NormalizeError>) -> OutputEntry {
    match entry {
        Ok(Normalized { article, notes, .. }) => OutputEntry::Read {
            id: article.id.urn(),
            title: article.title.clone(),
            url: article.link().map(ToString::to_string),
            published: article.published.as_ref().map(|moment| moment.raw.clone()),
            sections: article.sections.len(),
            related: article.related.len(),
            notes: notes.iter().map(Note::to_string).collect(),
        },
        Err(error) => OutputEntry::Refused { error: error.to_string() },
    }
}

fn text(output: &Output<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "feed    {}", output.title.unwrap_or("(no title)"));
    let _ = writeln!(out, "page    {}", output.url.unwrap_or("(no address)"));
    for mended in &output.mended {
        let _ = writeln!(out, "mended  {mended}");
    }
    for (index, entry) in output.entries.iter().enumerate() {
        let number = index + 1;
        match entry {
            OutputEntry::Read { title, id, url, published, sections, related, notes } => {
                let url = url.as_deref().unwrap_or("(no address)");
                let date = published.as_deref().unwrap_or("(no date)");
                let _ = writeln!(out, "entry   {number}. {title}");
                let _ = writeln!(out, "          {id}, {url}, {date}");
                let _ = writeln!(out, "          {sections} sections, {related} related items");
                for note in notes {
                    let _ = writeln!(out, "          {note}");
                }
            }
            OutputEntry::Refused { error } => {
                let _ = writeln!(out, "entry   {number}. refused: {error}");
            }
        }
    }
    out
}
