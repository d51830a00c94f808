//! Section → Summary. Pure and deterministic.
