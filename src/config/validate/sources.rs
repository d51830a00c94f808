//! `[[source]]`: where content comes from.

use chrono_tz::Tz;
use toml::Spanned;
use url::Url;

use super::super::SourcePlan;
use super::super::raw::{RawIdentity, RawKind, RawRepublish, RawSource};
use super::{Check, web_address};
use crate::domain::{IdentityRule, Republish, Source, SourceId, SourceKind};
use crate::schedule::Policy;

impl Check<'_> {
    pub(super) fn source(
        &mut self,
        raw: &RawSource,
        zone: Tz,
        usual: Policy,
    ) -> Option<SourcePlan> {
        let id =
            self.parsed(&raw.name, "source.name", |t| SourceId::new(t).map_err(|e| e.to_string()));
        let kind = match raw.kind.get_ref() {
            RawKind::Page => self.page(raw),
            kind @ (RawKind::Feed | RawKind::Listing | RawKind::Sitemap) => {
                self.of_many(*kind, raw)
            }
            RawKind::Files => self.files(raw),
        };
        if let Some(identity) = &raw.identity
            && *raw.kind.get_ref() != RawKind::Feed
        {
            self.problem(identity.span(), "source.identity is for kind = \"feed\"; leave it out");
        }
        let timetable =
            raw.schedule.as_ref().and_then(|text| self.timetable(text, "source.schedule", zone));
        let mut overrides = self.overrides(&raw.fields);
        overrides.links = self.links(&raw.links);
        let intake = self.intake(raw);
        let access = self.access(raw, kind.as_ref());
        let republish = republish(raw);
        // What is the operator's own shall be found; of what is not, the original.
        let noindex = raw.noindex.unwrap_or(republish == Republish::Summary);
        let kind = kind?;
        let is_paced = raw.schedule.is_none() && kind.url().is_some();
        let source = Source { id: id?, kind, access, intake, republish, noindex, is_paced };
        let policy = self.policy(&raw.slots, usual, "source.slots");
        Some(SourcePlan { source, timetable, policy, overrides })
    }

    fn page(&mut self, raw: &RawSource) -> Option<SourceKind> {
        if raw.paths.is_some() {
            self.problem(
                raw.kind.span(),
                "only source.kind = \"files\" has paths; the others have a url",
            );
        }
        let Some(url) = &raw.url else {
            self.problem(raw.kind.span(), "this source.kind needs url = \"https://…\"");
            return None;
        };
        let url = self.parsed(url, "source.url", without_password)?;
        Some(SourceKind::Page { url })
    }

    fn of_many(&mut self, kind: RawKind, raw: &RawSource) -> Option<SourceKind> {
        let SourceKind::Page { url } = self.page(raw)? else { return None };
        Some(match kind {
            RawKind::Listing => SourceKind::Listing { url },
            RawKind::Sitemap => SourceKind::Sitemap { url },
            _ => SourceKind::Feed { url, identity: identity(raw) },
        })
    }

    fn files(&mut self, raw: &RawSource) -> Option<SourceKind> {
        if raw.url.is_some() || raw.allow_private.is_some() || raw.ignore_robots.is_some() {
            let message = "source.kind = \"files\" has neither url nor allow_private nor ignore_robots; use \
                kind = \"page\"";
            self.problem(raw.kind.span(), message);
        }
        let paths = raw.paths.as_deref().unwrap_or_default();
        if paths.is_empty() {
            let message = "source.kind = \"files\" needs paths = [\"articles/*.html\", …]";
            self.problem(raw.kind.span(), message);
            return None;
        }
        Some(SourceKind::Files { patterns: paths.to_vec(), root: self.directory.clone() })
    }
}

/// An address stands in logs, reports and feeds.
fn without_password(text: &str) -> Result<Url, String> {
    let url = web_address(text)?;
    if url.username().is_empty() && url.password().is_none() {
        return Ok(url);
    }
    Err("an address is no place for a password; write source.user, and password_env or password_file beside it".into())
}

/// How the entries of a feed are told apart.
fn identity(raw: &RawSource) -> IdentityRule {
    match raw.identity.as_ref().map(Spanned::get_ref) {
        None | Some(RawIdentity::Guid) => IdentityRule::Entry,
        Some(RawIdentity::Link) => IdentityRule::Url,
        Some(RawIdentity::Title) => IdentityRule::Title,
        Some(RawIdentity::Content) => IdentityRule::Content,
    }
}

/// Files on this machine are the operator's own; what stands elsewhere is somebody else's unless the operator says so.
fn republish(raw: &RawSource) -> Republish {
    match (raw.republish, raw.kind.get_ref()) {
        (Some(RawRepublish::Full), _) | (None, RawKind::Files) => Republish::Full,
        _ => Republish::Summary,
    }
}
