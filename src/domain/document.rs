//! One fetched body, as the stages receive it.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use url::Url;

/// What kind of text a Document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaType {
    /// A web page.
    Html,
    /// A page flattened to text.
    Text,
    /// Markdown, with or without front matter.
    Markdown,
    /// A feed in any format: many articles, or none.
    Feed,
    /// A list of addresses for programs (sitemaps.org).
    Sitemap,
}

impl MediaType {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
        }
    }

    /// Reads what [`MediaType::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Html, Self::Text, Self::Markdown, Self::Feed, Self::Sitemap]
            .into_iter()
            .find(|media_type| media_type.as_str() == word)
    }
}

/// One fetched body, decoded to Unicode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What the operator calls it: a path, a URL, or a given id.
    pub reference: String,
    /// Its address, where it has one.
    pub url: Option<Url>,
    /// When it was fetched; relative times count from here, in this offset.
    pub fetched_at: DateTime<FixedOffset>,
    /// How to read `text`.
    pub media_type: MediaType,
    /// The decoded body.
    pub text: String,
    /// Fingerprint of the bytes as they came, in hex: equal bytes need no work.
    pub digest: String,
}

/// What is remembered of a Document, so that it need not be fetched or read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// [`Document::digest`] of the bytes that were taken in.
    pub digest: String,
    /// What its server calls this state of it.
    pub validators: Validators,
    /// Where it went for good (RFC 9110 §15.4.2, §15.4.9).
    pub moved: Option<Url>,
}

impl Known {
    /// What is to be remembered instead once the server said, of a Document that is as it was, that it has these validators
    /// now and this place (RFC 9111 §4.3.4); `None` where that is nothing new. What it does not say again still holds.
    pub fn renewed(&self, validators: &Validators, moved: Option<&Url>) -> Option<Self> {
        let Validators { etag, last_modified } = validators.clone();
        let known = &self.validators;
        let new = Self {
            digest: self.digest.clone(),
            validators: Validators {
                etag: etag.or_else(|| known.etag.clone()),
                last_modified: last_modified.or_else(|| known.last_modified.clone()),
            },
            moved: moved.or(self.moved.as_ref()).cloned(),
        };
        (new != *self).then_some(new)
    }
}

/// What a server calls a state of a Document: opaque text, returned unchanged (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The entity tag, quotes and all.
    pub etag: Option<String>,
    /// The date of the last modification, in the server's spelling.
    pub last_modified: Option<String>,
}

/// Something in a Document that was wrong but did not stop it; named in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Where: a field or a place, such as `published` or `related item 3`.
    pub place: String,
    /// What was wrong and what became of it.
    pub message: String,
}

impl Note {
    /// A note on `place`.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
