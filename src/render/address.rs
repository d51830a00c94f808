//! Names and addresses of a Feed itself: its lasting id, where it lives, what it belongs to.

use url::Url;
use uuid::Uuid;

use crate::domain::{Article, Feed, FeedFormat, RelatedItem, Site};

use super::guard;

/// Namespace of feed ids; changing it would make every feed of every installation a new one.
const FEEDS: Uuid = Uuid::from_u128(0x1c9e_2b77_54d0_4f0a_8c63_9b1e_42a7_d3f8);

/// Who wrote the file (RSS `generator`, RFC 4287 §4.2.4).
pub(super) const GENERATOR: &str = "pressroom";

/// An id that outlives a change of host (RFC 4287 §4.2.6), made from the operator's name for the Feed.
pub(super) fn feed_urn(feed: &Feed) -> String {
    Uuid::new_v5(&FEEDS, feed.id.as_str().as_bytes()).urn().to_string()
}

/// Where `feed` is served in `format`: the address its `rel="self"` must name.
pub fn self_url(feed: &Feed, format: FeedFormat, site: &Site) -> String {
    format!("{}feeds/{}", home(site), feed.file_name(format))
}

/// Where page `number` of the archive of `feed` is served in `format`.
pub fn archive_url(feed: &Feed, format: FeedFormat, number: u32, site: &Site) -> String {
    format!("{}feeds/{}", home(site), feed.archive_name(format, number))
}

/// Where the page stands that is at `path` below the site's front page.
pub fn page_url(path: &str, site: &Site) -> String {
    format!("{}{path}", home(site))
}

/// For people who open the file in a browser, which shows it as code: what it is, and where its page is.
pub(super) fn comment(feed: &Feed, site: &Site) -> String {
    // XML 1.0 §2.5: two hyphens would end it.
    let page = format!("{}feeds/{}", home(site), feed.id).replace("--", "-%2D");
    format!(
        "<!-- This is a feed, for feed readers: give yours this address. For people it is at {page} -->\n"
    )
}

/// Where a related item is: its address, else its id. Nothing for an address that no reader shall open.
pub(super) fn related(item: &RelatedItem, of: &Article) -> Option<String> {
    match &item.url {
        Some(url) => guard::link(url),
        None => Some(item.id(of.id).urn()),
    }
}

/// The site's front page, ending in `/`.
pub(super) fn home(site: &Site) -> String {
    let mut home = site.public_url.clone();
    home.set_query(None);
    home.set_fragment(None);
    let home = guard::link(&home).unwrap_or_else(|| Url::to_string(&home));
    if home.ends_with('/') { home } else { format!("{home}/") }
}
