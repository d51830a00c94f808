//! The integration suite: one binary, one module a subject. Each test has a directory, a store and a clock of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod arbitrary;
/// A real browser, driven.
mod browser;
mod mail_server;
mod postgres;
mod site;
mod world;

/// Sources as a person finds and tries them.
mod adding;
/// The archives of feeds.
mod archives;
/// Bodies of invented pages: what is the article, what is not, and pages that have none.
mod bodies;
/// Mail that comes back, and who gets no more for it.
mod bounces;
/// Slots over clock changes, clock steps and restarts.
mod clock_changes;
/// Several daemons on one PostgreSQL, killed and frozen.
mod cluster;
/// The commands, as a person types them.
mod commands;
/// Configuration errors and the documented default.
mod configuration;
/// The daemon as a process: health, reload, supervisor, end.
mod daemon;
/// Dates of Chinese pages that tell machines nothing.
mod dated;
/// The ledger: kills, doubt, claims.
mod delivery;
/// What goes onto a server: unit, container, proxies, their page.
mod deploy;
/// The operator's desk over HTTP.
mod desk;
/// The desk in a real browser.
mod desk_browser;
/// What goes out, at the desk.
mod desk_mail;
/// Sources at the desk: looked at and mended.
mod desk_sources;
/// What an Edition holds, and what is remembered of it.
mod digests;
/// A mail server that speaks TLS.
mod encrypted;
/// The public pages in a browser, as every kind of visitor has them.
mod faces;
/// What a kill, a full disk and a damaged file leave behind.
mod faults;
/// Servers that misbehave.
mod fetching;
/// What sources lead to.
mod following;
/// Forms of an article beside the one that a browser draws at once: AMP, print, shadow trees.
mod forms;
/// How sources are doing, and who is told.
mod health;
/// What happens to input that is not what it should be.
mod hostile;
/// Listings and sitemaps: what they name.
mod indexes;
/// A reader's way in a browser.
mod journey;
/// Backup, restore, the move to another engine, and what is taken out in time.
mod keeping;
/// Kills in the middle of a run, several processes on one store, a store that is away.
mod kills;
/// The lint stage.
mod lint;
/// The digest in a browser.
mod look;
/// Servers that are treated well.
mod manners;
/// Titles, authors, dates and the rest by example.
mod metadata;
/// Section summaries by a model, over HTTP on loopback.
mod model;
/// Processes on one PostgreSQL: killed, restarted, of other definitions.
mod nodes;
/// Normalizing by example: a document beside the article it must become.
mod normalize;
/// Articles that are not the longest text of their page.
mod overshadowed;
/// Pages as browsers get them.
mod pages;
/// A full pass: feeds and mail, and nothing twice.
mod pass;
/// A pooler between the program and PostgreSQL.
mod pooler;
/// Mail through programs that people run.
mod postoffice;
/// What the log does not say.
mod privacy;
/// Feed programs that people use, polling through every kind of change.
mod programs;
/// Feeds as independent readers see them.
mod readers;
/// Feeds of others, as sources and by command.
mod reading;
/// For whom an Edition is, and what is seen of it beforehand.
mod recipients;
/// Further reading by example.
mod related;
/// Feeds and mail from articles made by hand.
mod render;
/// One story told by several sources; new rules over what is kept.
mod retelling;
/// Slots: missed, overlapping, taken up again.
mod roundtrip;
mod scheduling;
/// Search over the archive.
mod searching;
/// The document that pressroom was asked to handle.
mod seed;
/// What feeds and digests take, and what several sources bring at once.
mod selecting;
/// Feeds over HTTP, and the hub that is told of them.
mod serving;
/// What an operator says of deliveries and addresses.
mod settling;
/// DKIM signatures as another program sees them.
mod signatures;
/// What is made of every answer of a mail server.
mod smtp;
/// The store on both of its engines.
mod store;
/// From a form to the first mail, and off the list again.
mod subscribing;
/// Summaries of articles made by hand.
mod summarize;
/// Feeds read while they are written and their writers killed.
mod torn;
/// Pages without a date, and what tempts to give them one.
mod undated;
/// Pages over HTTP on loopback.
mod web;
