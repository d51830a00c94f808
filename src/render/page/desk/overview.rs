//! One look: is all well, in one sentence; what comes next and what is late; sources, feeds and mail, the worst first.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::sparkline::Sparkline;
use super::words::DeskWords;
use super::{DeskFrame, times};
use crate::domain::{DeliveryState, Health, Standing};

/// How everything stands.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// Slots that came a while ago and that nobody has decided.
    pub late: Vec<ScheduleLine>,
    /// What comes next.
    pub next: Vec<ScheduleLine>,
    /// How many sources there are.
    pub sources: usize,
    /// Of these, which are not as they should be.
    pub unwell: usize,
    /// The worst.
    pub worst: Vec<SourceLine>,
    /// All feeds.
    pub feeds: Vec<FeedLine>,
    /// Deliveries that are not sent, by state.
    pub outbox: Vec<OutboxLine>,
    /// Since when the delivery waits that waits longest.
    pub oldest: Option<DateTime<Utc>>,
    /// Bytes of the database.
    pub store_bytes: i64,
}

/// A schedule and one of its slots.
#[derive(Debug, Clone)]
pub struct ScheduleLine {
    /// Its name.
    pub name: String,
    /// The slot.
    pub at: DateTime<Utc>,
}

/// A source and how it stands.
#[derive(Debug, Clone)]
pub struct SourceLine {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// New articles by day, the oldest first.
    pub days: Vec<u32>,
}

/// A feed and how it was published last.
#[derive(Debug, Clone)]
pub struct FeedLine {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// When one of its files changed last; absent where there is none.
    pub published: Option<DateTime<Utc>>,
    /// What lint finds in its files.
    pub findings: usize,
}

/// Deliveries of one state.
#[derive(Debug, Clone)]
pub struct OutboxLine {
    /// The state.
    pub state: DeliveryState,
    /// How many.
    pub number: i64,
}

#[derive(Serialize)]
struct View<'a> {
    is_well: bool,
    sentence: String,
    late: Vec<SlotView<'a>>,
    next: Vec<SlotView<'a>>,
    sources: usize,
    unwell: usize,
    worst: Vec<SourceView>,
    feeds: Vec<FeedView<'a>>,
    outbox: Vec<StateView>,
    oldest: Option<times::Time>,
    in_doubt: i64,
    size: String,
}

#[derive(Serialize)]
struct SlotView<'a> {
    name: &'a str,
    at: times::Time,
}

#[derive(Serialize)]
pub(super) struct SourceView {
    name: String,
    health: &'static str,
    /// For the stylesheet.
    mark: &'static str,
    is_paused: bool,
    reason: Option<String>,
    fresh: Option<times::Time>,
    visited: Option<times::Time>,
    next: times::Time,
    line: Sparkline,
}

#[derive(Serialize)]
pub(super) struct FeedView<'a> {
    name: &'a str,
    title: String,
    published: Option<times::Time>,
    findings: usize,
}

#[derive(Serialize)]
pub(super) struct StateView {
    word: &'static str,
    state: &'static str,
    number: i64,
}

/// Writes the page.
pub fn overview(desk: &DeskFrame<'_>, all: &Overview) -> Result<String, RenderError> {
    let view = View {
        is_well: all.is_well(),
        sentence: all.sentence(desk.words()),
        late: all.late.iter().map(|line| SlotView::of(desk, line)).collect(),
        next: all.next.iter().map(|line| SlotView::of(desk, line)).collect(),
        sources: all.sources,
        unwell: all.unwell,
        worst: all.worst.iter().map(|line| SourceView::of(desk, line)).collect(),
        feeds: all.feeds.iter().map(|line| FeedView::of(desk, line)).collect(),
        outbox: all.outbox.iter().map(|line| StateView::of(desk.words(), line)).collect(),
        oldest: all.oldest.filter(|oldest| *oldest < desk.now).map(|oldest| desk.time(oldest)),
        in_doubt: all.in_doubt(),
        size: bytes(all.store_bytes),
    };
    desk.rendered("overview.html.j2", view)
}

impl Overview {
    fn in_doubt(&self) -> i64 {
        let doubtful = self.outbox.iter().filter(|line| line.state == DeliveryState::Unknown);
        doubtful.map(|line| line.number).sum()
    }

    fn unpublished(&self) -> usize {
        self.feeds.iter().filter(|feed| feed.published.is_none()).count()
    }

    fn is_well(&self) -> bool {
        self.late.is_empty() && self.unwell == 0 && self.in_doubt() == 0 && self.unpublished() == 0
    }

    /// All is well, or what is not, the most urgent first.
    fn sentence(&self, words: &DeskWords) -> String {
        if self.is_well() {
            return words.all_is_well.to_owned();
        }
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let wrongs = [
            (number(self.late.len()), words.late_one, words.late_many),
            (self.in_doubt(), words.doubt_one, words.doubt_many),
            (number(self.unwell), words.unwell_one, words.unwell_many),
            (number(self.unpublished()), words.unpublished_one, words.unpublished_many),
        ];
        let said = wrongs.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| {
            if count == 1 { one.to_owned() } else { many.replace("{}", &count.to_string()) }
        });
        begun(&(said.collect::<Vec<_>>().join(words.and) + words.stop))
    }
}

impl<'a> SlotView<'a> {
    fn of(desk: &DeskFrame<'_>, line: &'a ScheduleLine) -> Self {
        Self { name: &line.name, at: desk.time(line.at) }
    }
}

impl SourceView {
    pub(super) fn of(desk: &DeskFrame<'_>, line: &SourceLine) -> Self {
        let standing = &line.standing;
        let (health, mark) = match standing.health {
            // One bad answer is an accident, and is told all the same.
            Health::Fine if standing.strikes > 0 => (desk.words().wavering, "quiet"),
            Health::Fine => (desk.words().fine, "good"),
            broken => (desk.words().health(broken), "bad"),
        };
        Self {
            name: line.name.clone(),
            health,
            mark,
            is_paused: standing.paused,
            reason: standing.reason.as_deref().map(guard::line),
            fresh: standing.fresh_at.map(|at| desk.time(at)),
            visited: standing.visited_at.map(|at| desk.time(at)),
            next: desk.time(standing.next_at.max(standing.not_before)),
            line: Sparkline::of(&line.days),
        }
    }
}

impl<'a> FeedView<'a> {
    pub(super) fn of(desk: &DeskFrame<'_>, line: &'a FeedLine) -> Self {
        Self {
            name: &line.name,
            title: guard::line(&line.title),
            published: line.published.map(|at| desk.time(at)),
            findings: line.findings,
        }
    }
}

impl StateView {
    pub(super) fn of(words: &DeskWords, line: &OutboxLine) -> Self {
        let (word, state) = (words.state(line.state), line.state.as_str());
        Self { word, state, number: line.number }
    }
}

/// As a sentence begins.
fn begun(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// In the unit that people speak of.
fn bytes(bytes: i64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)];
    let fits = units.into_iter().find(|(_, size)| bytes >= *size);
    let (unit, size) = fits.unwrap_or(("B", 1));
    let (whole, tenth) = (bytes / size, bytes % size * 10 / size);
    if whole < 10 && size > 1 {
        format!("{whole}.{tenth} {unit}")
    } else {
        format!("{whole} {unit}")
    }
}
