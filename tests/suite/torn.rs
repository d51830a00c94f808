//! Readers that open a feed at any instant, while it is rewritten and while its writer is killed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pressroom::lint::{Settings, has_error, lint};

use crate::world::{World, page, prose};

/// Programs killed at some instant of their work. By hand: `PRESSROOM_KILLS=500 cargo test --test suite torn`.
fn kills() -> u64 {
    std::env::var("PRESSROOM_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8)
}

/// Whether a file is a whole feed: the strict reader takes it to its last byte.
fn is_whole(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\n") && !has_error(&lint(bytes, &Settings::default()))
}

/// Reads every feed again and again until told to stop.
fn poll(feeds: &Path, stop: &AtomicBool, polls: &AtomicUsize) {
    while !stop.load(Ordering::Relaxed) {
        for name in ["all.rss", "all.atom", "all.json"] {
            let bytes = std::fs::read(feeds.join(name)).unwrap();
            assert!(is_whole(&bytes), "{name}, {} bytes", bytes.len());
            polls.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[test]
fn no_reader_meets_a_torn_feed_while_its_writers_are_killed() {
    let world =
        World::new().with_article("pier.html", page("The New Pier", &prose("pier").repeat(40)));
    assert!(world.command(&["run"]).status.success());
    let (feeds, config) = (world.path("feeds"), world.config_file());
    let (stop, polls) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| poll(&feeds, &stop, &polls));
        for kill in 0..kills() {
            // Each run has something to write.
            world.write_article(
                "pier.html",
                page(&format!("The Pier {kill}"), &prose("pier").repeat(40)),
            );
            let mut writer = Command::new(env!("CARGO_BIN_EXE_pressroom"))
                .args(["--config".as_ref(), config.as_os_str(), "run".as_ref()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // After so many looks of the reader, so that each run is killed further on.
            let until = polls.load(Ordering::Relaxed) + usize::try_from(kill * 37 % 400).unwrap();
            while polls.load(Ordering::Relaxed) < until
                && writer.try_wait().unwrap().is_none()
                && !reader.is_finished()
            {
                std::thread::yield_now();
            }
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    // What the last kill left behind hinders nobody.
    assert!(world.command(&["run"]).status.success());
    let left = std::fs::read_dir(&feeds).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')));
    assert!(world.feed("atom").contains("The Pier"));
}
