//! `[summarize]`: a model that writes section summaries.

use std::time::Duration;

use super::super::Summarize;
use super::super::raw::RawSummarize;
use super::{Check, web_address};

/// Seconds that one answer may take unless said otherwise.
const TIMEOUT: u64 = 30;
/// Han characters and words of a summary unless said otherwise.
const BUDGET: usize = 60;

impl Check<'_> {
    pub(super) fn summarize(&mut self, raw: &RawSummarize) -> Option<Summarize> {
        let endpoint = self.parsed(&raw.endpoint, "summarize.endpoint", web_address);
        let model = self.words(&raw.model, "summarize.model");
        let environment = self.environment;
        let key = raw.key_env.as_ref().map(|name| {
            self.parsed(name, "summarize.key_env", |name| {
                environment(name).ok_or_else(|| "no such environment variable is set".into())
            })
        });
        let timeout = raw.timeout_seconds.as_ref().map_or(TIMEOUT, |value| {
            if *value.get_ref() == 0 {
                self.problem(value.span(), "summarize.timeout_seconds = 0: expected 1 or more");
            }
            *value.get_ref()
        });
        let budget = raw.budget.as_ref().map_or(BUDGET, |value| {
            if !(10..=500).contains(value.get_ref()) {
                let message = format!("summarize.budget = {}: expected 10 to 500", value.get_ref());
                self.problem(value.span(), message);
            }
            *value.get_ref()
        });
        // A key that was named and is not there is a problem already.
        let key = match key {
            Some(found) => Some(found?),
            None => None,
        };
        let timeout = Duration::from_secs(timeout);
        Some(Summarize { endpoint: endpoint?, model, key, timeout, budget })
    }
}
