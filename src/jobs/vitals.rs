//! What the daemon says of itself while it works: that its loop turns, that it is ready, and how work has ended.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How one piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkEnd {
    /// All of it was done.
    Done,
    /// Some of it failed, and the log names it.
    Failed,
    /// The process was told to stop.
    BrokenOff,
    /// A fault of ours; the log has it.
    Panicked,
}

impl WorkEnd {
    /// Every end.
    pub const ALL: [Self; 4] = [Self::Done, Self::Failed, Self::BrokenOff, Self::Panicked];

    /// The word in the figures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::BrokenOff => "broken_off",
            Self::Panicked => "panicked",
        }
    }
}

/// Counts of ended work, by what it was and how it ended.
pub type Ended = BTreeMap<(&'static str, WorkEnd), u64>;

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Vitals(Arc<Inner>);

struct Inner {
    beaten: Mutex<Instant>,
    ready: AtomicBool,
    ended: Mutex<Ended>,
    heard: Box<dyn Fn() + Send + Sync>,
}

impl Vitals {
    /// `heard` is told of each turn of the loop.
    pub fn new(heard: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            beaten: Mutex::new(Instant::now()),
            ready: AtomicBool::new(false),
            ended: Mutex::default(),
            heard: Box::new(heard),
        }))
    }

    /// The loop turns.
    pub fn beat(&self) {
        *self.0.beaten.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        (self.0.heard)();
    }

    /// How long ago the loop turned last.
    pub fn since_beat(&self) -> Duration {
        self.0.beaten.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Whether the schedules are loaded and the end has not been asked for.
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Relaxed)
    }

    /// Says whether to send work here.
    pub fn set_ready(&self, ready: bool) {
        self.0.ready.store(ready, Ordering::Relaxed);
    }

    /// Counts work that has ended.
    pub fn count(&self, work: &'static str, end: WorkEnd) {
        let mut ended = self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended.entry((work, end)).or_default() += 1;
    }

    /// What has ended since the start.
    pub fn ended(&self) -> Ended {
        self.0.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vitals(ready: {}, {:?})", self.is_ready(), self.ended())
    }
}
