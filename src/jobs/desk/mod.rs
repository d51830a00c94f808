//! What the operator's desk does and shows. Handlers and commands call the same functions.
//!
//! | file | duty |
//! |---|---|
//! | `sessions` | who sits at it |
//! | `audit` | what was done at it |
//! | `overview` | is all well? |
//! | `feed`, `digest` | what goes out |
//! | `mail` | deliveries and readers, some at a time |
//! | `source` | one source, looked at closely |
//! | `mend` | where its fields stand: tried, and written down |

pub mod audit;
pub mod digest;
pub mod feed;
pub mod mail;
pub mod mend;
pub mod overview;
pub mod sessions;
pub mod source;
