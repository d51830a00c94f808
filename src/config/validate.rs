//! What stands in the file → what the program works with; every problem found, each at its place.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use chrono_tz::Tz;
use toml::Spanned;
use url::Url;

use super::raw::{
    Raw, RawDigest, RawFeed, RawInclude, RawKind, RawMail, RawOnUnknown, RawSmtp, RawSource,
    RawTls, RawTransport, Text,
};
use super::{
    Config, DigestPlan, Environment, Fetch, Mail, MailTransport, OnUnknown, Problem, Schedules,
    Smtp, SmtpTls, SourcePlan,
};
use crate::domain::{
    Cadence, Digest, DigestId, EmailAddress, Feed, FeedFormat, FeedId, Language, Selection, Site,
    Source, SourceId, SourceKind,
};
use crate::schedule::Timetable;

/// Articles in a feed unless it says otherwise; readers that poll daily lose none at this.
const FEED_LIMIT: usize = 50;
/// Articles in a digest unless it says otherwise; more is not read in one sitting.
const DIGEST_LIMIT: usize = 20;
/// The most that either may ask for.
const MOST: usize = 1000;

/// Turns `raw` into a Config, or says all that is wrong with it.
pub(super) fn validate(
    file: &Path,
    content: &str,
    raw: Raw,
    environment: &Environment,
) -> Result<Config, Vec<Problem>> {
    let directory = file.parent().unwrap_or(Path::new("")).to_owned();
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
    fn config(&mut self, raw: Raw) -> Option<Config> {
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
        let schedules = self.schedules(&raw, zone);
        let mail = self.mail(&raw.mail, &raw.site.title, public_url.as_ref());
        let sources: Vec<SourcePlan> =
            raw.source.iter().filter_map(|source| self.source(source, zone)).collect();
        self.unique(raw.source.iter().map(|source| &source.name), "source");
        let known: BTreeSet<&str> = raw.source.iter().map(|s| s.name.get_ref().as_str()).collect();
        let mut feeds: Vec<Feed> =
            raw.feed.iter().filter_map(|feed| self.feed(feed, &known)).collect();
        for feed in &mut feeds {
            feed.interval = schedules.as_ref().and_then(|schedules| interval(&schedules.publish));
        }
        let hub = raw.publish.hub.as_ref();
        let hub = hub.and_then(|text| self.parsed(text, "publish.hub", web_address));
        let listen = self.listen(&raw);
        self.unique(raw.feed.iter().map(|feed| &feed.name), "feed");
        let digests =
            raw.digest.iter().filter_map(|digest| self.digest(digest, &known, zone)).collect();
        self.unique(raw.digest.iter().map(|digest| &digest.name), "digest");
        Some(Config {
            file: self.file.to_owned(),
            fetch: self.fetch(&raw),
            site: Site { title: raw.site.title, public_url: public_url?, hub },
            listen,
            zone,
            operator,
            store: self.directory.join(raw.store.path),
            feeds_directory: self.directory.join(raw.publish.directory),
            mail: mail?,
            schedules: schedules?,
            sources,
            feeds,
            digests,
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

    fn fetch(&mut self, raw: &Raw) -> Fetch {
        let mut at_least_one = |value: &Option<Spanned<u64>>, key: &str| {
            let value = value.as_ref()?;
            if *value.get_ref() == 0 {
                self.problem(value.span(), format!("{key} = 0: expected 1 or more"));
            }
            Some(*value.get_ref())
        };
        let timeout = at_least_one(&raw.fetch.timeout_seconds, "fetch.timeout_seconds");
        Fetch {
            contact: raw.fetch.contact.clone(),
            timeout: timeout.map(Duration::from_secs),
            max_bytes: raw.fetch.max_bytes.as_ref().map(|value| *value.get_ref()),
        }
    }

    fn mail(&mut self, raw: &RawMail, title: &str, public_url: Option<&Url>) -> Option<Mail> {
        let from = self.address(&raw.from, "mail.from");
        let transport = match raw.transport.get_ref() {
            RawTransport::Directory => self.mail_directory(raw),
            RawTransport::Smtp => self.smtp(raw, public_url),
        };
        Some(Mail {
            from: from?,
            from_name: raw.from_name.clone().unwrap_or_else(|| title.to_owned()),
            transport: transport?,
            on_unknown: match raw.on_unknown {
                RawOnUnknown::Resend => OnUnknown::Resend,
                RawOnUnknown::Hold => OnUnknown::Hold,
            },
        })
    }

    fn mail_directory(&mut self, raw: &RawMail) -> Option<MailTransport> {
        let Some(directory) = &raw.directory else {
            let message = "mail.transport = \"directory\" needs mail.directory = \"…\"";
            self.problem(raw.transport.span(), message);
            return None;
        };
        Some(MailTransport::Directory(self.directory.join(directory)))
    }

    fn smtp(&mut self, raw: &RawMail, public_url: Option<&Url>) -> Option<MailTransport> {
        if public_url.is_some_and(|url| url.scheme() != "https") {
            let message = "mail.transport = \"smtp\": readers leave by a link in the mail, which must be https; \
                set site.public_url to an https address";
            self.problem(raw.transport.span(), message);
        }
        let Some(smtp) = &raw.smtp else {
            let message = "mail.transport = \"smtp\" needs a [mail.smtp] section with host";
            self.problem(raw.transport.span(), message);
            return None;
        };
        let tls = match smtp.tls {
            RawTls::Implicit => SmtpTls::Implicit,
            RawTls::StartTls => SmtpTls::StartTls,
            RawTls::None => SmtpTls::None,
        };
        let usual_port = match tls {
            SmtpTls::Implicit => 465,
            SmtpTls::StartTls => 587,
            SmtpTls::None => 25,
        };
        Some(MailTransport::Smtp(Smtp {
            host: smtp.host.clone(),
            port: smtp.port.unwrap_or(usual_port),
            tls,
            credentials: self.credentials(smtp, raw.transport.span()),
            hello: smtp.hello.clone(),
        }))
    }

    fn credentials(&mut self, smtp: &RawSmtp, span: Range<usize>) -> Option<(String, String)> {
        let user = smtp.user.clone()?;
        let password = match (&smtp.password_env, &smtp.password_file) {
            (Some(name), _) => {
                let environment = self.environment;
                self.parsed(name, "mail.smtp.password_env", |name| {
                    environment(name).ok_or_else(|| "no such environment variable is set".into())
                })
            }
            (None, Some(path)) => {
                let directory = self.directory.clone();
                self.parsed(path, "mail.smtp.password_file", |path| {
                    let read = std::fs::read_to_string(directory.join(path));
                    read.map(|text| text.trim_end().to_owned()).map_err(|e| e.to_string())
                })
            }
            (None, None) => {
                self.problem(span, "mail.smtp.user needs password_env or password_file beside it");
                None
            }
        };
        Some((user, password?))
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

    fn source(&mut self, raw: &RawSource, zone: Tz) -> Option<SourcePlan> {
        let id =
            self.parsed(&raw.name, "source.name", |t| SourceId::new(t).map_err(|e| e.to_string()));
        let kind = match raw.kind.get_ref() {
            RawKind::Page => self.page(raw),
            RawKind::Feed => self.syndicated(raw),
            RawKind::Files => self.files(raw),
        };
        let timetable =
            raw.schedule.as_ref().and_then(|text| self.timetable(text, "source.schedule", zone));
        Some(SourcePlan { source: Source { id: id?, kind: kind? }, timetable })
    }

    fn page(&mut self, raw: &RawSource) -> Option<SourceKind> {
        if raw.paths.is_some() {
            self.problem(
                raw.kind.span(),
                "source.kind = \"page\" and \"feed\" have no paths; use kind = \"files\"",
            );
        }
        let Some(url) = &raw.url else {
            self.problem(raw.kind.span(), "source.kind = \"page\" needs url = \"https://…\"");
            return None;
        };
        let url = self.parsed(url, "source.url", web_address)?;
        Some(SourceKind::Page { url, allow_private: raw.allow_private.unwrap_or(false) })
    }

    fn syndicated(&mut self, raw: &RawSource) -> Option<SourceKind> {
        let SourceKind::Page { url, allow_private } = self.page(raw)? else { return None };
        Some(SourceKind::Feed { url, allow_private })
    }

    fn files(&mut self, raw: &RawSource) -> Option<SourceKind> {
        if raw.url.is_some() || raw.allow_private.is_some() {
            let message =
                "source.kind = \"files\" has neither url nor allow_private; use kind = \"page\"";
            self.problem(raw.kind.span(), message);
        }
        let paths = raw.paths.as_deref().unwrap_or_default();
        if paths.is_empty() {
            let message = "source.kind = \"files\" needs paths = [\"articles/*.html\", …]";
            self.problem(raw.kind.span(), message);
            return None;
        }
        let patterns = paths.iter().map(|path| self.directory.join(path)).collect();
        Some(SourceKind::Files { patterns, root: self.directory.clone() })
    }

    fn selection(
        &mut self,
        sources: &[Text],
        tags: &[String],
        languages: &[Text],
        known: &BTreeSet<&str>,
        key: &str,
    ) -> Selection {
        let expected = || {
            let names: Vec<_> = known.iter().copied().collect();
            format!("there is no such source; there are: {}", names.join(", "))
        };
        let sources = sources
            .iter()
            .filter_map(|text| {
                self.parsed(text, &format!("{key}.sources"), |name| {
                    let id = SourceId::new(name).map_err(|e| e.to_string())?;
                    if known.contains(name) { Ok(id) } else { Err(expected()) }
                })
            })
            .collect();
        let languages = languages
            .iter()
            .filter_map(|text| self.language(text, &format!("{key}.languages")))
            .collect();
        Selection { sources, tags: tags.to_vec(), languages }
    }

    fn limit(&mut self, limit: Option<&Spanned<usize>>, usual: usize, key: &str) -> usize {
        let Some(limit) = limit else { return usual };
        let value = *limit.get_ref();
        if !(1..=MOST).contains(&value) {
            self.problem(limit.span(), format!("{key}.limit = {value}: expected 1 to {MOST}"));
        }
        value
    }

    fn feed(&mut self, raw: &RawFeed, known: &BTreeSet<&str>) -> Option<Feed> {
        let id = self.parsed(&raw.name, "feed.name", |t| FeedId::new(t).map_err(|e| e.to_string()));
        let selection = self.selection(&raw.sources, &raw.tags, &raw.languages, known, "feed");
        let language = raw.language.as_ref().and_then(|text| self.language(text, "feed.language"));
        let limit = self.limit(raw.limit.as_ref(), FEED_LIMIT, "feed");
        Some(Feed {
            id: id?,
            title: raw.title.clone(),
            description: raw.description.clone().unwrap_or_else(|| raw.title.clone()),
            language,
            selection,
            formats: raw.formats.clone().unwrap_or_else(|| FeedFormat::ALL.to_vec()),
            limit,
            with_related: raw.include == Some(RawInclude::Related),
            interval: None,
        })
    }

    fn digest(&mut self, raw: &RawDigest, known: &BTreeSet<&str>, zone: Tz) -> Option<DigestPlan> {
        let id =
            self.parsed(&raw.name, "digest.name", |t| DigestId::new(t).map_err(|e| e.to_string()));
        let own_zone = raw.zone.as_ref().and_then(|text| {
            self.parsed(text, "digest.zone", |text| {
                text.parse::<Tz>().map_err(|_| "expected an IANA name such as Asia/Shanghai".into())
            })
        });
        let zone = own_zone.unwrap_or(zone);
        let language = match &raw.language {
            Some(text) => self.language(text, "digest.language"),
            None => Some(Language::english()),
        };
        let selection = self.selection(&raw.sources, &raw.tags, &raw.languages, known, "digest");
        let limit = self.limit(raw.limit.as_ref(), DIGEST_LIMIT, "digest");
        let timetables = self.cadences(raw, zone);
        let id = id?;
        let cadences = timetables
            .iter()
            .map(|(name, _)| Cadence {
                name: name.clone(),
                schedule: format!("digest/{id}/{name}"),
            })
            .collect();
        let timetables = timetables.into_iter().map(|(_, timetable)| timetable).collect();
        let digest = Digest {
            id,
            title: raw.title.clone(),
            language: language?,
            selection,
            cadences,
            limit,
        };
        Some(DigestPlan { digest, zone, timetables })
    }

    fn cadences(&mut self, raw: &RawDigest, zone: Tz) -> Vec<(String, Timetable)> {
        let written = raw.cadence.get_ref();
        if written.is_empty() {
            self.problem(
                raw.cadence.span(),
                "digest.cadence is empty; write daily = \"0 7 * * *\"",
            );
        }
        let mut cadences: Vec<(&String, &Text)> = written.iter().collect();
        // The first one written is the one for readers who chose none.
        cadences.sort_by_key(|(_, text)| text.span().start);
        cadences
            .into_iter()
            .filter_map(|(name, text)| {
                let timetable = self.timetable(text, &format!("digest.cadence.{name}"), zone)?;
                Some((name.clone(), timetable))
            })
            .collect()
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

fn web_address(text: &str) -> Result<Url, String> {
    let expected = "expected an address that begins with http:// or https://";
    let url = Url::parse(text).map_err(|error| format!("{error}; {expected}"))?;
    let fits = matches!(url.scheme(), "http" | "https");
    if fits { Ok(url) } else { Err(expected.into()) }
}
