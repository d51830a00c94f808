//! Readers that open a feed at any instant, while it is rewritten and while its writer is killed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pressroom::lint::{Settings, has_error, lint};
use pressroom::publish::Publisher;

use crate::world::{World, page, prose};

/// How often something is done. By hand: `PRESSROOM_KILLS=500 PRESSROOM_REWRITES=10000 cargo test --test suite torn`.
fn times(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
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
        for kill in 0..times("PRESSROOM_KILLS", 8) {
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
            let until = polls.load(Ordering::Relaxed) + kill * 37 % 400;
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

#[test]
fn no_reader_meets_a_torn_feed_while_it_is_rewritten_without_pause() {
    let world =
        World::new().with_article("pier.html", page("The New Pier", &prose("pier").repeat(40)));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(world.pass());
    let feeds = world.path("feeds");
    let (publisher, shelf) = Publisher::new(feeds.clone()).serving().unwrap();
    let names = ["all.rss", "all.atom", "all.json"];
    let texts = names.map(|name| std::fs::read_to_string(feeds.join(name)).unwrap());
    let (stop, polls) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| poll(&feeds, &stop, &polls));
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                assert!(names.iter().all(|name| is_whole(&shelf.get(name).unwrap().plain)));
            }
        });
        for number in 0..times("PRESSROOM_REWRITES", 100) {
            let (name, text) = (names[number % 3], &texts[number % 3]);
            // Longer and shorter by turns: what is left of a longer one would show.
            let title = format!("The {}Pier {number}", "very ".repeat(number % 40));
            let bytes = text.replace("The New Pier", &title).into_bytes();
            runtime.block_on(publisher.publish(name, bytes)).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(polls.load(Ordering::Relaxed) > 0);
}
