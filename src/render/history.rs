//! Where a document stands in the history of its Feed (RFC 5005): the newest entries, or a page of the archive.

use crate::domain::{Feed, FeedFormat, Site};

use super::address;

/// Namespace of RFC 5005.
pub(super) const NAMESPACE: &str = "http://purl.org/syndication/history/1.0";

/// Which document of a Feed it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest entries; behind them are so many archive pages.
    Current {
        /// How many.
        archives: u32,
    },
    /// An archive page. It is written once, so it points to the next one only if that is there already.
    Archive {
        /// Its number, counted from 1, the oldest.
        number: u32,
        /// Whether there is a newer one.
        has_next: bool,
    },
}

impl Page {
    /// A Feed without an archive.
    pub const ONLY: Self = Self::Current { archives: 0 };

    /// Whether it is of the archive.
    pub(super) fn is_archive(self) -> bool {
        matches!(self, Self::Archive { .. })
    }

    /// Its own address.
    pub(super) fn own(self, feed: &Feed, format: FeedFormat, site: &Site) -> String {
        match self {
            Self::Current { .. } => address::self_url(feed, format, site),
            Self::Archive { number, .. } => address::archive_url(feed, format, number, site),
        }
    }

    /// The page with what was published before.
    pub(super) fn earlier(self, feed: &Feed, format: FeedFormat, site: &Site) -> Option<String> {
        let number = match self {
            Self::Current { archives } => archives,
            Self::Archive { number, .. } => number - 1,
        };
        (number > 0).then(|| address::archive_url(feed, format, number, site))
    }

    /// §4: relations and addresses of the documents beside it.
    pub(super) fn links(
        self,
        feed: &Feed,
        format: FeedFormat,
        site: &Site,
    ) -> impl Iterator<Item = (&'static str, String)> {
        let earlier = self.earlier(feed, format, site).map(|url| ("prev-archive", url));
        let (current, later) = match self {
            Self::Current { .. } => (None, None),
            Self::Archive { number, has_next } => (
                Some(("current", address::self_url(feed, format, site))),
                has_next.then(|| {
                    ("next-archive", address::archive_url(feed, format, number + 1, site))
                }),
            ),
        };
        current.into_iter().chain(earlier).chain(later)
    }
}
