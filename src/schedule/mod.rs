//! Cron expression + zone + clock → slots, and the loop that runs what is due.

mod error;
mod expression;
mod field;
mod runner;
mod timetable;

pub use error::ScheduleError;
pub use expression::Expression;
pub use runner::{Due, Planned, Scheduler, Work, run, run_due};
pub use timetable::Timetable;
