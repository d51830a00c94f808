//! Namespaces that feeds use, and the prefixes by which readers expect them.

/// A namespace, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Ns {
    /// No namespace: RSS 0.91 to 2.0, OPML.
    None,
    /// A prefix that was never declared.
    Undeclared,
    /// Declared and unknown.
    Unknown,
    /// Known, but its elements are not looked into.
    Other,
    Xml,
    Atom,
    ObsoleteAtom,
    Rdf,
    Rss1,
    Rss11,
    Content,
    Dc,
    DcTerms,
    Syndication,
    Slash,
    Wfw,
    Media,
    Itunes,
    History,
    Thread,
    Admin,
    CreativeCommons,
    Cc,
    Xhtml,
    Svg,
    MathMl,
    AppPub,
    Geo,
    Trackback,
}

/// Prefix, namespace, address.
const KNOWN: [(&str, Ns, &str); 47] = [
    ("xml", Ns::Xml, "http://www.w3.org/XML/1998/namespace"),
    ("atom", Ns::Atom, "http://www.w3.org/2005/Atom"),
    ("rdf", Ns::Rdf, "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rss1", Ns::Rss1, "http://purl.org/rss/1.0/"),
    ("rss090", Ns::Rss1, "http://my.netscape.com/rdf/simple/0.9/"),
    ("rss11", Ns::Rss11, "http://purl.org/net/rss1.1#"),
    ("content", Ns::Content, "http://purl.org/rss/1.0/modules/content/"),
    ("dc", Ns::Dc, "http://purl.org/dc/elements/1.1/"),
    ("dcterms", Ns::DcTerms, "http://purl.org/dc/terms/"),
    ("sy", Ns::Syndication, "http://purl.org/rss/1.0/modules/syndication/"),
    ("slash", Ns::Slash, "http://purl.org/rss/1.0/modules/slash/"),
    ("wfw", Ns::Wfw, "http://wellformedweb.org/CommentAPI/"),
    ("media", Ns::Media, "http://search.yahoo.com/mrss/"),
    ("itunes", Ns::Itunes, "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("fh", Ns::History, "http://purl.org/syndication/history/1.0"),
    ("thr", Ns::Thread, "http://purl.org/syndication/thread/1.0"),
    ("admin", Ns::Admin, "http://webns.net/mvcb/"),
    (
        "creativeCommons",
        Ns::CreativeCommons,
        "http://backend.userland.com/creativeCommonsRssModule",
    ),
    ("cc", Ns::Cc, "http://web.resource.org/cc/"),
    ("xhtml", Ns::Xhtml, "http://www.w3.org/1999/xhtml"),
    ("svg", Ns::Svg, "http://www.w3.org/2000/svg"),
    ("mathml", Ns::MathMl, "http://www.w3.org/1998/Math/MathML"),
    ("app", Ns::AppPub, "http://www.w3.org/2007/app"),
    ("annotate", Ns::Other, "http://purl.org/rss/1.0/modules/annotate/"),
    ("ag", Ns::Other, "http://purl.org/rss/1.0/modules/aggregation/"),
    ("blogChannel", Ns::Other, "http://backend.userland.com/blogChannelModule"),
    ("cf", Ns::Other, "http://www.microsoft.com/schemas/rss/core/2005"),
    ("ev", Ns::Other, "http://purl.org/rss/1.0/modules/event/"),
    ("feedburner", Ns::Other, "http://rssnamespace.org/feedburner/ext/1.0"),
    ("foaf", Ns::Other, "http://xmlns.com/foaf/0.1/"),
    ("geo", Ns::Geo, "http://www.w3.org/2003/01/geo/wgs84_pos#"),
    ("geourl", Ns::Geo, "http://geourl.org/rss/module/"),
    ("georss", Ns::Other, "http://www.georss.org/georss"),
    ("gml", Ns::Other, "http://www.opengis.net/gml"),
    ("icbm", Ns::Geo, "http://postneo.com/icbm"),
    ("image", Ns::Other, "http://purl.org/rss/1.0/modules/image/"),
    ("indexing", Ns::Other, "urn:atom-extension:indexing"),
    ("l", Ns::Other, "http://purl.org/rss/1.0/modules/link/"),
    ("opensearch", Ns::Other, "http://a9.com/-/spec/opensearch/1.1/"),
    ("rdfs", Ns::Other, "http://www.w3.org/2000/01/rdf-schema#"),
    ("ss", Ns::Other, "http://purl.org/rss/1.0/modules/servicestatus/"),
    ("sx", Ns::Other, "http://feedsync.org/2007/feedsync"),
    ("taxo", Ns::Other, "http://purl.org/rss/1.0/modules/taxonomy/"),
    ("trackback", Ns::Trackback, "http://madskills.com/public/xml/rss/module/trackback/"),
    ("wiki", Ns::Other, "http://purl.org/rss/1.0/modules/wiki/"),
    ("xlink", Ns::Other, "http://www.w3.org/1999/xlink"),
    ("g", Ns::Other, "http://base.google.com/ns/1.0"),
];

/// Atom drafts before RFC 4287.
const DRAFTS: [&str; 2] = ["http://purl.org/atom/ns#", "http://example.com/newformat#"];

impl Ns {
    /// The namespace at `uri`.
    pub fn of(uri: &str) -> Self {
        if uri.is_empty() {
            return Self::None;
        }
        if DRAFTS.contains(&uri) {
            return Self::ObsoleteAtom;
        }
        KNOWN.iter().find(|(.., known)| *known == uri).map_or(Self::Unknown, |(_, ns, _)| *ns)
    }

    /// Whether `prefix` is known for another namespace than `uri`.
    pub fn is_reserved(prefix: &str, uri: &str) -> bool {
        let mut known = KNOWN.iter().filter(|(p, ..)| *p == prefix).peekable();
        // The older threading and wiki modules share their prefix.
        known.peek().is_some() && known.all(|(.., own)| *own != uri) && prefix != "thr"
    }

    /// The prefix that readers know it by.
    pub fn prefix(self) -> &'static str {
        KNOWN.iter().find(|(_, ns, _)| *ns == self).map_or("", |(prefix, ..)| prefix)
    }
}
