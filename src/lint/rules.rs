//! What can be found: each rule with its level and the clause it rests on.

use std::fmt;

use serde::{Serialize, Serializer};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Readers may manage, some will not.
    Warning,
    /// The feed breaks its format; it is not published.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! rules {
    ($($name:ident $level:ident $clause:literal),+ $(,)?) => {
        /// A rule, by the word that machine-readable output carries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names say it; the clause beside each says the rest")]
        pub enum Rule { $($name),+ }

        impl Rule {
            /// How bad a breach is.
            pub fn level(self) -> Level {
                match self { $(Self::$name => Level::$level),+ }
            }

            /// Where it is written.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause),+ }
            }

            fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

rules! {
    // Documents.
    NotWellFormed Error "XML 1.0 §2.1",
    UndefinedEntity Error "XML 1.0 §4.1, entity declared",
    NotUtf8 Error "XML 1.0 §4.3.3",
    UnknownEncoding Error "XML 1.0 §4.3.3",
    ObscureEncoding Warning "RFC 3023 §3.1: use UTF-8",
    TooDeep Error "no feed nests so deep; readers' parsers overflow",
    BadCharacters Warning "XML 1.0 §2.2, discouraged characters",
    InvalidDoctype Error "RSS 0.91: only Netscape's document type is known",
    InvalidNamespace Error "Namespaces in XML §3; RFC 4287 §2",
    MissingNamespace Error "Namespaces in XML §5",
    ObsoleteNamespace Error "RFC 4287 §2",
    ReservedPrefix Warning "RSS Advisory Board profile, namespaces",
    AvoidNamespacePrefix Warning "RFC 4287 §2: readers expect Atom and XHTML unprefixed",
    UnknownNamespace Warning "RFC 4287 §6.3: readers ignore what they do not know",
    UndefinedElement Error "RSS 2.0, elements; RFC 4287 §6.3",
    DuplicateElement Error "RSS 2.0, elements; RFC 4287 §4.1",
    UnexpectedText Error "RSS 2.0, elements; RFC 4287 §4.1",
    UnexpectedAttribute Error "RSS 2.0, elements; RFC 4287 §4",
    UnexpectedWhitespace Error "RFC 4287 §2, §3.3",
    UseOfExtensionAttr Warning "RSS 2.0, extending RSS: elements, not attributes",
    NotInANamespace Error "RSS 2.0, extending RSS",
    MissingElement Error "RSS 2.0, required elements; RFC 4287 §4.1",
    MissingAttribute Error "RSS 2.0, elements; RFC 4287 §4.2",
    NotBlank Warning "an empty element says nothing: leave it out",
    AttrNotBlank Warning "RFC 4287 §4.2: an empty attribute says nothing",
    DuplicateValue Error "RSS 2.0, guid and skipHours: values differ",
    // Values.
    InvalidLink Error "RFC 3986 §3",
    InvalidFullLink Error "RFC 3986 §4.3: absolute",
    InvalidUriChar Error "RFC 3986 §2",
    UriNotIri Error "RSS 2.0 takes addresses of RFC 3986, not RFC 3987",
    InvalidTag Error "RFC 4151 §2.1",
    InvalidUrn Error "RFC 8141 §2",
    InvalidUuid Error "RFC 9562 §4",
    SchemeNotIanaRegistered Warning "RFC 7595",
    NonCanonicalUri Warning "RFC 4287 §4.2.6.1",
    InvalidUrlAttribute Error "RSS 2.0, enclosure: an http address",
    InvalidRfc2822Date Error "RFC 822 §5, RFC 2822 §3.3",
    ProblematicalRfc822Date Warning "RFC 2822 §3.3: four digits for the year, a zone",
    IncorrectDow Error "RFC 2822 §3.3: the day of the week is not that of the date",
    InvalidRfc3339Date Error "RFC 3339 §5.6; RFC 4287 §3.3",
    InvalidW3cdtfDate Error "W3C NOTE-datetime",
    ImplausibleDate Warning "RFC 4287 §4.2.15: neither before feeds existed nor in the future",
    InvalidLanguage Error "RFC 5646 §2.1",
    InvalidContact Error "RSS 2.0, author: a mail address",
    InvalidAddrSpec Error "RFC 2822 §3.4.1; RFC 4287 §3.2.3",
    EmailFormat Warning "RSS Advisory Board profile, author: address (name)",
    MissingRealName Warning "RSS Advisory Board profile, author: address (name)",
    ContainsEmail Warning "RFC 4287 §3.2.1: the name alone",
    InvalidInteger Error "RSS 2.0: a whole number",
    InvalidIntegerAttribute Error "RSS 2.0: a whole number",
    InvalidPositiveInteger Error "RSS 2.0, ttl: minutes, one or more",
    InvalidNonNegativeInteger Error "a whole number, zero or more",
    InvalidBooleanAttribute Error "RSS 2.0, guid: true or false",
    InvalidTrueFalse Error "true or false",
    InvalidMimeType Error "RFC 2045 §5.1",
    InvalidMimeAttribute Error "RFC 2045 §5.1",
    InvalidDuration Error "Apple podcast tags, duration",
    InvalidPodcastValue Error "Apple podcast tags: one of a few words",
    TooLong Error "Apple podcast tags: 255 characters, 4,000 for a summary",
    InvalidCoordinate Error "W3C Basic Geo: degrees, -90 to 90 and -180 to 180",
    InvalidHitParade Error "RSS module Slash, hit_parade: whole numbers and commas",
    InvalidUpdatePeriod Error "RSS module Syndication, updatePeriod",
    // Markup.
    ContainsHtml Warning "RSS Advisory Board profile: a plain text without markup",
    ContainsUndeclaredHtml Warning "RFC 4287 §3.1.1.1: declare it type=\"html\"",
    CharacterData Warning "RSS Advisory Board profile, character data: &#x26; and &#x3C;",
    NotHtml Warning "HTML Living Standard §13.1",
    HtmlFragment Warning "RFC 4287 §4.1.3.3: a whole document",
    SecurityRisk Warning "readers remove what runs or embeds",
    SecurityRiskAttr Warning "readers remove what runs",
    DangerousStyleAttr Warning "readers remove styles that move or hide",
    ContainsRelRef Warning "RSS Advisory Board profile: absolute addresses in content",
    // RSS.
    InvalidRssVersion Error "RSS 2.0, the rss element",
    MissingTitle Error "RSS 2.0, required elements",
    MissingLink Error "RSS 2.0, required elements",
    MissingDescription Error "RSS 2.0, required elements",
    MissingGuid Warning "RSS Advisory Board profile, guid",
    MissingAtomSelfLink Warning "RSS Advisory Board profile, atom:link",
    MisplacedItem Warning "RSS Advisory Board profile: items come last",
    ItemMustContainTitleOrDescription Error "RSS 2.0, elements of item",
    NeedDescriptionBeforeContent Warning "RSS Advisory Board profile, content:encoded",
    DuplicateEnclosure Warning "RSS Advisory Board profile, enclosure: one an item",
    DuplicateSemantics Warning "RSS Advisory Board profile: core elements rather than extensions",
    DuplicateItemSemantics Warning "RSS Advisory Board profile: core elements rather than extensions",
    DuplicateDescriptionSemantics Warning "RSS Advisory Board profile: one element for the whole text",
    InvalidHttpGuid Error "RSS 2.0, guid: a permanent link is an address",
    InvalidPermalink Error "RSS 2.0, guid: say isPermaLink=\"false\"",
    NotSufficientlyUnique Warning "RSS 2.0, guid: unique in the world",
    UseZeroForUnknown Error "RSS Advisory Board profile, enclosure: length 0 where unknown",
    UseZeroForMidnight Warning "RSS 2.0, skipHours: midnight is 0",
    InvalidHour Error "RSS 2.0, skipHours",
    NotEnoughHoursInTheDay Error "RSS 2.0, skipHours",
    InvalidDay Error "RSS 2.0, skipDays",
    EightDaysAWeek Error "RSS 2.0, skipDays",
    AvoidTextInput Warning "RSS Advisory Board profile, textInput",
    InvalidFormComponentName Error "RSS 2.0, textInput",
    ImageTitleDoesntMatch Warning "RSS 2.0, image: the channel's own title and link",
    ImageLinkDoesntMatch Warning "RSS 2.0, image: the channel's own title and link",
    ImageUrlFormat Warning "RSS 2.0, image: GIF, JPEG or PNG",
    InvalidWidth Error "RSS 2.0, image: 1 to 144",
    InvalidHeight Error "RSS 2.0, image: 1 to 400",
    SlashDate Warning "RSS module Slash: counts need lastBuildDate",
    NoBlink Error "there is no blink element in RSS",
    // Atom.
    MissingSelf Warning "RFC 4287 §4.1.1",
    RelativeSelf Warning "RFC 4287 §4.2.7.2: readers need it absolute",
    SelfDoesntMatchLocation Warning "RFC 4287 §4.2.7.2",
    SelfNotAtom Warning "RFC 4287 §4.2.7.2",
    DuplicateAtomLink Error "RFC 4287 §4.1.1",
    DuplicateEntries Warning "RFC 4287 §4.1.1",
    DuplicateIds Error "RFC 4287 §4.2.6",
    DuplicateUpdated Warning "RFC 4287 §4.2.15",
    MissingHref Error "RFC 4287 §4.2.7.1",
    AtomLinkNotEmpty Warning "RFC 4287 §4.2.7",
    UnregisteredAtomLinkRel Warning "RFC 4287 §4.2.7.2; IANA link relations",
    MissingContentOrAlternate Error "RFC 4287 §4.1.2",
    MissingTextualContent Warning "RFC 4287 §4.1.1.1",
    MissingSummary Error "RFC 4287 §4.1.2",
    MissingTypeAttr Warning "RFC 4287 §4.1.3.2",
    InvalidTextType Error "RFC 4287 §3.1.1",
    MissingXhtmlDiv Error "RFC 4287 §3.1.1.3",
    NotEscaped Error "RFC 4287 §3.1.1: Atom 0.3's mode is gone",
    NotInline Warning "RFC 4287 §3.1.1.3: escaped markup within type=\"xhtml\"",
    NotBase64 Error "RFC 4287 §4.1.3.3",
    MisplacedMetadata Error "RFC 4287 §4.1.1: metadata before entries",
    MisplacedXhtmlContent Warning "RFC 4287 §3.1.1.3",
    MissingSourceElement Warning "RFC 4287 §4.2.11",
    FeedHistoryRelInEntry Warning "RFC 5005 §3",
    FeedRelInCompleteFeed Error "RFC 5005 §2",
    CurrentNotSelfInCompleteFeed Error "RFC 5005 §2",
    ArchiveIncomplete Warning "RFC 5005 §4",
    MissingCurrentInArchive Warning "RFC 5005 §4",
    LinkPastEnd Error "RFC 5005 §3",
    // OPML.
    InvalidOpmlVersion Error "OPML 2.0, the opml element",
    ObsoleteVersion Warning "OPML 2.0",
    InvalidOutlineType Warning "OPML 2.0, outline",
    InvalidOutlineVersion Warning "OPML 2.0, outline",
    MissingOutlineType Warning "OPML 2.0, outline",
    MissingXmlUrl Warning "OPML 2.0, subscription lists",
    MissingUrlAttr Warning "OPML 2.0, inclusion",
    MissingTitleAttr Warning "OPML 2.0, subscription lists",
    InvalidExpansionState Error "OPML 2.0, expansionState",
    // JSON Feed.
    NotJson Error "RFC 8259 §2",
    InvalidVersion Error "JSON Feed 1.1, top level: version",
    MissingMember Error "JSON Feed 1.1",
    InvalidMember Error "JSON Feed 1.1",
    DeprecatedMember Warning "JSON Feed 1.1, changes",
    // Media RSS.
    InvalidFloat Error "Media RSS 1.5.1",
    InvalidMediaMedium Error "Media RSS 1.5.1, media:content",
    InvalidMediaValue Error "Media RSS 1.5.1",
    InvalidMediaTextType Error "Media RSS 1.5.1",
    MediaGroupWithoutAlternatives Error "Media RSS 1.5.1, media:group",
    MediaRssNamespace Error "Media RSS 1.5.1: the namespace ends in a slash",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, c) in self.name().chars().enumerate() {
            if c.is_ascii_uppercase() && index > 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", c.to_ascii_lowercase())?;
        }
        Ok(())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
