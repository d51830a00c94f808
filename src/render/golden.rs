//! Compares rendered bytes with files reviewed by eye; `PRESSROOM_BLESS=1` writes them anew.

use std::path::PathBuf;

/// Fails unless the file `name` holds exactly `rendered`.
pub(super) fn assert_golden(name: &str, rendered: &[u8]) {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/render", name].iter().collect();
    if std::env::var_os("PRESSROOM_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, rendered).unwrap();
    }
    let expected = std::fs::read(&path).unwrap_or_default();
    let as_text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        expected == rendered,
        "{} differs; look at it, then run with PRESSROOM_BLESS=1\n{}",
        path.display(),
        as_text(rendered)
    );
}
