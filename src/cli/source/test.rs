//! `pressroom source test`: every step for one source, and nothing stored.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use clap::Args;

use super::look::{Held, Looker, Reach, Verdict};
use super::show;
use crate::app;
use crate::cli::{Ending, input, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{
    Access, Article, Document, IdentityRule, Intake, Link, MediaType, Republish, Source, SourceId,
    SourceKind,
};
use crate::fetch::Place;
use crate::normalize::{self, NormalizeError, Normalized, Overrides, Settings, Sitemap};

/// Links whose pages are fetched to see what becomes of them.
const FOLLOWED: usize = 3;
/// Lines that are shown of each list.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// A source of the configuration, or any address
    #[arg(value_name = "NAME|URL")]
    what: String,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(file: &Path, clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let config = Config::load(file)?;
    let at = clock.now().with_timezone(&config.zone).fixed_offset();
    let known = config.sources.iter().find(|plan| plan.source.id.as_str() == options.what);
    let access = match known {
        Some(plan) => plan.source.access.clone(),
        None => options.reach.access(),
    };
    let inquiry = app::inquiry(&config, clock.clone()).await?;
    let looker = Looker { inquiry: &inquiry, access: &access, at };
    let mut trial = Trial { looker, now: clock.now(), out: String::new(), failed: false };
    let judged = if let Some(plan) = known {
        Ok((plan.source.clone(), plan.overrides.clone()))
    } else {
        let judged = trial.source_of(&options.what, &access).await;
        judged.map(|source| (source, Overrides::default()))
    };
    if let Ok((source, overrides)) = &judged {
        trial.source(source, overrides).await;
    }
    let Trial { out, failed, .. } = trial;
    inquiry.end().await;
    judged?;
    say(&out)?;
    Ok(if failed { Ending::SomeFailed } else { Ending::Done })
}

struct Trial<'a> {
    looker: Looker<'a>,
    now: DateTime<Utc>,
    out: String,
    failed: bool,
}

impl Trial<'_> {
    fn tell(&mut self, step: &str, words: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{step:<9}{words}");
    }

    fn fail(&mut self, what: &str, error: &dyn std::fmt::Display) {
        self.failed = true;
        self.tell("failed", &format!("{what}: {error}"));
    }

    /// An address as it would be added.
    async fn source_of(&mut self, text: &str, access: &Access) -> anyhow::Result<Source> {
        let url = input::url(text)?;
        let Verdict { kind, url, why, .. } = self.looker.judge(&url).await?;
        self.tell("judge", &format!("{kind}: {why}"));
        let kind = match kind {
            "feed" => SourceKind::Feed { url, identity: IdentityRule::Entry },
            "listing" => SourceKind::Listing { url },
            "sitemap" => SourceKind::Sitemap { url },
            _ => SourceKind::Page { url },
        };
        let follow = matches!(kind, SourceKind::Listing { .. } | SourceKind::Sitemap { .. });
        let intake = Intake { follow, ..Intake::default() };
        let id = SourceId::new("tried").expect("the name is a constant and fits");
        Ok(Source {
            id,
            kind,
            access: access.clone(),
            intake,
            republish: Republish::Summary,
            noindex: true,
            is_paced: false,
        })
    }

    async fn source(&mut self, source: &Source, overrides: &Overrides) {
        let found = self.looker.inquiry.fetcher().places(source);
        for failure in &found.failures {
            self.fail(source.id.as_str(), failure);
        }
        for place in &found.places {
            let document = match self.looker.document(place).await {
                Ok((document, notes)) => {
                    self.fetched(&document);
                    for note in &notes {
                        self.tell("note", &note.to_string());
                    }
                    document
                }
                Err(error) => {
                    self.fail(place.reference(), &error);
                    continue;
                }
            };
            match held(source, overrides, &document) {
                Ok(Held::Articles(entries)) => self.articles(source, &entries),
                Ok(Held::Links(links)) => self.links(source, overrides, &links).await,
                Ok(Held::Sitemaps(maps)) => {
                    self.list("read", "sitemaps", maps.iter().map(show::link));
                }
                Err(error) => self.fail(place.reference(), &error),
            }
        }
    }

    fn fetched(&mut self, document: &Document) {
        let characters = document.text.chars().count();
        let (address, kind) = (&document.reference, document.media_type.as_str());
        self.tell("fetch", &format!("{address}: {kind}, {characters} characters"));
    }

    fn list(&mut self, step: &str, what: &str, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.collect();
        self.tell(step, &format!("{} {what}", lines.len()));
        for line in lines.iter().take(SHOWN) {
            self.tell("", line);
        }
        if lines.len() > SHOWN {
            self.tell("", &format!("… and {} more", lines.len() - SHOWN));
        }
    }

    fn articles(&mut self, source: &Source, entries: &[Result<Normalized, NormalizeError>]) {
        self.list("read", "articles", show::entries(entries).into_iter());
        for entry in entries {
            match entry {
                Ok(normalized) => {
                    let notes = normalized.notes.iter().map(ToString::to_string);
                    for note in notes {
                        self.tell("note", &note);
                    }
                    self.filtered(source, &normalized.article);
                }
                Err(error) => self.fail("an entry", error),
            }
        }
    }

    /// What the filter of the source drops, and why.
    fn filtered(&mut self, source: &Source, article: &Article) {
        let refusal = source.intake.filter.refusal_at(&source.id, article, self.now);
        if let Some(refusal) = refusal {
            self.tell("drop", &format!("{}: {refusal}", show::short(&article.title)));
        }
    }

    async fn links(&mut self, source: &Source, overrides: &Overrides, links: &[Link]) {
        self.list("read", "links", links.iter().map(show::link));
        if !source.intake.follow {
            return;
        }
        for link in links.iter().take(FOLLOWED) {
            let document = match self.looker.document(&Place::page(&link.url)).await {
                Ok((document, _)) => document,
                Err(error) => {
                    self.fail(link.url.as_str(), &error);
                    continue;
                }
            };
            match normalize::normalize(&document, &settings(source, overrides)) {
                Ok(mut normalized) => {
                    let published = &mut normalized.article.published;
                    *published = published.take().or_else(|| link.published.clone());
                    self.tell("follow", &show::article(&normalized.article));
                    self.filtered(source, &normalized.article);
                }
                Err(error) => self.fail(link.url.as_str(), &error),
            }
        }
    }
}

fn settings(source: &Source, overrides: &Overrides) -> Settings {
    Settings {
        source: source.id.clone(),
        identity: source.identity_rule(),
        overrides: overrides.clone(),
    }
}

/// What the source makes of the document.
fn held(
    source: &Source,
    overrides: &Overrides,
    document: &Document,
) -> Result<Held, NormalizeError> {
    let settings = settings(source, overrides);
    Ok(match (&source.kind, document.media_type) {
        (SourceKind::Listing { .. }, MediaType::Html) => {
            Held::Links(normalize::listing(document, &overrides.links)?.links)
        }
        (_, MediaType::Sitemap) => match normalize::sitemap(document, &overrides.links)? {
            Sitemap::Index(maps) => Held::Sitemaps(maps),
            Sitemap::Pages(links) => Held::Links(links),
        },
        (_, MediaType::Feed) => {
            Held::Articles(normalize::syndicated(document, &settings)?.articles)
        }
        _ => Held::Articles(vec![Ok(normalize::normalize(document, &settings)?)]),
    })
}
