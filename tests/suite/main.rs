//! Integration tests.

mod render;
mod summarize;
