//! The integration suite: one binary, one module a subject. Each test has a directory, a store and a clock of its own.

mod world;

/// The commands, as a person types them.
mod commands;
/// Configuration errors and the documented default.
mod configuration;
/// Outbox, SMTP and what a kill leaves behind.
mod delivery;
/// What happens to input that is not what it should be.
mod hostile;
/// A full pass: feeds and mail, and nothing twice.
mod pass;
/// Feeds as independent readers see them.
mod readers;
/// Slots, the daemon and its end.
mod scheduling;
/// The document that pressroom was asked to handle.
mod seed;
/// Pages over HTTP on loopback.
mod web;
