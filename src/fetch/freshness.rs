//! How long an answer holds (RFC 9111 §4.2) and when to come again (RFC 9110 §10.2.3), as the server says it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

/// The longest that a server's word keeps us away: more is a mistake more often than a wish.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// How long the answer with these headers need not be asked for again.
pub(super) fn fresh_for(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let control = text(headers, &CACHE_CONTROL).unwrap_or_default().to_ascii_lowercase();
    let directives = || control.split(',').map(str::trim);
    if directives().any(|directive| matches!(directive, "no-cache" | "no-store")) {
        return None;
    }
    let max_age = directives().find_map(|directive| directive.strip_prefix("max-age="));
    let seconds = if let Some(number) = max_age {
        number.trim_matches('"').parse().unwrap_or(0)
    } else {
        // Expires counts from the server's own clock.
        let expires = date(text(headers, &EXPIRES)?)?;
        let from = text(headers, &DATE).and_then(date).unwrap_or(now);
        u64::try_from((expires - from).num_seconds()).unwrap_or(0)
    };
    let age = text(headers, &AGE).and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    positive(Duration::from_secs(seconds.saturating_sub(age)))
}

/// How long the server wants to be left alone: seconds or a date.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let said = text(headers, &RETRY_AFTER)?.trim();
    if let Ok(seconds) = said.parse() {
        return positive(Duration::from_secs(seconds));
    }
    let from = text(headers, &DATE).and_then(date).unwrap_or(now);
    positive((date(said)? - from).to_std().ok()?)
}

fn positive(wait: Duration) -> Option<Duration> {
    (!wait.is_zero()).then_some(wait.min(LONGEST))
}

/// A date in any of the three forms of RFC 9110 §5.6.7.
fn date(text: &str) -> Option<DateTime<Utc>> {
    httpdate::parse_http_date(text.trim()).ok().map(DateTime::from)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn now() -> DateTime<Utc> {
        date(DAY).unwrap()
    }

    #[test]
    fn an_answer_holds_as_long_as_its_server_says() {
        for (lines, seconds) in [
            (vec![(CACHE_CONTROL, "public, max-age=600")], Some(600)),
            (vec![(CACHE_CONTROL, "max-age=600"), (AGE, "100")], Some(500)),
            (vec![(CACHE_CONTROL, "max-age=600"), (EXPIRES, DAY)], Some(600)),
            (vec![(CACHE_CONTROL, "no-cache, max-age=600")], None),
            (vec![(CACHE_CONTROL, "max-age=0")], None),
            (vec![(CACHE_CONTROL, "max-age=-5")], None),
            (vec![(CACHE_CONTROL, "max-age=99999999999")], Some(7 * 24 * 3600)),
            (vec![(EXPIRES, "Sun, 06 Nov 1994 09:49:37 GMT")], Some(3600)),
            (vec![(EXPIRES, "Sunday, 06-Nov-94 09:49:37 GMT")], Some(3600)),
            (vec![(EXPIRES, "Sun Nov  6 09:49:37 1994")], Some(3600)),
            (
                vec![
                    (EXPIRES, "Sun, 06 Nov 1994 09:49:37 GMT"),
                    (DATE, "Sun, 06 Nov 1994 09:39:37 GMT"),
                ],
                Some(600),
            ),
            (vec![(EXPIRES, "0")], None),
            (vec![], None),
        ] {
            let found = fresh_for(&headers(&lines), now());
            assert_eq!(found, seconds.map(Duration::from_secs), "{lines:?}");
        }
    }

    #[test]
    fn a_server_is_left_alone_as_long_as_it_asks_in_either_form() {
        for (said, seconds) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", None),
            ("soon", None),
            ("31536000", Some(7 * 24 * 3600)),
        ] {
            let found = retry_after(&headers(&[(RETRY_AFTER, said)]), now());
            assert_eq!(found, seconds.map(Duration::from_secs), "{said}");
        }
    }
}
