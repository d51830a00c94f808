//! What stands in the file → what the program works with; every problem found, each at its place.

mod access;
mod admin;
mod bounces;
mod digests;
mod fetch;
mod fields;
mod intake;
mod mail;
mod outputs;
mod relays;
mod schedules;
mod selection;
mod sources;
mod store;
mod summarize;

pub use store::postgres_url;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use chrono::TimeDelta;
use chrono_tz::Tz;
use url::Url;

use super::raw::{Raw, RawStore, Text};
use super::{Config, DigestPlan, Environment, Problem, SourcePlan};
use crate::domain::{EmailAddress, Feed, Language, Site, SourceId};
use crate::schedule::Policy;

/// Two weeks: a rule that went wrong is noticed within them.
const KEEP_DOCUMENTS_DAYS: u32 = 14;

/// Turns `raw` into a Config, or says all that is wrong with it.
pub(super) fn validate(
    file: &Path,
    content: &str,
    raw: &Raw,
    environment: &Environment,
) -> Result<Config, Vec<Problem>> {
    // However the file was named on the command line, its paths mean the same, and so do the ids made of them.
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let directory = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
    let (problems, remarks) = (Vec::new(), Vec::new());
    let mut check = Check { file, content, directory, environment, problems, remarks };
    let config = check.config(raw);
    match config {
        Some(config) if check.problems.is_empty() => {
            Ok(Config { remarks: check.remarks, ..config })
        }
        _ => Err(check.problems),
    }
}

struct Check<'a> {
    file: &'a Path,
    content: &'a str,
    directory: PathBuf,
    environment: &'a Environment,
    problems: Vec<Problem>,
    remarks: Vec<Problem>,
}

impl Check<'_> {
    fn config(&mut self, raw: &Raw) -> Option<Config> {
        let zone = self.zone(&raw.site.zone, "site.zone");
        // Without a zone nothing dated can be checked; the rest still is, against UTC.
        let zone = zone.unwrap_or(Tz::UTC);
        let public_url = self.public_url(&raw.site.public_url);
        let operator =
            raw.site.operator.as_ref().and_then(|text| self.address(text, "site.operator"));
        let title = self.words(&raw.site.title, "site.title");
        let store = self.store(&raw.store);
        let publish = self.words(&raw.publish.directory, "publish.directory");
        let schedules = self.schedules(&raw.schedules, zone);
        let policy = schedules.as_ref().map_or_else(Policy::default, |schedules| schedules.policy);
        let mail = self.mail(&raw.mail, &title, public_url.as_ref());
        let sources: Vec<SourcePlan> =
            raw.source.iter().filter_map(|source| self.source(source, zone, policy)).collect();
        self.unique(raw.source.iter().map(|source| &source.name), "source");
        let known: BTreeSet<&str> = raw.source.iter().map(|s| s.name.get_ref().as_str()).collect();
        let mut feeds: Vec<Feed> =
            raw.feed.iter().filter_map(|feed| self.feed(feed, &known)).collect();
        let apart = sources.iter().map(|plan| &plan.source).filter(|source| source.intake.apart);
        let apart: Vec<SourceId> = apart.map(|source| source.id.clone()).collect();
        for feed in &mut feeds {
            feed.selection.apart.clone_from(&apart);
            feed.interval =
                schedules.as_ref().and_then(|schedules| schedules::interval(&schedules.publish));
        }
        let hub = raw.publish.hub.as_ref();
        let hub = hub.and_then(|text| self.parsed(text, "publish.hub", web_address));
        let listen = self.listen(raw);
        self.unique(raw.feed.iter().map(|feed| &feed.name), "feed");
        let looks = schedules.as_ref().map(|schedules| schedules.publish.clone());
        let mut digests: Vec<DigestPlan> = raw
            .digest
            .iter()
            .filter_map(|digest| self.digest(digest, &known, zone, policy, looks.as_ref()))
            .collect();
        for plan in &mut digests {
            plan.digest.selection.apart.clone_from(&apart);
        }
        self.unique(raw.digest.iter().map(|digest| &digest.name), "digest");
        Some(Config {
            file: self.file.to_owned(),
            fetch: self.fetch(&raw.fetch),
            admin: self.admin(&raw.admin),
            daemon: self.daemon(&raw.daemon),
            remarks: Vec::new(),
            site: Site { title, public_url: public_url?, hub },
            listen,
            proxies: self.proxies(&raw.http.proxies, "http.proxies"),
            zone,
            operator,
            store: store?,
            keep_documents: keep_documents(raw.store.get_ref()),
            keep: self.keep(raw.store.get_ref()),
            feeds_directory: self.beside(&publish),
            mail: mail?,
            schedules: schedules?,
            sources,
            feeds,
            digests,
            summarize: raw.summarize.as_ref().and_then(|raw| self.summarize(raw)),
        })
    }

    /// A path that is relative to the configuration file, in the form that people would write: the directory is without
    /// links, so that going up in it is going up in its name.
    fn beside(&self, path: &str) -> PathBuf {
        let whole = self.directory.join(path);
        whole.components().fold(PathBuf::new(), |mut plain, part| {
            match part {
                Component::ParentDir => drop(plain.pop()),
                Component::CurDir => {}
                other => plain.push(other),
            }
            plain
        })
    }

    fn problem(&mut self, span: Range<usize>, message: impl Into<String>) {
        let problem = Problem::at(self.file, self.content, span, message.into());
        self.problems.push(problem);
    }

    /// Reads `text` by `parse`; a failure becomes a problem that names key and value.
    fn parsed<T>(
        &mut self,
        text: &Text,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(text.get_ref()) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.problem(text.span(), format!("{key} = {:?}: {expected}", text.get_ref()));
                None
            }
        }
    }

    fn address(&mut self, text: &Text, key: &str) -> Option<EmailAddress> {
        self.parsed(text, key, |text| EmailAddress::new(text).map_err(|e| e.to_string()))
    }

    fn language(&mut self, text: &Text, key: &str) -> Option<Language> {
        self.parsed(text, key, |text| {
            Language::parse(text).ok_or_else(|| "expected a language tag such as zh or en".into())
        })
    }

    /// Text that says something, on one line.
    fn words(&mut self, text: &Text, key: &str) -> String {
        let said = |text: &str| {
            let fits = !text.trim().is_empty() && !text.chars().any(char::is_control);
            if fits { Ok(text.to_owned()) } else { Err("expected some words on one line".into()) }
        };
        self.parsed(text, key, said).unwrap_or_default()
    }

    fn public_url(&mut self, text: &Text) -> Option<Url> {
        let mut url = self.parsed(text, "site.public_url", web_address)?;
        // Feeds are joined to it: without the slash the last part of its path would be replaced.
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Some(url)
    }

    fn listen(&mut self, raw: &Raw) -> Option<SocketAddr> {
        self.parsed(raw.http.listen.as_ref()?, "http.listen", |text| {
            text.parse().map_err(|_| "expected an address and a port such as 127.0.0.1:8080".into())
        })
    }

    fn proxies(&mut self, texts: &[Text], key: &str) -> Vec<IpAddr> {
        let read = |text: &str| {
            text.parse().map_err(|_| "expected the address of a proxy such as 127.0.0.1".to_owned())
        };
        texts.iter().filter_map(|text| self.parsed(text, key, read)).collect()
    }

    fn unique<'t>(&mut self, names: impl Iterator<Item = &'t Text>, what: &str) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.get_ref()) {
                let message =
                    format!("{what}.name = {:?}: there is one of this name above", name.get_ref());
                self.problem(name.span(), message);
            }
        }
    }
}

/// How long documents are kept as they were fetched.
fn keep_documents(raw: &RawStore) -> TimeDelta {
    TimeDelta::days(raw.keep_documents_days.unwrap_or(KEEP_DOCUMENTS_DAYS).into())
}

fn web_address(text: &str) -> Result<Url, String> {
    let expected = "expected an address that begins with http:// or https://";
    let url = Url::parse(text).map_err(|error| format!("{error}; {expected}"))?;
    let fits = matches!(url.scheme(), "http" | "https");
    if fits { Ok(url) } else { Err(expected.into()) }
}
