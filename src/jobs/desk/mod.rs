//! What the operator's desk does and shows. Handlers and commands call the same functions.
//!
//! | file | duty |
//! |---|---|
//! | `sessions` | who sits at it |
//! | `audit` | what was done at it |
//! | `overview` | is all well? |

pub mod audit;
pub mod overview;
pub mod sessions;
