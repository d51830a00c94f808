//! pressroom turns web pages that have no good feed into feeds and mail that people want to read.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod fetch;
pub mod http;
pub mod jobs;
pub mod lint;
pub mod llm;
pub mod mail;
pub mod normalize;
pub mod publish;
pub mod render;
pub mod schedule;
pub mod store;
pub mod summarize;
