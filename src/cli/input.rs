//! PATH, URL or `-` → what there is to read.

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use url::Url;

use super::Usage;
use crate::clock::Clock;
use crate::domain::{Access, Document, IdentityRule, MediaType, SourceId, fingerprint_hex};
use crate::fetch::{FetchError, Fetched, Fetcher, Found, Place, Told};
use crate::normalize::{Overrides, Settings};

/// Reads the time of fetching: as given, or now in this machine's zone.
pub(super) fn fetched_at(
    given: Option<&str>,
    clock: &Clock,
) -> Result<DateTime<FixedOffset>, Usage> {
    match given {
        Some(text) => DateTime::parse_from_rfc3339(text).map_err(|error| {
            Usage(format!(
                "--fetched-at {text}: {error}; expected a time such as 2024-11-20T08:00:00+08:00"
            ))
        }),
        None => Ok(clock.now().with_timezone(&chrono::Local).fixed_offset()),
    }
}

/// Reads a web address.
pub(super) fn url(text: &str) -> Result<Url, Usage> {
    Url::parse(text).map_err(|error| {
        Usage(format!("{text}: {error}; expected an address that begins with http:// or https://"))
    })
}

/// The operator typed the address: reaching into the own network is meant, and nobody crawls.
pub(super) fn access() -> Access {
    Access { allow_private: true, ignore_robots: true, credentials: None }
}

/// What `argument` names; a directory gives the documents in it.
pub(super) fn places(argument: &str, fetcher: &Fetcher) -> Found {
    let one = |place| Found { places: vec![place], failures: Vec::new() };
    if argument.starts_with("http://") || argument.starts_with("https://") {
        return match Url::parse(argument) {
            Ok(url) => one(Place::page(&url)),
            Err(_) => Found {
                places: Vec::new(),
                failures: vec![FetchError::Scheme { url: argument.to_owned() }],
            },
        };
    }
    let path = Path::new(argument);
    if path.is_dir() {
        return fetcher.directory(path);
    }
    one(Place::File { path: PathBuf::from(path), reference: argument.to_owned() })
}

/// Reads a document from standard input, as plain text unless it begins like a page.
pub(super) fn standard_input(at: DateTime<FixedOffset>) -> std::io::Result<Fetched> {
    let text = std::io::read_to_string(std::io::stdin())?;
    let media_type =
        if text.trim_start().starts_with('<') { MediaType::Html } else { MediaType::Text };
    let document = document("-", None, media_type, text, at);
    Ok(Fetched { document, notes: Vec::new(), told: Told::default() })
}

/// A document of the given text.
pub(super) fn document(
    reference: &str,
    url: Option<Url>,
    media_type: MediaType,
    text: String,
    fetched_at: DateTime<FixedOffset>,
) -> Document {
    let digest = fingerprint_hex(text.as_bytes());
    Document { reference: reference.to_owned(), url, fetched_at, media_type, text, digest }
}

/// Documents that belong to no source get their id from their address, or from what they say.
pub(super) fn settings(document: &Document) -> Settings {
    let identity = if document.url.is_some() { IdentityRule::Url } else { IdentityRule::Content };
    let source = SourceId::new("documents").expect("the name is a constant and fits");
    Settings { source, identity, overrides: Overrides::default() }
}

/// Entries of a feed that belongs to no source are told apart as those of one are.
pub(super) fn settings_of_feed() -> Settings {
    let source = SourceId::new("documents").expect("the name is a constant and fits");
    Settings { source, identity: IdentityRule::Entry, overrides: Overrides::default() }
}
