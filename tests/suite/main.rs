//! The integration suite: one binary.

mod normalize;
