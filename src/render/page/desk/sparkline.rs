//! A row of bars, one a day, as one path: small enough to stand in every line of a table.

use std::fmt::Write as _;

use serde::Serialize;

/// Height of the drawing, in its own units.
const HEIGHT: u32 = 20;
/// From one bar to the next.
const STEP: usize = 6;

/// A drawing, and the same for those who do not see it.
#[derive(Debug, Serialize)]
pub(super) struct Sparkline {
    width: usize,
    path: String,
    days: usize,
    total: u64,
    most: u32,
}

impl Sparkline {
    /// Of the numbers of some days, the oldest first.
    pub(super) fn of(days: &[u32]) -> Self {
        let most = days.iter().copied().max().unwrap_or(0);
        let mut path = String::new();
        for (day, number) in days.iter().enumerate().filter(|(_, number)| **number > 0) {
            // A day with anything at all is seen.
            let height = (number.saturating_mul(HEIGHT) / most.max(1)).clamp(2, HEIGHT);
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {HEIGHT}v-{height}", day * STEP + STEP / 2);
        }
        let total = days.iter().copied().map(u64::from).sum();
        Self { width: days.len() * STEP, path, days: days.len(), total, most }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_to_scale_and_a_little_is_seen_beside_much() {
        let line = Sparkline::of(&[0, 100, 1, 50]);
        assert_eq!(line.path, "M9 20v-20M15 20v-2M21 20v-10");
        assert_eq!((line.width, line.total, line.most), (24, 151, 100));
        assert_eq!(Sparkline::of(&[0, 0]).path, "");
    }
}
