//! Why a Document gave no Article.

use thiserror::Error;

/// Why a Document gave no Article; `kind()` is the stable word that JSON output carries.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NormalizeError {
    /// Nothing but white space.
    #[error("the document is empty: check that the file or address holds the article")]
    Empty,
    /// Bytes that are no text, read as if they were.
    #[error(
        "the document is not text: {controls} control characters in the first {examined}, the first at character {first}; give HTML, plain text or Markdown"
    )]
    NotText {
        /// Control characters found.
        controls: usize,
        /// Characters looked at.
        examined: usize,
        /// Where the first one stands, counted from 0.
        first: usize,
    },
    /// More bytes than a page may have.
    #[error(
        "the document has {bytes} bytes and the limit is {limit}: give the article's own page, or split it"
    )]
    TooLarge {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Elements within elements beyond what any page needs.
    #[error(
        "the page nests {depth} or more elements and the limit is {limit}: it is broken or hostile; give its print or AMP form"
    )]
    TooDeep {
        /// Depth found.
        depth: usize,
        /// Depth allowed.
        limit: usize,
    },
    /// More nodes than a page may have.
    #[error(
        "the page has {nodes} or more nodes and the limit is {limit}: give the article's own page, not an archive"
    )]
    TooManyNodes {
        /// Nodes found.
        nodes: usize,
        /// Nodes allowed.
        limit: usize,
    },
    /// Many nodes at great depth: no limit is passed, and reading it would still take seconds.
    #[error(
        "the page would take {steps} or more steps and the limit is {limit}: it is broken or hostile; give its print or AMP form"
    )]
    TooCostly {
        /// Steps counted.
        steps: usize,
        /// Steps allowed.
        limit: usize,
    },
    /// More attributes in one tag than any page needs.
    #[error(
        "a tag of the page has {attributes} attributes and the limit is {limit}: the page is broken or hostile; give its print or AMP form"
    )]
    TooManyAttributes {
        /// Attributes found.
        attributes: usize,
        /// Attributes allowed.
        limit: usize,
    },
    /// A page, but no article in it.
    #[error("the page has no article in what the server sent; {reason}")]
    NoArticle {
        /// What was found instead, and what to do.
        reason: &'static str,
    },
    /// No feed in any format.
    #[error(
        "there is no feed in it: neither RSS, RDF, Atom nor JSON Feed; check the address, or use kind = \"page\""
    )]
    NoFeed,
    /// No index: the page names no articles.
    #[error("the page names no articles: {reason}")]
    NoListing {
        /// What it is instead, and what to do.
        reason: &'static str,
    },
    /// No sitemap.
    #[error(
        "there is no sitemap in it: neither <urlset> nor <sitemapindex>; the addresses of sitemaps often stand in /robots.txt"
    )]
    NoSitemap,
    /// No subscription list.
    #[error("there is no OPML in it; export the subscriptions of your reader once more")]
    NoOutlines,
    /// An entry that says nothing.
    #[error("the entry has neither title, text, link nor id")]
    EmptyEntry,
    /// A library gave up.
    #[error("reading it ended in a panic; please report this with the document")]
    Panicked,
    /// An article that nothing names.
    #[error(
        "the article has no title: neither metadata nor a heading nor a first line gives one; add a <title> or a first line"
    )]
    NoTitle,
}

impl NormalizeError {
    /// The stable word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotText { .. } => "not_text",
            Self::TooLarge { .. } => "too_large",
            Self::TooDeep { .. } => "too_deep",
            Self::TooManyNodes { .. } => "too_many_nodes",
            Self::TooCostly { .. } => "too_costly",
            Self::TooManyAttributes { .. } => "too_many_attributes",
            Self::NoArticle { .. } => "no_article",
            Self::NoFeed => "no_feed",
            Self::NoListing { .. } => "no_listing",
            Self::NoOutlines => "no_outlines",
            Self::NoSitemap => "no_sitemap",
            Self::EmptyEntry => "empty_entry",
            Self::Panicked => "panic",
            Self::NoTitle => "no_title",
        }
    }
}
