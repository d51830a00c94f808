//! Pages that do not say when they were published, each with a date of something else where a hasty reader would take it.

use std::fs;
use std::path::Path;

use chrono::DateTime;
use pressroom::domain::{Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{Overrides, Settings, normalize};

#[test]
fn a_page_without_a_date_is_given_none() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/undated");
    let (mut invented, mut read) = (Vec::new(), 0);
    for page in fs::read_dir(pages).unwrap() {
        let page = page.unwrap().path();
        let document = Document {
            reference: page.display().to_string(),
            url: None,
            fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
            media_type: MediaType::Html,
            text: fs::read_to_string(&page).unwrap(),
            digest: String::new(),
        };
        let settings = Settings {
            source: SourceId::new("coast").unwrap(),
            identity: IdentityRule::Content,
            overrides: Overrides::default(),
        };
        let article = normalize(&document, &settings).unwrap().article;
        let dates = article.published.iter().chain(&article.updated);
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        invented.extend(dates.map(|moment| format!("{name}: {}", moment.raw)));
        read += 1;
    }
    assert!(invented.is_empty(), "{invented:#?}");
    assert!(read >= 20, "{read} pages");
}
