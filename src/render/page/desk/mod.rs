//! The operator's desk as pages: what is shown, in words for people; what came from elsewhere is text and nothing else.

mod audit;
mod digest;
mod entry;
mod failed;
mod feed;
mod fetched;
mod mail;
mod overview;
mod readers;
mod source;
mod sources;
mod sparkline;
mod times;
mod trial;
mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use minijinja::value::Serde;
use serde::Serialize;

use super::super::{RenderError, guard};
use super::frame::FrameView;
use super::words::{Words, words as words_of_pages};
use super::{Frame, TEMPLATES};
use words::DeskWords;

pub use audit::audit;
pub use digest::{Combination, DigestPage, EditionLine, SlotDecision, digest, digests};
pub use entry::{LoginProblem, login};
pub use failed::failed;
pub use feed::{FeedFile, feed, feeds};
pub use fetched::{Beaten, Explained, Fetched};
pub use mail::{MailPage, mail};
pub use overview::{FeedLine, OutboxLine, Overview, ScheduleLine, SourceLine, overview};
pub use readers::readers;
pub use source::{DocumentLine, SourcePage, Visit, source};
pub use sources::sources;
pub use trial::{Change, Trial};

/// What the desk adds to the stylesheet of all pages.
pub const STYLE: &str = include_str!("../../templates/desk/desk.css");
/// What keeps a page up to date where scripts are allowed; without it the browser loads it anew.
pub const SCRIPT: &str = include_str!("../../templates/desk/desk.js");

/// The templates by name, compiled in.
pub(super) const FILES: &[(&str, &str)] = &[
    ("desk.html.j2", include_str!("../../templates/desk/desk.html.j2")),
    ("macros.html.j2", include_str!("../../templates/desk/macros.html.j2")),
    ("login.html.j2", include_str!("../../templates/desk/login.html.j2")),
    ("overview.html.j2", include_str!("../../templates/desk/overview.html.j2")),
    ("digest.html.j2", include_str!("../../templates/desk/digest.html.j2")),
    ("digests.html.j2", include_str!("../../templates/desk/digests.html.j2")),
    ("desk_feed.html.j2", include_str!("../../templates/desk/desk_feed.html.j2")),
    ("feeds.html.j2", include_str!("../../templates/desk/feeds.html.j2")),
    ("mail.html.j2", include_str!("../../templates/desk/mail.html.j2")),
    ("readers.html.j2", include_str!("../../templates/desk/readers.html.j2")),
    ("failed.html.j2", include_str!("../../templates/desk/failed.html.j2")),
    ("source.html.j2", include_str!("../../templates/desk/source.html.j2")),
    ("sources.html.j2", include_str!("../../templates/desk/sources.html.j2")),
    ("audit.html.j2", include_str!("../../templates/desk/audit.html.j2")),
];

/// Characters of a value in a table.
const SHORT: usize = 240;

/// What stands around every page of the desk.
#[derive(Debug, Clone)]
pub struct DeskFrame<'a> {
    /// What stands around every page.
    pub frame: Frame<'a>,
    /// Zone in which times are shown.
    pub zone: Tz,
    /// The time it is.
    pub now: DateTime<Utc>,
    /// The word that makes a form ours.
    pub csrf: String,
    /// Who sits at the desk; nobody at its door.
    pub who: Option<&'a str>,
    /// Whether there is a session that can be ended.
    pub can_leave: bool,
    /// What has just been done, in plain words.
    pub notice: Option<&'a str>,
}

/// What a template sees.
#[derive(Serialize)]
struct Shown<'a, V> {
    frame: &'a FrameView,
    t: &'static Words,
    d: &'static DeskWords,
    desk: DeskView<'a>,
    page: V,
}

#[derive(Serialize)]
struct DeskView<'a> {
    csrf: &'a str,
    who: Option<&'a str>,
    can_leave: bool,
    notice: Option<String>,
    /// The part of the desk that the page belongs to.
    part: &'a str,
    /// Begins every address of the desk; ends in `/`.
    base: String,
    time: String,
    zone: &'static str,
}

impl DeskFrame<'_> {
    fn words(&self) -> &'static DeskWords {
        words::words(self.frame.locale)
    }

    fn time(&self, at: DateTime<Utc>) -> times::Time {
        times::Time::of(at, self)
    }

    fn rendered(&self, name: &str, page: impl Serialize) -> Result<String, RenderError> {
        let part = self.frame.path.strip_prefix("admin").unwrap_or_default();
        let desk = DeskView {
            csrf: &self.csrf,
            who: self.who,
            can_leave: self.can_leave,
            notice: self.notice.map(|notice| words::outcome(notice, self.frame.locale)),
            part: part.trim_start_matches('/').split('/').next().unwrap_or_default(),
            base: format!("{}admin/", self.frame.base()),
            time: times::clock(self.now, self.zone),
            zone: self.zone.name(),
        };
        let t = words_of_pages(self.frame.locale);
        let shown = Shown { frame: &self.frame.view(), t, d: self.words(), desk, page };
        Ok(TEMPLATES.get_template(name)?.render(Serde(shown))?)
    }
}

/// On one line, and not too much of it.
fn short(text: &str) -> String {
    let line = guard::line(text);
    match line.char_indices().nth(SHORT) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
