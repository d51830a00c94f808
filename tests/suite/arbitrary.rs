//! Articles of any characters at all, the same at every run: each comes from its number.

use chrono::{DateTime, FixedOffset};
use pressroom::domain::{
    Article, ArticleId, Block, BlockKind, Facts, Language, Media, Moment, Origin, Precision,
    RelatedGroup, RelatedItem, Section, Sentence, SourceId, Summary,
};
use url::Url;

/// What has broken feeds before.
const PIECES: &[&str] = &[
    "]]>",
    "<![CDATA[",
    "<b>",
    "</b>",
    "</title>",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "<?x ?>",
    "&",
    "&amp;",
    "&lt;",
    "&nbsp;",
    "&copy",
    "&ampx",
    "&lt",
    "</B >",
    "&#0;",
    "&#x1F600;",
    "&eacute;",
    "&quot;",
    ";",
    "<",
    ">",
    "\"",
    "'",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{FEFF}",
    "\u{202E}",
    "\u{200B}",
    "e\u{301}",
    "👩‍👩‍👧",
    "灯塔",
    "שלום",
    "R&D",
    "1 < 2",
    "ann@example.org",
    "http://x.example/",
    "%",
    "\\",
    " ",
    "\u{A0}",
    "\u{3000}",
    "word",
    "{\"a\":",
    "\u{0}",
    "\u{FFFE}",
];

const HOSTS: &[&str] = &[
    "https://example.org/",
    "http://例え.jp:8080/",
    "https://[2001:db8::1]/",
    "https://user:word@example.org/",
    "https://xn--r8jz45g.jp/?",
    "https://example.org/#",
    "mailto:",
    "javascript:",
    "data:text/html,",
    "file:///",
    "urn:x:",
];

const TYPES: &[&str] =
    &["image/jpeg", "audio/mpeg", "video/mp4", "text/html; charset=utf-8", "mp3", "a/b/c", ""];

const TAGS: &[&str] = &["en", "zh", "zh-Hans-CN", "pt-BR", "ar", "gsw-CH", "sr-Latn", "de-1996"];

/// A small generator of numbers (splitmix64).
pub struct Arbitrary(u64);

impl Arbitrary {
    /// The one of this number.
    pub fn new(seed: u64) -> Self {
        // Not by the step of the generator: each would then be its neighbour, one number on.
        Self(seed.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| make(self))
    }

    fn several<T>(&mut self, most: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.below(most + 1);
        (0..count).map(|_| make(self)).collect()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn char(&mut self) -> char {
        let end = self.pick(&[0x80, 0x300, 0x3000, 0x1_0000, 0x11_0000]);
        char::from_u32(u32::try_from(self.below(end)).unwrap()).unwrap_or('\u{FFFF}')
    }

    fn text(&mut self) -> String {
        let parts = self.several(6, |any| match any.below(3) {
            0 => any.pick(PIECES).to_owned(),
            1 => any.pick(&["word", "字", " ", "Über", "a b"]).to_owned(),
            _ => any.char().to_string(),
        });
        parts.concat()
    }

    fn url(&mut self) -> Option<Url> {
        let text = self.pick(HOSTS).to_owned() + &self.text();
        Url::parse(&text).ok()
    }

    fn moment(&mut self) -> Moment {
        let span = self.pick(&[4_000_000_000, 600_000_000_000]);
        let seconds = i64::try_from(self.below(span)).unwrap() - i64::try_from(span / 3).unwrap();
        let offset = i32::try_from(self.below(86_399 * 2)).unwrap() - 86_399;
        let zone = FixedOffset::east_opt(offset).unwrap();
        Moment {
            raw: self.text(),
            instant: DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&zone),
            precision: self.pick(&[
                Precision::Second,
                Precision::Minute,
                Precision::Hour,
                Precision::Day,
                Precision::Week,
                Precision::Year,
            ]),
            reference: None,
        }
    }

    fn block(&mut self) -> Block {
        let text = self.text();
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Block { kind: BlockKind::Paragraph, html: format!("<p>{escaped}</p>"), text }
    }

    fn section(&mut self) -> Section {
        let level = u8::try_from(self.below(7)).unwrap();
        let blocks = self.several(3, Self::block);
        Section { heading: self.maybe(Self::text), level, blocks, summary: None }
    }

    fn related(&mut self) -> RelatedItem {
        let group =
            self.pick(&[RelatedGroup::Related, RelatedGroup::Popular, RelatedGroup::Latest]);
        RelatedItem {
            url: self.maybe(Self::url).flatten(),
            summary: self.maybe(Self::text),
            tags: self.several(2, Self::text),
            published: self.maybe(Self::moment),
            ..RelatedItem::titled(group, self.text())
        }
    }

    fn media(&mut self) -> Option<Media> {
        let media_type = match self.below(3) {
            0 => None,
            1 => Some(self.text()),
            _ => Some(self.pick(TYPES).to_owned()),
        };
        Some(Media { url: self.url()?, media_type, alt: self.maybe(Self::text) })
    }

    fn summary(&mut self) -> Summary {
        let sentence = Sentence { section: Some(0), index: 0, text: self.text() };
        Summary { origin: Origin::Extracted, sentences: vec![sentence] }
    }

    /// An Article with the id of `key`.
    pub fn article(&mut self, key: &str) -> Article {
        Article {
            id: ArticleId::derive(&SourceId::new("suite").unwrap(), key),
            url: self.maybe(Self::url).flatten(),
            canonical_url: self.maybe(Self::url).flatten(),
            title: self.text(),
            lead: self.maybe(Self::text),
            attribution: self.maybe(Self::text),
            authors: self.several(3, Self::text),
            published: self.maybe(Self::moment),
            updated: self.maybe(Self::moment),
            language: self.maybe(|any| Language::parse(any.pick(TAGS))).flatten(),
            tags: self.several(3, Self::text),
            sections: self.several(3, Self::section),
            related: self.several(3, Self::related),
            media: self.several(2, Self::media).into_iter().flatten().collect(),
            summary: self.maybe(Self::summary),
            facts: Facts::default(),
        }
    }
}
