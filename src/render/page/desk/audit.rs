//! What was done at the desk, as a list.

use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::{DeskFrame, times, words};
use crate::domain::Act;

#[derive(Serialize)]
struct View {
    acts: Vec<ActView>,
    older: Option<i64>,
}

#[derive(Serialize)]
struct ActView {
    at: times::Time,
    who: String,
    from: String,
    what: String,
    subject: String,
    outcome: Option<String>,
}

/// Writes the list; `is_more` where there are older acts than these.
pub fn audit(desk: &DeskFrame<'_>, acts: &[Act], is_more: bool) -> Result<String, RenderError> {
    let view = View {
        older: acts.last().filter(|_| is_more).map(|act| act.at.timestamp_micros()),
        acts: acts
            .iter()
            .map(|act| ActView {
                at: desk.time(act.at),
                who: guard::line(&act.who),
                from: guard::line(&act.from),
                what: guard::line(&act.what),
                subject: guard::line(&act.subject),
                outcome: (act.outcome.as_deref())
                    .map(|outcome| guard::line(&words::outcome(outcome, desk.frame.locale))),
            })
            .collect(),
    };
    desk.rendered("audit.html.j2", view)
}
