//! The day in an address: `/2024/05/06/`, `/t20240506_1.html`.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::{Frame, whole};
use crate::domain::Moment;

/// The `t` is what a content system that many Chinese offices use puts before it.
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[/_-]t?((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?([0-2]\d|3[01])(?:[/_.-]|$)")
        .expect("the pattern is fixed and tested")
});

/// When the article at `url` was filed, by its address. A day to come is no such thing.
pub(in crate::normalize) fn in_address(url: &Url, frame: &Frame) -> Option<Moment> {
    let found = DAY.captures(url.path())?;
    let written = format!("{}-{}-{}", &found[1], &found[2], &found[3]);
    let moment = whole(&written, frame)?.ok()?;
    let raw = found[0].trim_matches(['/', '_', '-', '.']).to_owned();
    (moment.instant <= frame.now).then_some(Moment { raw, ..moment })
}
