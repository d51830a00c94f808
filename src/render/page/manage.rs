//! The page behind the link in every mail, on which a reader chooses.

use serde::Serialize;

use super::super::{RenderError, guard};
use super::{Frame, rendered};
use crate::domain::{Choices, Digest, FeedFormat, Language, Locale, Subscriber, SubscriberState};

/// What a reader sees of their own.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// The subscription.
    pub subscriber: &'a Subscriber,
    /// The token of the page.
    pub token: &'a str,
    /// Whether something was changed just now.
    pub is_saved: bool,
    /// Whether there is a feed of these choices.
    pub has_feed: bool,
    /// Where it is; known only when it was made just now.
    pub addresses: &'a [(FeedFormat, String)],
}

#[derive(Serialize)]
struct ManageView {
    digest: String,
    address: String,
    is_saved: bool,
    is_on: bool,
    action: String,
    leave: String,
    erase: String,
    cadences: Vec<Choice>,
    hours: Vec<Choice>,
    languages: Vec<Choice>,
    zone: String,
    topics: String,
    without: String,
    paused_until: String,
    feed: String,
    has_feed: bool,
    addresses: Vec<Address>,
}

/// Where the reader's own feed is, in one format.
#[derive(Serialize)]
struct Address {
    format: &'static str,
    url: String,
}

/// One value of a list to choose from.
#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// Writes the page.
pub fn manage(frame: &Frame<'_>, digest: &Digest, own: &Own<'_>) -> Result<String, RenderError> {
    let base = frame.base();
    let Own { subscriber, token, .. } = own;
    let choices = &subscriber.choices;
    let view = ManageView {
        digest: guard::line(&digest.title),
        address: subscriber.address.to_string(),
        is_saved: own.is_saved,
        is_on: subscriber.state == SubscriberState::Confirmed,
        action: format!("{base}subscription/{token}"),
        leave: format!("{base}unsubscribe/{token}"),
        erase: format!("{base}subscription/{token}/erase"),
        cadences: cadences(digest, choices),
        hours: hours(choices, frame.locale),
        languages: languages(choices, frame.locale),
        zone: choices.zone.map(|zone| zone.name().to_owned()).unwrap_or_default(),
        topics: choices.topics.join(", "),
        without: choices.without.join(", "),
        paused_until: choices.paused_until.map(|day| day.to_string()).unwrap_or_default(),
        feed: format!("{base}subscription/{token}/feed"),
        has_feed: own.has_feed,
        addresses: own.addresses.iter().map(address).collect(),
    };
    rendered("manage.html.j2", frame, view)
}

fn address((format, url): &(FeedFormat, String)) -> Address {
    let format = match format {
        FeedFormat::Rss => "RSS",
        FeedFormat::Atom => "Atom",
        FeedFormat::Json => "JSON Feed",
    };
    Address { format, url: url.clone() }
}

fn cadences(digest: &Digest, choices: &Choices) -> Vec<Choice> {
    let chosen =
        |name: &str| choices.cadence.as_deref().map_or(digest.is_first(name), |c| c == name);
    let choice = |name: &String| Choice {
        value: name.clone(),
        label: name.clone(),
        is_chosen: chosen(name),
    };
    digest.cadences.iter().map(|cadence| choice(&cadence.name)).collect()
}

fn hours(choices: &Choices, locale: Locale) -> Vec<Choice> {
    let any = match locale {
        Locale::English => "as it comes",
        Locale::Chinese => "随发随到",
    };
    let whenever =
        Choice { value: String::new(), label: any.into(), is_chosen: choices.hour.is_none() };
    let hour = |hour: u8| Choice {
        value: hour.to_string(),
        label: format!("{hour:02}:00"),
        is_chosen: choices.hour == Some(hour),
    };
    std::iter::once(whenever).chain((0..24).map(hour)).collect()
}

fn languages(choices: &Choices, locale: Locale) -> Vec<Choice> {
    let as_is = match locale {
        Locale::English => "as the digest has it",
        Locale::Chinese => "与摘要相同",
    };
    let chosen = choices.language.as_ref().map(Language::primary);
    let choice = |value: &str, label: &str| Choice {
        value: value.into(),
        label: label.into(),
        is_chosen: chosen.unwrap_or_default() == value,
    };
    vec![choice("", as_is), choice("en", "English"), choice("zh", "中文")]
}
