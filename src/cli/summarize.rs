//! `pressroom summarize`: sentences of a document's own, or of normalized articles in bulk.

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::article_json::Input;
use super::normalize::lines;
use super::{Ending, Usage, input, say};
use crate::clock::Clock;
use crate::domain::{Article, SourceId, Summary};
use crate::fetch::{self, Fetcher};
use crate::normalize;
use crate::summarize::{self, Length};

/// Sentences unless a length is given.
const SENTENCES: usize = 3;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// File or web address; - for standard input
    #[arg(value_name = "PATH|URL|-", required_unless_present = "jsonl")]
    input: Option<String>,
    /// Bulk: normalized articles, one a line; - for standard input
    #[arg(long, value_name = "FILE|-", conflicts_with = "input")]
    jsonl: Option<String>,
    /// At most so many sentences
    #[arg(long, value_name = "N", conflicts_with = "budget")]
    sentences: Option<usize>,
    /// At most so many Han characters and Latin words
    #[arg(long, value_name = "N")]
    budget: Option<usize>,
    /// How the whole-article summary is made; sections are always made by theirs
    #[arg(long, value_enum, default_value_t = Preset::Article)]
    preset: Preset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Preset {
    Article,
    Section,
}

/// What is printed for one article.
#[derive(Debug, Serialize)]
struct Output<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    sections: Vec<OutputSection<'a>>,
}

#[derive(Debug, Serialize)]
struct OutputSection<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
}

pub(super) async fn run(clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    match &options.jsonl {
        Some(file) => bulk(file, options),
        None => one(clock, options).await,
    }
}

async fn one(clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let argument = options.input.as_deref().unwrap_or("-");
    let at = input::fetched_at(None, clock)?;
    let fetched = if argument == "-" {
        input::standard_input(at)?
    } else {
        let fetcher = Fetcher::new(fetch::Settings::default());
        let found = input::places(argument, &fetcher);
        let none = || Usage(format!("{argument} holds no document"));
        let place = found.places.first().ok_or_else(none)?;
        fetcher.document(place, &input::access(), at).await?
    };
    let document = &fetched.document;
    let article = normalize::normalize(document, &input::settings(document))?.article;
    say(&readable(&article, options))?;
    Ok(Ending::Done)
}

fn readable(article: &Article, options: &Options) -> String {
    let mut parts = vec![article.title.clone()];
    parts.extend(whole(article, options));
    for (section, summary) in article.sections.iter().zip(sections(article, options)) {
        let heading = section.heading.as_ref().map(|heading| format!("## {heading}"));
        parts.extend(heading.into_iter().chain(summary));
    }
    parts.join("\n\n") + "\n"
}

fn bulk(file: &str, options: &Options) -> anyhow::Result<Ending> {
    let source = SourceId::new("documents")?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut ending = Ending::Done;
    for (number, line) in lines(file)?.enumerate() {
        match serde_json::from_str::<Input>(&line?) {
            Ok(input) => writeln!(out, "{}", summarized(input, &source, options)?)?,
            Err(error) => {
                eprintln!(
                    "{file}:{}: {error}; expected a line of `pressroom normalize`",
                    number + 1
                );
                ending = Ending::SomeFailed;
            }
        }
    }
    out.flush()?;
    Ok(ending)
}

fn summarized(input: Input, source: &SourceId, options: &Options) -> serde_json::Result<String> {
    let reference = input.reference();
    let given = input.id().map(str::to_owned);
    let article = input.article(source);
    let id = given.unwrap_or_else(|| article.id.urn());
    let summaries = sections(&article, options);
    let sections = article
        .sections
        .iter()
        .zip(summaries)
        .map(|(section, summary)| OutputSection { heading: section.heading.as_deref(), summary });
    serde_json::to_string(&Output {
        reference: &reference,
        id: &id,
        summary: whole(&article, options),
        sections: sections.collect(),
    })
}

fn length(options: &Options) -> Length {
    match (options.budget, options.sentences) {
        (Some(budget), _) => Length::Budget(budget),
        (None, sentences) => Length::Sentences(sentences.unwrap_or(SENTENCES)),
    }
}

fn whole(article: &Article, options: &Options) -> Option<String> {
    let preset = match options.preset {
        Preset::Article => summarize::Preset::Article,
        Preset::Section => summarize::Preset::Section,
    };
    let summary = summarize::article_summary(article, preset, length(options));
    summary.as_ref().map(Summary::text)
}

fn sections(article: &Article, options: &Options) -> Vec<Option<String>> {
    let summaries = summarize::section_summaries(article, length(options));
    summaries.iter().map(|summary| summary.as_ref().map(Summary::text)).collect()
}
