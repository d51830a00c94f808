//! One object of a list in a script → `RelatedItem`, by the names that its fields have everywhere.

use chrono::DateTime;
use dom_query::Document as Page;
use serde_json::{Map, Value};
use url::Url;

use crate::domain::{Moment, Precision, RelatedGroup, RelatedItem};
use crate::normalize::dates::{self, Frame};
use crate::normalize::{counters, dom, links};

/// Characters of a title.
const TITLE: std::ops::RangeInclusive<usize> = 4..=200;

/// Names of fields, in lower case and without marks.
const TITLES: [&str; 3] = ["title", "headline", "name"];
const ADDRESSES: [&str; 8] =
    ["url", "link", "href", "path", "permalink", "canonicalurl", "articleurl", "weburl"];
const SUMMARIES: [&str; 6] =
    ["summary", "description", "excerpt", "abstract", "teaser", "standfirst"];
const DATES: [&str; 12] = [
    "published",
    "publishedat",
    "datepublished",
    "publishdate",
    "publisheddate",
    "publishtime",
    "pubdate",
    "date",
    "createdat",
    "createtime",
    "gmtcreate",
    "ctime",
];
const VIEWS: [&str; 7] = ["views", "viewcount", "readcount", "readnum", "reads", "pageviews", "pv"];
const COMMENTS: [&str; 5] =
    ["comments", "commentcount", "commentscount", "commentnum", "replycount"];
const TAGS: [&str; 3] = ["tags", "topics", "keywords"];
const IMAGES: [&str; 6] = ["image", "cover", "thumbnail", "imageurl", "coverurl", "thumb"];

/// The item; `None` for an object without a title or an address that can be opened.
pub(super) fn read(
    group: RelatedGroup,
    value: &Value,
    base: Option<&Url>,
    frame: &Frame,
) -> Option<RelatedItem> {
    let record = Record(inner(value)?);
    let title = record.text(&TITLES).filter(|title| TITLE.contains(&title.chars().count()))?;
    let mut item = RelatedItem::titled(group, title);
    item.url = Some(links::absolute(&record.string(&ADDRESSES)?, base)?);
    if let Some(summary) = record.text(&SUMMARIES) {
        item = item.with_summary(&summary);
    }
    item.published = record.first(&DATES).and_then(|date| moment(date, frame));
    item.views = record.count(&VIEWS);
    item.comments = record.count(&COMMENTS);
    item.tags = record.first(&TAGS).map(names).unwrap_or_default();
    item.image = record.first(&IMAGES).and_then(|image| links::absolute(address(image)?, base));
    Some(item)
}

/// The object itself, or the one that a list of edges or of a headless CMS wraps.
fn inner(value: &Value) -> Option<&Map<String, Value>> {
    let object = value.as_object()?;
    ["node", "attributes", "article"]
        .iter()
        .find_map(|name| object.get(*name)?.as_object())
        .or(Some(object))
}

/// The fields of one object.
struct Record<'a>(&'a Map<String, Value>);

impl Record<'_> {
    /// The value of the first of `names` that the object has.
    fn first(&self, names: &[&str]) -> Option<&Value> {
        names
            .iter()
            .find_map(|name| {
                self.0.iter().find(|(key, value)| bare(key) == *name && !value.is_null())
            })
            .map(|(_, value)| value)
    }

    fn string(&self, names: &[&str]) -> Option<String> {
        self.first(names)?.as_str().map(str::to_owned)
    }

    /// A string as people read it: these may hold markup.
    fn text(&self, names: &[&str]) -> Option<String> {
        let string = self.string(names)?;
        let has_markup = string.contains(['<', '&']);
        let text = if has_markup {
            dom::text(&Page::fragment(string).root())
        } else {
            dom::squeeze(&string)
        };
        (!text.is_empty()).then_some(text)
    }

    fn count(&self, names: &[&str]) -> Option<u64> {
        match self.first(names)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => counters::whole(text)?.views,
            _ => None,
        }
    }
}

fn bare(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// Words as pages write dates, or a number of seconds or milliseconds since 1970.
fn moment(value: &Value, frame: &Frame) -> Option<Moment> {
    /// From 2001 to 2096, the only numbers of this size that fields of this name hold.
    const SECONDS: std::ops::Range<i64> = 1_000_000_000..4_000_000_000;
    match value {
        Value::String(text) => dates::machine(text, frame)?.ok(),
        Value::Number(number) => {
            let number = number.as_i64()?;
            let seconds = if number < SECONDS.end { number } else { number / 1000 };
            let instant =
                DateTime::from_timestamp(seconds, 0).filter(|_| SECONDS.contains(&seconds))?;
            let instant = instant.with_timezone(frame.now.offset());
            Some(Moment {
                raw: number.to_string(),
                instant,
                precision: Precision::Second,
                reference: None,
            })
        }
        _ => None,
    }
}

/// A list of words, or of objects that have a name.
fn names(value: &Value) -> Vec<String> {
    let name = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => Record(fields).text(&["name", "title"]),
        _ => None,
    };
    value.as_array().into_iter().flatten().filter_map(name).collect()
}

fn address(image: &Value) -> Option<&str> {
    match image {
        Value::String(address) => Some(address),
        Value::Object(fields) => ["url", "src"].iter().find_map(|name| fields.get(*name)?.as_str()),
        _ => None,
    }
}
