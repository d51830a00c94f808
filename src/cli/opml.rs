//! `pressroom import opml` and `export opml`: subscriptions from another reader, and ours for another.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Ending, Usage, say};
use crate::config::{self, Config, NewSource};
use crate::jobs::publish;
use crate::normalize;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Add the feeds of a subscription list as sources
    Opml {
        /// The list, as another reader exports it
        file: PathBuf,
        /// Show what would be added and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// Print the feeds that are read as a subscription list
    Opml,
}

/// Adds what is not there yet; names are made of titles.
pub(super) fn import(config_file: &Path, import: &Import) -> anyhow::Result<Ending> {
    let Import::Opml { file, dry_run } = import;
    let config = Config::load(config_file)?;
    let bytes = std::fs::read(file)
        .map_err(|error| Usage(format!("cannot read {}: {error}", file.display())))?;
    let outlines = normalize::outlines(&String::from_utf8_lossy(&bytes))?;
    let known: Vec<&str> = config
        .sources
        .iter()
        .filter_map(|plan| plan.source.kind.url())
        .map(AsRef::as_ref)
        .collect();
    let mut taken: Vec<String> =
        config.sources.iter().map(|plan| plan.source.id.to_string()).collect();
    let mut sources = Vec::new();
    for outline in outlines.iter().filter(|outline| !known.contains(&outline.url.as_str())) {
        let host = outline.url.host_str().unwrap_or_default();
        let title = outline.title.as_deref().unwrap_or(host);
        let wanted = if title.chars().any(|c| c.is_ascii_alphabetic()) { title } else { host };
        let names: Vec<&str> = taken.iter().map(String::as_str).collect();
        let name = config::free_name(wanted, &names);
        taken.push(name.clone());
        let url = outline.url.to_string();
        sources.push(NewSource {
            name,
            kind: "feed",
            url,
            allow_private: false,
            ignore_robots: false,
            follow: false,
        });
    }
    let blocks: Vec<String> = sources.iter().map(NewSource::block).collect();
    let there = outlines.len() - sources.len();
    if !dry_run && !sources.is_empty() {
        config::add_sources(config_file, &sources)?;
    }
    say(&blocks.join("\n"))?;
    let done = if *dry_run { "would be added" } else { "added" };
    say(&format!("\n{} {done}, {there} were there already\n", sources.len()))?;
    Ok(Ending::Done)
}

/// Prints the sources that are feeds.
pub(super) fn export(config: &Config, export: &Export) -> anyhow::Result<Ending> {
    let Export::Opml = export;
    let sources: Vec<_> = config.sources.iter().map(|plan| plan.source.clone()).collect();
    say(&String::from_utf8_lossy(&publish::subscriptions(&sources, &config.site)))?;
    Ok(Ending::Done)
}
