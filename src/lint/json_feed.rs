//! JSON Feed 1 and 1.1: members, their types, ids that differ.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::addresses::{self, Form};
use super::{Finding, Rule, Settings, dates, values};

/// Versions by their addresses.
const VERSIONS: [&str; 2] = ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"];

/// What a member holds.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Address,
    Date,
    Flag,
    List,
    Language,
}

const TOP: [(&str, Kind); 15] = [
    ("version", Kind::Text),
    ("title", Kind::Text),
    ("home_page_url", Kind::Address),
    ("feed_url", Kind::Address),
    ("description", Kind::Text),
    ("user_comment", Kind::Text),
    ("next_url", Kind::Address),
    ("icon", Kind::Address),
    ("favicon", Kind::Address),
    ("authors", Kind::List),
    ("language", Kind::Language),
    ("expired", Kind::Flag),
    ("hubs", Kind::List),
    ("items", Kind::List),
    ("author", Kind::Text),
];

const ITEM: [(&str, Kind); 16] = [
    ("id", Kind::Text),
    ("url", Kind::Address),
    ("external_url", Kind::Address),
    ("title", Kind::Text),
    ("content_html", Kind::Text),
    ("content_text", Kind::Text),
    ("summary", Kind::Text),
    ("image", Kind::Address),
    ("banner_image", Kind::Address),
    ("date_published", Kind::Date),
    ("date_modified", Kind::Date),
    ("authors", Kind::List),
    ("tags", Kind::List),
    ("language", Kind::Language),
    ("attachments", Kind::List),
    ("author", Kind::Text),
];

/// Judges a document that begins like JSON.
pub(super) fn lint(text: &str, settings: &Settings) -> Vec<Finding> {
    let mut judge = Judge { settings, findings: Vec::new() };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(feed)) => judge.feed(&feed),
        Ok(_) => judge.found(Rule::NotJson, "document", "a feed is an object"),
        Err(error) => judge.findings.push(Finding::new(
            Rule::NotJson,
            error.line(),
            "document".into(),
            error.to_string(),
        )),
    }
    judge.findings
}

struct Judge<'s> {
    settings: &'s Settings,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn found(&mut self, rule: Rule, place: &str, message: &str) {
        self.findings.push(Finding::new(rule, 1, place.to_owned(), message.to_owned()));
    }

    fn feed(&mut self, feed: &Map<String, Value>) {
        let version = feed.get("version").and_then(Value::as_str);
        if version.is_none_or(|version| !VERSIONS.contains(&version)) {
            self.found(Rule::InvalidVersion, "version", "it is the address of the specification");
        }
        for name in ["title", "items"] {
            if !feed.contains_key(name) {
                self.found(Rule::MissingMember, name, "it is required");
            }
        }
        self.members(feed, &TOP, "");
        self.people(feed, "");
        let own = feed.get("feed_url").and_then(Value::as_str);
        if let (Some(served), Some(own)) = (self.settings.url.as_deref(), own)
            && served != own
        {
            self.found(Rule::SelfDoesntMatchLocation, "feed_url", own);
        }
        let mut ids = HashSet::new();
        for (index, item) in list(feed, "items").enumerate() {
            let place = format!("items[{index}]");
            match item.as_object() {
                Some(item) => self.item(item, &place, &mut ids),
                None => self.found(Rule::InvalidMember, &place, "an item is an object"),
            }
        }
    }

    fn item(&mut self, item: &Map<String, Value>, place: &str, ids: &mut HashSet<String>) {
        let id = item.get("id");
        match id {
            None => self.found(Rule::MissingMember, &format!("{place}/id"), "it is required"),
            Some(Value::String(text)) if !ids.insert(text.clone()) => {
                self.found(Rule::DuplicateValue, &format!("{place}/id"), text);
            }
            Some(_) => {}
        }
        if !item.contains_key("content_html") && !item.contains_key("content_text") {
            self.found(Rule::MissingMember, place, "content_html or content_text is required");
        }
        self.members(item, &ITEM, place);
        self.people(item, place);
        for attachment in list(item, "attachments") {
            self.attachment(attachment, place);
        }
        if list(item, "tags").any(|tag| !tag.is_string()) {
            self.found(Rule::InvalidMember, &format!("{place}/tags"), "tags are texts");
        }
        if let Some(html) = item.get("content_html").and_then(Value::as_str) {
            for flaw in super::markup::flaws(html, true) {
                self.found(flaw.rule, &format!("{place}/content_html"), &flaw.what);
            }
        }
    }

    fn attachment(&mut self, attachment: &Value, place: &str) {
        let place = format!("{place}/attachments");
        let text = |name: &str| attachment.get(name).and_then(Value::as_str);
        if text("url").is_none_or(|url| addresses::uri(url, Form::Absolute, true).is_some()) {
            self.found(Rule::InvalidMember, &place, "url is required and an address");
        }
        if text("mime_type").is_none_or(|value| !values::is_media_type(value)) {
            self.found(Rule::InvalidMember, &place, "mime_type is required and a media type");
        }
    }

    fn people(&mut self, object: &Map<String, Value>, place: &str) {
        if object.contains_key("author") {
            self.found(Rule::DeprecatedMember, &format!("{place}/author"), "authors replaced it");
        }
        for author in list(object, "authors") {
            let says = ["name", "url", "avatar"].iter().any(|name| author.get(name).is_some());
            if !says {
                self.found(
                    Rule::InvalidMember,
                    &format!("{place}/authors"),
                    "an author has a name, url or avatar",
                );
            }
        }
    }

    fn members(&mut self, object: &Map<String, Value>, known: &[(&str, Kind)], place: &str) {
        for (name, value) in object {
            let at = if place.is_empty() { name.clone() } else { format!("{place}/{name}") };
            match known.iter().find(|(known, _)| known == name) {
                Some((_, kind)) => self.member(&at, value, *kind),
                None if name.starts_with('_') => {}
                None => self.found(Rule::InvalidMember, &at, "extensions begin with \"_\""),
            }
        }
    }

    fn member(&mut self, place: &str, value: &Value, kind: Kind) {
        let text = value.as_str();
        let fits = match kind {
            Kind::Text if place.ends_with("author") => value.is_object(),
            Kind::Text => text.is_some(),
            Kind::Flag => value.is_boolean(),
            Kind::List => value.is_array(),
            Kind::Language => text.is_some_and(values::is_language),
            Kind::Address => {
                text.is_some_and(|t| addresses::uri(t, Form::Absolute, true).is_none())
            }
            Kind::Date => text.is_some_and(|t| self.date(place, t)),
        };
        if !fits {
            let shown: String = value.to_string().chars().take(80).collect();
            self.found(Rule::InvalidMember, place, &format!("{shown} is not what belongs here"));
        }
    }

    /// A date that is written right but cannot be is a finding of its own.
    fn date(&mut self, place: &str, text: &str) -> bool {
        match dates::rfc3339(text, self.settings.now) {
            None => true,
            Some(Rule::ImplausibleDate) => {
                self.found(Rule::ImplausibleDate, place, text);
                true
            }
            Some(_) => false,
        }
    }
}

fn list<'v>(object: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = &'v Value> {
    object.get(name).and_then(Value::as_array).into_iter().flatten()
}
