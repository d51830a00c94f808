//! What stands in the file → what the program works with; every problem found, each at its place.

mod access;
mod digests;
mod fetch;
mod fields;
mod intake;
mod mail;
mod outputs;
mod selection;
mod sources;
mod store;
mod summarize;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use url::Url;

use super::raw::{Raw, RawStore, Text};
use super::{Config, DigestPlan, Environment, Problem, Schedules, SourcePlan};
use crate::domain::{EmailAddress, Feed, Language, Site, SourceId};
use crate::schedule::Timetable;

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
    let mut check = Check { file, content, directory, environment, problems: Vec::new() };
    let config = check.config(raw);
    match config {
        Some(config) if check.problems.is_empty() => Ok(config),
        _ => Err(check.problems),
    }
}

struct Check<'a> {
    file: &'a Path,
    content: &'a str,
    directory: PathBuf,
    environment: &'a Environment,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn config(&mut self, raw: &Raw) -> Option<Config> {
        let zone = self.parsed(&raw.site.zone, "site.zone", |text| {
            text.parse::<Tz>().map_err(|_| {
                "expected an IANA name such as Europe/Berlin, Asia/Shanghai or UTC".to_owned()
            })
        });
        // Without a zone nothing dated can be checked; the rest still is, against UTC.
        let zone = zone.unwrap_or(Tz::UTC);
        let public_url = self.public_url(&raw.site.public_url);
        let operator =
            raw.site.operator.as_ref().and_then(|text| self.address(text, "site.operator"));
        let title = self.words(&raw.site.title, "site.title");
        let store = self.store(&raw.store);
        let publish = self.words(&raw.publish.directory, "publish.directory");
        let schedules = self.schedules(raw, zone);
        let mail = self.mail(&raw.mail, &title, public_url.as_ref());
        let sources: Vec<SourcePlan> =
            raw.source.iter().filter_map(|source| self.source(source, zone)).collect();
        self.unique(raw.source.iter().map(|source| &source.name), "source");
        let known: BTreeSet<&str> = raw.source.iter().map(|s| s.name.get_ref().as_str()).collect();
        let mut feeds: Vec<Feed> =
            raw.feed.iter().filter_map(|feed| self.feed(feed, &known)).collect();
        let apart = sources.iter().map(|plan| &plan.source).filter(|source| source.intake.apart);
        let apart: Vec<SourceId> = apart.map(|source| source.id.clone()).collect();
        for feed in &mut feeds {
            feed.selection.apart.clone_from(&apart);
            feed.interval = schedules.as_ref().and_then(|schedules| interval(&schedules.publish));
        }
        let hub = raw.publish.hub.as_ref();
        let hub = hub.and_then(|text| self.parsed(text, "publish.hub", web_address));
        let listen = self.listen(raw);
        self.unique(raw.feed.iter().map(|feed| &feed.name), "feed");
        let looks = schedules.as_ref().map(|schedules| schedules.publish.clone());
        let mut digests: Vec<DigestPlan> = raw
            .digest
            .iter()
            .filter_map(|digest| self.digest(digest, &known, zone, looks.as_ref()))
            .collect();
        for plan in &mut digests {
            plan.digest.selection.apart.clone_from(&apart);
        }
        self.unique(raw.digest.iter().map(|digest| &digest.name), "digest");
        Some(Config {
            file: self.file.to_owned(),
            fetch: self.fetch(&raw.fetch),
            site: Site { title, public_url: public_url?, hub },
            listen,
            zone,
            operator,
            store: store?,
            keep_documents: keep_documents(raw.store.get_ref()),
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

    fn timetable(&mut self, text: &Text, key: &str, zone: Tz) -> Option<Timetable> {
        self.parsed(text, key, |text| {
            Timetable::parse(text, zone.name()).map_err(|e| e.to_string())
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

    fn schedules(&mut self, raw: &Raw, zone: Tz) -> Option<Schedules> {
        let ingest = self.timetable(&raw.schedules.ingest, "schedules.ingest", zone);
        let publish = self.timetable(&raw.schedules.publish, "schedules.publish", zone);
        let deliver = self.timetable(&raw.schedules.deliver, "schedules.deliver", zone);
        Some(Schedules { ingest: ingest?, publish: publish?, deliver: deliver? })
    }

    fn listen(&mut self, raw: &Raw) -> Option<SocketAddr> {
        self.parsed(raw.http.listen.as_ref()?, "http.listen", |text| {
            text.parse().map_err(|_| "expected an address and a port such as 127.0.0.1:8080".into())
        })
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

/// The shortest time between two slots, in minutes: what readers of the feeds are told to wait.
fn interval(timetable: &Timetable) -> Option<u32> {
    // Any week would do; a fixed one keeps feeds the same from one start to the next.
    let begin = DateTime::from_timestamp(1_704_067_200, 0)?;
    let slots: Vec<_> =
        std::iter::successors(timetable.next_after(begin), |slot| timetable.next_after(*slot))
            .take(32)
            .collect();
    let gaps = slots.windows(2).map(|pair| (pair[1] - pair[0]).num_minutes());
    gaps.min().and_then(|minutes| u32::try_from(minutes.clamp(1, 7 * 1440)).ok())
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
