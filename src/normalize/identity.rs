//! What an article's id is made of.

use url::Url;

use super::Settings;
use crate::domain::{ArticleId, Document, IdentityRule};

/// The id of the article in `document`, by the rule of its Source.
pub(super) fn id(
    document: &Document,
    settings: &Settings,
    canonical: Option<&Url>,
    title: &str,
    text: &str,
) -> ArticleId {
    let key = match settings.identity {
        IdentityRule::Source => String::new(),
        IdentityRule::Path => document.reference.clone(),
        IdentityRule::Url => canonical
            .or(document.url.as_ref())
            .map_or_else(|| document.reference.clone(), ToString::to_string),
        // A document that is one article has no guid: its address, else what it says.
        IdentityRule::Entry => canonical
            .or(document.url.as_ref())
            .map_or_else(|| format!("{title}\n{text}"), ToString::to_string),
        IdentityRule::Title => title.to_owned(),
        IdentityRule::Content => format!("{title}\n{text}"),
    };
    ArticleId::derive(&settings.source, &key)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{MediaType, SourceId};
    use crate::normalize::Overrides;

    fn id_of(rule: IdentityRule, reference: &str, url: Option<&str>, title: &str) -> ArticleId {
        let document = Document {
            reference: reference.into(),
            url: url.map(|u| Url::parse(u).unwrap()),
            fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
            media_type: MediaType::Html,
            text: String::new(),
            digest: String::new(),
        };
        let settings = Settings {
            source: SourceId::new("river").unwrap(),
            identity: rule,
            overrides: Overrides::default(),
        };
        id(&document, &settings, None, title, "text")
    }

    #[test]
    fn each_rule_looks_at_its_own_part_and_no_other() {
        use IdentityRule::{Content, Path, Source, Url};
        let (a, b) = (Some("https://example.org/a"), Some("https://example.org/b"));
        assert_eq!(id_of(Source, "x", a, "t"), id_of(Source, "y", b, "u"));
        assert_eq!(id_of(Path, "x", a, "t"), id_of(Path, "x", b, "u"));
        assert_ne!(id_of(Path, "x", a, "t"), id_of(Path, "y", a, "t"));
        assert_eq!(id_of(Url, "x", a, "t"), id_of(Url, "y", a, "u"));
        assert_ne!(id_of(Url, "x", a, "t"), id_of(Url, "x", b, "t"));
        assert_eq!(id_of(Content, "x", a, "t"), id_of(Content, "y", b, "t"));
        assert_ne!(id_of(Content, "x", a, "t"), id_of(Content, "x", a, "u"));
    }
}
