//! Cron expression + zone + clock → slots, and the loop that runs what is due.

mod error;
mod expression;
mod field;
mod timetable;

pub use error::ScheduleError;
pub use expression::Expression;
pub use timetable::Timetable;
