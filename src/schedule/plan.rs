//! A schedule by name: when, by which rules, and what it sets off.

use super::{Policy, Role, Timetable};
use crate::domain::{Cadence, Slot, Source};
use crate::jobs::ZonedDigest;

/// What a schedule sets off.
#[derive(Debug, Clone)]
pub enum Work {
    /// Read these sources.
    Ingest(Vec<Source>),
    /// Publish all feeds.
    Publish,
    /// Compose an Edition.
    Compose(Box<ZonedDigest>, Cadence),
    /// Deliver what waits.
    Deliver,
    /// Take out of the store what is old enough.
    Maintain,
}

impl Work {
    /// Who does it.
    pub fn role(&self) -> Role {
        match self {
            Self::Ingest(_) => Role::Fetcher,
            Self::Publish | Self::Compose(..) | Self::Maintain => Role::Scheduler,
            Self::Deliver => Role::Mailer,
        }
    }

    /// Its word in logs and figures.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ingest(_) => "ingest",
            Self::Publish => "publish",
            Self::Compose(..) => "compose",
            Self::Deliver => "deliver",
            Self::Maintain => "maintain",
        }
    }
}

/// A schedule and what it sets off.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Unique name: `ingest`, `source/blog`, `digest/morning/daily` …
    pub name: String,
    /// When.
    pub timetable: Timetable,
    /// What becomes of slots that are missed or overlap.
    pub policy: Policy,
    /// What.
    pub work: Work,
}

impl Planned {
    /// Spread by its name as far as the policy says.
    pub fn new(name: String, timetable: &Timetable, policy: Policy, work: Work) -> Self {
        let timetable = timetable.spread(&name, policy.jitter);
        Self { name, timetable, policy, work }
    }
}

/// A slot that is ours to run now.
#[derive(Debug, Clone)]
pub struct Due {
    /// The slot.
    pub slot: Slot,
    /// As whom it was begun.
    pub holder: String,
    /// What it sets off.
    pub work: Work,
}
