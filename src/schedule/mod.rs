//! Cron expression + zone + clock → slots, and the loop that runs what is due.
//!
//! | file | duty |
//! |---|---|
//! | `field.rs`, `expression.rs` | what people write → wall-clock times |
//! | `timetable.rs` | wall-clock times in a zone → instants, over clock changes |
//! | `policy.rs` | what becomes of slots that were missed or overlap |
//! | `scheduler.rs` | which slots have come; each decided once |
//! | `running.rs`, `runner.rs` | work under way, and the loop |

mod error;
mod expression;
mod field;
mod plan;
mod policy;
mod role;
mod runner;
mod running;
mod scheduler;
mod timetable;

pub use error::ScheduleError;
pub use expression::Expression;
pub use plan::{Due, Planned, Work};
pub use policy::{Missed, Overlap, Policy};
pub use role::Role;
pub use runner::{Pace, Runner};
pub use running::run_due;
pub use scheduler::Scheduler;
pub use timetable::{ClockChange, Timetable, zone};
