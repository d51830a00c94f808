//! OPML as others export it → the feeds it names. Forgiving, as the feed reader is.

use url::Url;

use super::NormalizeError;
use super::links;
use super::syndicated::tags::{Tags, Token, attributes};

/// Feeds of one list.
const MOST: usize = 20_000;

/// A feed that a subscription list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What the list calls it.
    pub title: Option<String>,
    /// Its address.
    pub url: Url,
}

/// The feeds of a subscription list, each once.
pub fn outlines(text: &str) -> Result<Vec<Outline>, NormalizeError> {
    super::limits::check_text_length(text)?;
    let (mut found, mut is_opml): (Vec<Outline>, bool) = (Vec::new(), false);
    for token in Tags::new(text) {
        let Token::Start { name, attributes: given, .. } = token else { continue };
        is_opml |= name.eq_ignore_ascii_case("opml");
        if !name.eq_ignore_ascii_case("outline") || found.len() == MOST {
            continue;
        }
        let given = attributes(given);
        let value = |wanted: &str| {
            let pair = given.iter().find(|(name, _)| name == wanted);
            pair.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let Some(url) = value("xmlurl").and_then(|url| links::absolute(&url, None)) else {
            continue;
        };
        if !found.iter().any(|known| known.url == url) {
            found.push(Outline { title: value("title").or_else(|| value("text")), url });
        }
    }
    if is_opml { Ok(found) } else { Err(NormalizeError::NoOutlines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_lists_of_any_spelling_give_each_feed_once() {
        let text = "<?xml version='1.0'?><opml version='1.1'><body><outline text='Press'><outline type=rss text=\"A &amp; B\" XMLURL='https://a.example/feed?x=1&amp;y=2'/>\
            <outline title='Again' xmlUrl='https://a.example/feed?x=1&amp;y=2'/></outline><outline text='No feed' htmlUrl='https://b.example/'/>\
            <outline text='Bad' xmlUrl='javascript:alert(1)'/></body>";
        let found = outlines(text).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title.as_deref(), Some("A & B"));
        assert_eq!(found[0].url.as_str(), "https://a.example/feed?x=1&y=2");
        assert_eq!(outlines("<rss/>").unwrap_err().kind(), "no_outlines");
    }
}
