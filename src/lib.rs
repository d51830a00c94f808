//! pressroom turns web pages that have no good feed into feeds and mail that people want to read.

pub mod domain;
pub mod normalize;
pub mod render;
pub mod summarize;
