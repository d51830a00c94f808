//! Apple's tags for podcasts.

use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;
use super::{addresses, rss_feed};

/// What an element may hold and whether it may repeat. Those that came later than this list are let through.
pub(super) fn kind(name: &str) -> (Kind, bool) {
    match name {
        "author" | "keywords" | "subtitle" => (Kind::AtMost(255), false),
        "summary" => (Kind::AtMost(4_000), false),
        "duration" => (Kind::Duration, false),
        "explicit" => (Kind::TrueFalse, false),
        "episode" | "season" => (Kind::Positive, false),
        "title" => (Kind::Text, false),
        "new-feed-url" => (Kind::Address, false),
        "block" | "episodeType" | "image" | "owner" | "type" => (Kind::Anything, false),
        _ => (Kind::Anything, true),
    }
}

pub(super) fn element(check: &mut Check<'_, '_>, index: usize) {
    match check.element(index).name {
        "block" => one_of(check, index, &["Yes", "yes", "No", "no"]),
        "type" => one_of(check, index, &["episodic", "serial"]),
        "episodeType" => one_of(check, index, &["full", "trailer", "bonus"]),
        "image" => image(check, index),
        // Apple's list of categories changes; what it does not know it passes over.
        "category" => {
            check.required(index, "text");
        }
        "owner" => owner(check, index),
        "duration" if check.element(check.element(index).parent).name == "channel" => {
            rss_feed::undefined(check, index);
        }
        _ => {}
    }
}

fn one_of(check: &mut Check<'_, '_>, index: usize, known: &[&str]) {
    let text = check.element(index).text.trim();
    if !known.contains(&text) {
        let message = format!("\"{text}\", expected {}", known.join(", "));
        check.found(Rule::InvalidPodcastValue, index, message);
    }
}

fn image(check: &mut Check<'_, '_>, index: usize) {
    if let Some(href) = check.required(index, "href").filter(|href| !addresses::is_http(href)) {
        check.found(Rule::InvalidUrlAttribute, index, format!("href=\"{href}\""));
    }
}

fn owner(check: &mut Check<'_, '_>, index: usize) {
    let Some(email) = check.children(index, Ns::Itunes, "email").next() else {
        return check.found(Rule::MissingElement, index, "the owner has no itunes:email");
    };
    check.leaf(email, Kind::Mail);
}
