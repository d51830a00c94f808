//! What feed-rs makes of the feed in a file, as one line of JSON. By hand, since it takes longer to build than to ask:
//!
//! ```sh
//! cargo build --manifest-path tests/feedrs/Cargo.toml
//! PRESSROOM_TEST_FEED_RS=$PWD/tests/feedrs/target/debug/pressroom-feedrs cargo test --test suite through_feed_rs
//! ```

use std::process::ExitCode;

use feed_rs::model::Entry;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else { return ExitCode::from(2) };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return failed(&path, &error),
    };
    match feed_rs::parser::parse(bytes.as_slice()) {
        Ok(feed) => {
            println!("{}", feed.entries.iter().map(seen).collect::<Value>());
            ExitCode::SUCCESS
        }
        Err(error) => failed(&path, &error),
    }
}

fn failed(path: &str, error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("{path}: {error}");
    ExitCode::FAILURE
}

fn seen(entry: &Entry) -> Value {
    let is_page = |rel: &Option<String>| rel.as_deref().unwrap_or("alternate") == "alternate";
    json!({
        "id": entry.id,
        "title": entry.title.as_ref().map(|title| &title.content),
        "link": entry.links.iter().find(|link| is_page(&link.rel)).map(|link| &link.href),
        "authors": entry.authors.iter().map(|author| &author.name).collect::<Vec<_>>(),
        "published": entry.published.map(|at| at.format("%F %T").to_string()),
        "content": entry.content.as_ref().and_then(|content| content.body.as_ref()),
    })
}
