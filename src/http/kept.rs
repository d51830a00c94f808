//! Pages that were made a moment ago: many visitors cost one page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Locale;
use crate::publish::Copy;

/// How long a page made for one visitor serves the next ones.
const FRESH: TimeDelta = TimeDelta::seconds(10);
/// One that takes long to make serves them so many times longer: making it shall not keep the machine busy.
const TIMES: i32 = 20;
/// But no longer than this.
const LONGEST: TimeDelta = TimeDelta::minutes(10);
/// Nobody is at making a page for so long.
const LOST: TimeDelta = TimeDelta::seconds(30);
/// Pages kept at most.
const MOST: usize = 1000;

/// A page by its address and language.
pub(super) type Key = (String, Locale);

#[derive(Debug)]
struct Kept {
    copy: Arc<Copy>,
    made: DateTime<Utc>,
    /// How long it serves.
    fresh: TimeDelta,
    /// When somebody began to make it anew.
    begun: Option<DateTime<Utc>>,
}

impl Kept {
    // A clock may be set back.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        (now - self.made).abs() < self.fresh
    }
}

/// Pages that were made a moment ago.
#[derive(Debug, Default)]
pub(super) struct Pages {
    kept: Mutex<HashMap<Key, Kept>>,
}

impl Pages {
    /// The page; `None` where it is for the caller to make it. While somebody makes it anew, the others get it as it was.
    pub fn find(&self, key: &Key, now: DateTime<Utc>) -> Option<Arc<Copy>> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(key)?;
        let is_in_the_making = kept.begun.is_some_and(|begun| (now - begun).abs() < LOST);
        if kept.is_fresh(now) || is_in_the_making {
            return Some(Arc::clone(&kept.copy));
        }
        kept.begun = Some(now);
        None
    }

    /// Keeps a page that was asked for at `made` and took so long.
    pub fn keep(&self, key: Key, made: DateTime<Utc>, took: Duration, copy: &Arc<Copy>) {
        let took = TimeDelta::from_std(took).unwrap_or(LONGEST).min(LONGEST);
        let fresh = (took * TIMES).clamp(FRESH, LONGEST);
        let kept = Kept { copy: Arc::clone(copy), made, fresh, begun: None };
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, kept| kept.is_fresh(made));
        }
        if all.len() < MOST || all.contains_key(&key) {
            all.insert(key, kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn key() -> Key {
        (String::new(), Locale::English)
    }

    #[test]
    fn one_visitor_makes_a_page_anew_and_the_others_get_it_as_it_was() {
        let (pages, start) = (Pages::default(), DateTime::UNIX_EPOCH);
        let copy = Arc::new(Copy::of(b"page", SystemTime::UNIX_EPOCH).unwrap());
        assert!(pages.find(&key(), start).is_none());
        pages.keep(key(), start, Duration::from_millis(2), &copy);
        assert!(pages.find(&key(), start + TimeDelta::seconds(9)).is_some());
        let later = start + TimeDelta::seconds(11);
        assert!(pages.find(&key(), later).is_none(), "this one makes it");
        assert!(pages.find(&key(), later).is_some(), "this one does not wait for that");
        let lost = later + LOST;
        assert!(pages.find(&key(), lost).is_none(), "who began has gone away");
    }

    #[test]
    fn what_takes_long_to_make_serves_longer() {
        let (pages, start) = (Pages::default(), DateTime::UNIX_EPOCH);
        let copy = Arc::new(Copy::of(b"page", SystemTime::UNIX_EPOCH).unwrap());
        pages.keep(key(), start, Duration::from_secs(3), &copy);
        assert!(pages.find(&key(), start + TimeDelta::seconds(59)).is_some());
        assert!(pages.find(&key(), start + TimeDelta::seconds(61)).is_none());
    }
}
