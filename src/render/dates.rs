//! Which dates go on the wire, and in which form. A date that is not known to the day does not go.

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Timelike as _, Utc};

use crate::domain::{ArticleId, Moment};

use super::Entry;

/// A page's date may run ahead of the moment it was read by its zone, not by more.
const LARGEST_ZONE: TimeDelta = TimeDelta::hours(26);

/// 2005-12-01, the month of RFC 4287: stands for "not yet", since Atom requires a date and checkers doubt the epoch.
const NEVER: DateTime<Utc> =
    DateTime::from_timestamp(1_133_395_200, 0).expect("the number is a valid time");

/// Before feeds and the web; checkers take an earlier date for a mistake, so it stands in the content, like coarse ones.
const FIRST_YEAR: i32 = 1990;

/// Whether a date is exact and recent enough for the fields of a feed.
pub(super) fn is_for_feeds(moment: &Moment) -> bool {
    // RFC 3339 and RFC 2822 write years of four digits.
    moment.is_exact_enough_for_feeds() && (FIRST_YEAR..=9999).contains(&moment.instant.year())
}

/// When the Article appeared, if the page says so to the day and the day had come when it was read.
pub(super) fn published(entry: &Entry<'_>) -> Option<DateTime<FixedOffset>> {
    let moment = entry.article.published.as_ref().filter(|moment| is_for_feeds(moment))?;
    let has_come = moment.instant <= entry.changed.max(entry.first_seen) + LARGEST_ZONE;
    has_come.then_some(moment.instant)
}

/// When the content last changed: Atom's required `updated` (RFC 4287 §4.2.15) is what we saw, never a page's claim.
///
/// One run sees many articles at once, and readers that sort by `updated` shuffle equal ones; the fraction of the
/// second, which nobody observed, is the article's own and always the same.
pub(super) fn updated(entry: &Entry<'_>) -> DateTime<Utc> {
    let seen = entry.changed.max(entry.first_seen);
    seen.with_nanosecond(fraction(&entry.article.id) * 1000).unwrap_or(seen)
}

/// Microseconds below a second, from the id.
fn fraction(id: &ArticleId) -> u32 {
    let id = id.to_string();
    let tail = id.get(id.len() - 8..).and_then(|tail| u32::from_str_radix(tail, 16).ok());
    tail.unwrap_or_default() % 1_000_000
}

/// The newest change of all. A feed that never had an entry says [`NEVER`], not the moment of writing, which would vary.
pub(super) fn newest(entries: &[Entry<'_>]) -> DateTime<Utc> {
    entries.iter().map(updated).max().unwrap_or(NEVER)
}

/// RFC 2822, as RSS wants it. Written by pattern because chrono's own writer panics beyond the year 9999.
pub(super) fn rfc2822(at: &DateTime<FixedOffset>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// RFC 3339 to the second, as JSON Feed wants it.
pub(super) fn rfc3339(at: &DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
