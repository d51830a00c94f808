//! OPML 2.0: the list of all feeds, which readers import.

use crate::domain::{Feed, FeedFormat, Site, Source, SourceKind};

use super::{address, guard};

/// Writes the subscription list of `feeds`; JSON Feed has no place in it, since OPML knows RSS and its kin.
pub fn opml(feeds: &[Feed], site: &Site) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n<head>\n",
    );
    push(&mut out, &["<title>", &escaped(&site.title), "</title>\n</head>\n<body>\n"]);
    for feed in feeds {
        let format =
            [FeedFormat::Atom, FeedFormat::Rss].into_iter().find(|f| feed.formats.contains(f));
        let Some(format) = format else { continue };
        outline(&mut out, feed, format, site);
    }
    out.push_str("</body>\n</opml>\n");
    out.into_bytes()
}

/// Writes the feeds that are read, for another reader to import.
pub fn subscriptions(sources: &[Source], site: &Site) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n<head>\n",
    );
    push(&mut out, &["<title>", &escaped(&site.title), "</title>\n</head>\n<body>\n"]);
    for source in sources {
        let SourceKind::Feed { url, .. } = &source.kind else { continue };
        let name = escaped(source.id.as_str());
        push(&mut out, &["<outline type=\"rss\" text=\"", &name, "\" title=\"", &name, "\""]);
        push(&mut out, &[" xmlUrl=\"", &guard::escaped(url.as_str()), "\"/>\n"]);
    }
    out.push_str("</body>\n</opml>\n");
    out.into_bytes()
}

fn outline(out: &mut String, feed: &Feed, format: FeedFormat, site: &Site) {
    let title = escaped(&feed.title);
    // Readers look for type="rss" whatever the format is (OPML 2.0, subscription lists).
    push(out, &["<outline type=\"rss\" text=\"", &title, "\" title=\"", &title, "\""]);
    push(out, &[" description=\"", &escaped(&feed.description), "\""]);
    let (own, home) = (address::self_url(feed, format, site), address::home(site));
    push(
        out,
        &[" xmlUrl=\"", &guard::escaped(&own), "\" htmlUrl=\"", &guard::escaped(&home), "\"/>\n"],
    );
}

fn push(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

fn escaped(text: &str) -> String {
    // OPML texts are markup once unescaped: an ampersand that touches a word would begin a reference.
    let words = guard::words(text).unwrap_or_default();
    let parts: Vec<&str> = words.split('&').collect();
    let joined = parts.iter().skip(1).fold(parts[0].to_owned(), |out, part| {
        let touches = part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#');
        out + if touches { "\u{FF06}" } else { "&" } + part
    });
    guard::escaped(&joined)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{feed, site};
    use super::*;

    #[test]
    fn every_feed_that_readers_can_subscribe_to_is_listed_once() {
        let mut json = feed();
        json.formats = vec![FeedFormat::Json];
        let xml = String::from_utf8(opml(&[feed(), json], &site())).unwrap();
        assert_eq!(xml.matches("<outline").count(), 1);
        assert!(
            xml.contains("xmlUrl=\"https://reader.example.net/press/feeds/coast.atom\""),
            "{xml}"
        );
        assert!(xml.contains("title=\"Coast &amp; sea\""), "{xml}");
    }
}
