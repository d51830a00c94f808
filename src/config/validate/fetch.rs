//! `[fetch]`: politeness and limits.

use std::time::Duration;

use toml::Spanned;

use super::super::Fetch;
use super::super::raw::RawFetch;
use super::{Check, web_address};

impl Check<'_> {
    pub(super) fn fetch(&mut self, raw: &RawFetch) -> Fetch {
        let proxy = raw.proxy.as_ref();
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let fetch = Fetch {
            contact: raw.contact.as_ref().map(|text| self.words(text, "fetch.contact")),
            timeout: self
                .positive(raw.timeout_seconds.as_ref(), "timeout_seconds")
                .map(Duration::from_secs),
            max_bytes: self.positive(raw.max_bytes.as_ref(), "max_bytes"),
            max_header_bytes: self.positive(raw.max_header_bytes.as_ref(), "max_header_bytes"),
            max_ratio: self.positive(raw.max_ratio.as_ref(), "max_ratio"),
            max_redirects: raw.max_redirects,
            proxy: proxy.and_then(|text| self.parsed(text, "fetch.proxy", web_address)),
            delay: raw.delay_ms.map(Duration::from_millis),
            hosts: self.positive(raw.hosts.as_ref(), "hosts"),
            poll_min: self.positive(raw.poll_min_minutes.as_ref(), "poll_min_minutes").map(minutes),
            poll_max: self.positive(raw.poll_max_minutes.as_ref(), "poll_max_minutes").map(minutes),
        };
        if let (Some(min), Some(max), Some(value)) =
            (fetch.poll_min, fetch.poll_max, &raw.poll_max_minutes)
            && max < min
        {
            let message = "fetch.poll_max_minutes is less than fetch.poll_min_minutes";
            self.problem(value.span(), message);
        }
        fetch
    }

    fn positive<N: Copy + PartialEq + From<u8>>(
        &mut self,
        value: Option<&Spanned<N>>,
        key: &str,
    ) -> Option<N> {
        let value = value?;
        if *value.get_ref() == N::from(0) {
            self.problem(value.span(), format!("fetch.{key} = 0: expected 1 or more"));
        }
        Some(*value.get_ref())
    }
}
