//! Which dates go on the wire, and in which form. A date that is not known to the day does not go.

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Utc};

use crate::domain::Moment;

use super::Entry;

/// A page's date may run ahead of the moment it was read by its zone, not by more.
const LARGEST_ZONE: TimeDelta = TimeDelta::hours(26);

/// When the Article appeared, if the page says so to the day and the day had come when it was read.
pub(super) fn published(entry: &Entry<'_>) -> Option<DateTime<FixedOffset>> {
    let moment =
        entry.article.published.as_ref().filter(|m| Moment::is_exact_enough_for_feeds(m))?;
    let has_come = moment.instant <= entry.changed.max(entry.first_seen) + LARGEST_ZONE;
    // RFC 3339 and RFC 2822 write years of four digits.
    let is_writable = (1000..=9999).contains(&moment.instant.year());
    (has_come && is_writable).then_some(moment.instant)
}

/// When the content last changed: Atom's required `updated` (RFC 4287 §4.2.15) is what we saw, never a page's claim.
pub(super) fn updated(entry: &Entry<'_>) -> DateTime<Utc> {
    entry.changed.max(entry.first_seen)
}

/// The newest change of all; the epoch for a feed that never had an entry, so that its bytes do not vary.
pub(super) fn newest(entries: &[Entry<'_>]) -> DateTime<Utc> {
    entries.iter().map(updated).max().unwrap_or(DateTime::UNIX_EPOCH)
}

/// RFC 2822, as RSS wants it. Written by pattern because chrono's own writer panics beyond the year 9999.
pub(super) fn rfc2822(at: &DateTime<FixedOffset>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// RFC 3339 to the second, as JSON Feed wants it.
pub(super) fn rfc3339(at: &DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
