//! How many messages in how much time: an exact sliding window, never one more in any stretch of it.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// At most `limit` messages in any `span`.
#[derive(Debug)]
pub(super) struct Window {
    limit: usize,
    span: Duration,
    taken: VecDeque<Instant>,
}

impl Window {
    pub(super) fn new(limit: u32, span: Duration) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { limit, span, taken: VecDeque::new() }
    }

    /// How long the next message must wait.
    pub(super) fn wait(&mut self, now: Instant) -> Duration {
        while self.taken.front().is_some_and(|first| now.duration_since(*first) >= self.span) {
            self.taken.pop_front();
        }
        match self.taken.front() {
            Some(first) if self.taken.len() >= self.limit => {
                self.span.saturating_sub(now.duration_since(*first))
            }
            _ => Duration::ZERO,
        }
    }

    /// A message goes.
    pub(super) fn take(&mut self, now: Instant) {
        self.taken.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stretch_of_time_holds_one_more_than_allowed() {
        let begin = Instant::now();
        let mut window = Window::new(3, Duration::from_secs(1));
        let (mut now, mut went) = (begin, Vec::new());
        while went.len() < 20 {
            let wait = window.wait(now);
            if wait.is_zero() {
                window.take(now);
                went.push(now);
                now += Duration::from_millis(7 * (went.len() as u64 % 5));
            } else {
                now += wait;
            }
        }
        for four in went.windows(4) {
            assert!(four[3] - four[0] >= Duration::from_secs(1), "{four:?}");
        }
        assert!(went[19] - begin < Duration::from_secs(8), "and it is used to the full");
    }
}
