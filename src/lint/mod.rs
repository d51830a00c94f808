//! Bytes → findings: is this feed valid, and well behaved? Pure.
//!
//! | duty | file |
//! |---|---|
//! | what can be found, how bad it is, where it is written | `rules.rs` |
//! | a strict reading of XML, kept flat so that depth costs no stack | `charset.rs`, `tree.rs`, `names.rs` |
//! | addresses, dates, languages, numbers | `values.rs`, `dates.rs`, `addresses.rs` |
//! | markup inside of texts | `markup.rs` |
//! | what every vocabulary shares: kinds of value, repetition, attributes | `check.rs`, `kinds.rs` |
//! | RSS | `rss_feed.rs`, `rss_items.rs`, `rss_parts.rs` |
//! | Atom | `atom_feed.rs`, `atom_values.rs`, `atom_links.rs`, `atom_texts.rs`, `atom_history.rs` |
//! | other vocabularies | `modules.rs`, `media.rs`, `podcast.rs`, `opml.rs`, `json_feed.rs` |

mod addresses;
mod atom_feed;
mod atom_history;
mod atom_links;
mod atom_texts;
mod atom_values;
mod charset;
mod check;
mod dates;
mod json_feed;
mod kinds;
mod markup;
mod media;
mod modules;
mod names;
mod opml;
mod podcast;
mod rss_feed;
mod rss_items;
mod rss_parts;
mod rules;
mod tree;
mod values;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use check::Check;
use names::Ns;
pub use rules::{Level, Rule};
use tree::Tree;

/// Something that is wrong with a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The stable word for machines.
    pub rule: Rule,
    /// Line, counted from 1.
    pub line: usize,
    /// The element or member: `channel/item/guid`.
    pub place: String,
    /// What is wrong, with the value.
    pub message: String,
    /// Where the rule is written.
    pub clause: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, rule, line, place, message, clause } = self;
        write!(f, "line {line}: {level}: {place}: {message} [{rule}; {clause}]")
    }
}

/// What a judgement may depend on beside the bytes.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The time against which dates are found to lie in the future; nothing is, without one.
    pub now: Option<DateTime<Utc>>,
    /// Where the feed is served; its `rel="self"` must say the same.
    pub url: Option<String>,
}

/// Judges a feed in any format. An empty list means that every reader should accept it.
pub fn lint(bytes: &[u8], settings: &Settings) -> Vec<Finding> {
    let text = match charset::decode(bytes) {
        Ok(text) => text,
        Err((rule, reason)) => return vec![Finding::at_start(rule, &reason)],
    };
    if text.trim_start().starts_with('{') {
        return json_feed::lint(&text, settings);
    }
    match Tree::read(&text) {
        Ok(tree) => judge(&tree, settings),
        Err(broken) => vec![broken.finding(&text)],
    }
}

fn judge(tree: &Tree<'_>, settings: &Settings) -> Vec<Finding> {
    let mut check = Check::new(tree, settings);
    let root = tree.root();
    match (root.ns, root.name) {
        (_, "rss") | (Ns::Rdf, "RDF") | (Ns::Rss11, "Channel") => rss_feed::document(&mut check),
        (Ns::ObsoleteAtom, "feed" | "entry") => check.found(
            Rule::ObsoleteNamespace,
            0,
            "Atom 0.3 was a draft; Atom 1.0 replaced it in 2005",
        ),
        (_, "feed" | "entry") => atom_feed::document(&mut check),
        (_, "opml" | "outlineDocument") => opml::document(&mut check),
        (_, name) => {
            let message = format!("<{name}> begins no feed and no subscription list");
            check.found(Rule::UndefinedElement, 0, message);
        }
    }
    check.finish()
}

/// Whether any of `findings` keeps the feed from being published.
pub fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Error)
}

impl Finding {
    fn at_start(rule: Rule, message: &str) -> Self {
        Self::new(rule, 1, "document".to_owned(), message.to_owned())
    }

    fn new(rule: Rule, line: usize, place: String, message: String) -> Self {
        Self { level: rule.level(), rule, line, place, message, clause: rule.clause() }
    }
}
