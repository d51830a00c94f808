//! `pressroom source add`: looks at a page, says how it is best read, shows what would come in, and writes the block.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::look::{Held, Looker, Reach, Verdict};
use super::show;
use crate::app;
use crate::cli::{Ending, input, say};
use crate::clock::Clock;
use crate::config::{self, Config, NewSource};

/// Articles that are shown.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// A page, a feed or a sitemap
    url: String,
    /// Its name; made of its title unless given
    #[arg(long)]
    name: Option<String>,
    /// Read it so, whatever suits best
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    #[command(flatten)]
    reach: Reach,
    /// Show the block and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Feed,
    Listing,
    Page,
    Sitemap,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Listing => "listing",
            Self::Page => "page",
            Self::Sitemap => "sitemap",
        }
    }
}

pub(super) async fn run(file: &Path, clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let config = Config::load(file)?;
    let url = input::url(&options.url)?;
    let access = options.reach.access();
    let at = clock.now().with_timezone(&config.zone).fixed_offset();
    let inquiry = app::inquiry(&config, clock.clone()).await?;
    let verdict = Looker { inquiry: &inquiry, access: &access, at }.judge(&url).await;
    inquiry.end().await;
    let verdict = verdict?;
    let source = new_source(&config, &verdict, options);
    say(&told(&verdict, &source))?;
    if options.dry_run {
        return Ok(Ending::Done);
    }
    config::add_sources(file, std::slice::from_ref(&source))?;
    say(&format!(
        "\nwritten to {}; try it: pressroom source test {}\n",
        file.display(),
        source.name
    ))?;
    Ok(Ending::Done)
}

fn new_source(config: &Config, verdict: &Verdict, options: &Options) -> NewSource {
    let taken: Vec<&str> = config.sources.iter().map(|plan| plan.source.id.as_str()).collect();
    let host = verdict.url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    // A title in another script makes no name.
    let title =
        verdict.title.clone().filter(|title| title.chars().any(|c| c.is_ascii_alphabetic()));
    let wanted = options.name.clone().or(title).unwrap_or(host);
    let kind = options.kind.map_or(verdict.kind, Kind::as_str);
    NewSource {
        name: config::free_name(&wanted, &taken),
        kind,
        // Read as something else, it is the address that was given.
        url: if kind == verdict.kind { verdict.url.to_string() } else { options.url.clone() },
        allow_private: options.reach.allow_private,
        ignore_robots: options.reach.ignore_robots,
        follow: kind == "feed" && verdict.is_excerpts,
    }
}

fn told(verdict: &Verdict, source: &NewSource) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{}: {}", verdict.kind, verdict.why);
    for feed in verdict.feeds.iter().filter(|feed| feed.url != verdict.url) {
        let title = feed.title.as_deref().unwrap_or_default();
        let _ = writeln!(out, "also there: the feed {} {title}", feed.url);
    }
    if source.follow {
        let _ = writeln!(
            out,
            "its entries are short: the pages of new ones are fetched (follow = true)"
        );
    }
    let _ = writeln!(out, "\nwhat would come in:");
    let lines = match &verdict.held {
        Held::Articles(entries) => show::entries(entries),
        Held::Links(links) | Held::Sitemaps(links) => links.iter().map(show::link).collect(),
    };
    for line in lines.iter().take(SHOWN) {
        let _ = writeln!(out, "  {line}");
    }
    if lines.len() > SHOWN {
        let _ = writeln!(out, "  … and {} more", lines.len() - SHOWN);
    }
    let _ = write!(out, "\n{}", source.block());
    out
}
