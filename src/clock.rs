//! The one place where time enters: the system's, or a fixed one that tests move by hand.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time. Cheap to clone; clones of a fixed clock share its hands.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until moved.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `instant`.
    pub fn fixed(instant: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(instant)))
    }

    /// The current instant, cut to microseconds, which is what the store keeps.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match self {
            Self::System => Utc::now(),
            Self::Fixed(hands) => *hands.lock().unwrap_or_else(PoisonError::into_inner),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Waits for `time` to pass; nothing waits by a fixed clock, whose time is moved by hand.
    pub async fn pause(&self, time: TimeDelta) {
        if let (Self::System, Ok(time)) = (self, time.to_std()) {
            tokio::time::sleep(time).await;
        }
    }

    /// Moves a fixed clock; the system's clock is not ours to move.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Fixed(hands) = self {
            *hands.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}
