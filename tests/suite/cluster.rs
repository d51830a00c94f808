//! Several daemons on one PostgreSQL, killed and frozen at random: each slot is decided once.
//!
//! A long run, by hand: `PRESSROOM_LONG_SECONDS=600 cargo test --test suite cluster -- --ignored --nocapture` with
//! `PRESSROOM_TEST_POSTGRES` set as `tests/run` sets it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{World, on_postgres};

const DAEMONS: usize = 8;
const SCHEDULES: usize = 100;

/// A schedule each second, of which the work is to look into an empty directory.
fn busy_world() -> World {
    let source = |n| {
        format!(
            "[[source]]\nname = \"s{n}\"\nkind = \"files\"\npaths = [\"articles\"]\nschedule = \"* * * * * *\"\n\
             slots = {{ missed = \"all\", deadline_minutes = 60, overlap = \"queue\" }}\n"
        )
    };
    World::new().with(&(0..SCHEDULES).map(source).collect::<String>())
}

fn start(world: &World, number: usize, life: usize) -> Child {
    let log = File::create(world.path(&format!("log-{number}-{life}"))).unwrap();
    Command::new(env!("CARGO_BIN_EXE_pressroom"))
        .args(["--config", world.path("pressroom.toml").to_str().unwrap(), "-v", "daemon"])
        .stderr(log)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    assert!(
        Command::new("kill")
            .args(["-s", name, &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
}

/// How often work was begun for each slot, as the daemons say.
fn begun(world: &World) -> BTreeMap<(String, String), usize> {
    let mut begun = BTreeMap::new();
    for entry in fs::read_dir(world.path("")).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("log-") {
            continue;
        }
        let log = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        for line in log.lines().filter(|line| line.contains(" begun ")) {
            let word = |key: &str| {
                let rest = line.split(&format!("{key}=")).nth(1).unwrap_or_default();
                rest.trim_start_matches('"').split(['"', ' ']).next().unwrap_or_default().to_owned()
            };
            let slot = line.split("slot=").nth(1).unwrap_or_default().trim().to_owned();
            *begun.entry((word("schedule"), slot)).or_default() += 1;
        }
    }
    begun
}

#[test]
#[ignore = "long run: minutes, and it wants PostgreSQL"]
fn eight_daemons_killed_and_frozen_at_random_decide_each_slot_once() {
    on_postgres(|| {
        let world = busy_world();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        // The schema is made once, before all come.
        runtime.block_on(async { world.open().await.close().await });
        let seconds = std::env::var("PRESSROOM_LONG_SECONDS").ok().and_then(|s| s.parse().ok());
        let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(60));
        let mut lives = [0; DAEMONS];
        let mut daemons: Vec<Child> = (0..DAEMONS).map(|n| start(&world, n, 0)).collect();
        let (mut kills, mut freezes, mut seed) = (0, 0, 20_261_126_u32);
        while Instant::now() < end {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = usize::try_from(seed >> 16).unwrap() % DAEMONS;
            if seed.is_multiple_of(2) {
                daemons[number].kill().unwrap();
                daemons[number].wait().unwrap();
                kills += 1;
                lives[number] += 1;
                daemons[number] = start(&world, number, lives[number]);
            } else {
                signal(&daemons[number], "STOP");
                std::thread::sleep(Duration::from_millis(u64::from(seed >> 20) % 3000));
                signal(&daemons[number], "CONT");
                freezes += 1;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        for daemon in &mut daemons {
            signal(daemon, "TERM");
        }
        for daemon in &mut daemons {
            assert_eq!(daemon.wait().unwrap().code(), Some(0));
        }
        report(&world, kills, freezes);
    });
}

fn report(world: &World, kills: usize, freezes: usize) {
    // Every second between a schedule's first slot and its last is there, once: the primary key allows no more.
    let gaps = world.ask(
        "SELECT coalesce(sum(missing), 0) FROM (SELECT (max(at) - min(at)) / 1000000 + 1 - count(*) AS missing \
         FROM slot WHERE schedule LIKE 'source/%' GROUP BY schedule) AS each_schedule",
    );
    let count = |condition: &str| {
        world.ask(&format!(
            "SELECT count(*) FROM slot WHERE schedule LIKE 'source/%' AND {condition}"
        ))
    };
    let attempts =
        world.ask("SELECT coalesce(sum(attempts), 0) FROM slot WHERE decision IN ('run', 'begun')");
    let said = begun(world);
    let twice: usize = said.values().filter(|times| **times > 1).count();
    println!(
        "{kills} kills, {freezes} freezes; slots due {}, run {}, skipped {}, begun and not settled {}, lost {gaps}; work begun \
         {} times for {} slots ({twice} of them taken up again after a kill; attempts in the store {attempts})",
        count("true"),
        count("decision = 'run'"),
        count("decision = 'skipped'"),
        count("decision = 'begun'"),
        said.values().sum::<usize>(),
        said.len(),
    );
    assert_eq!(gaps, "0", "slots were lost");
    let unexplained = world.ask(
        "SELECT count(*) FROM slot WHERE decision = 'skipped' AND (reason IS NULL OR reason = '')",
    );
    assert_eq!(unexplained, "0");
    let taken: usize = attempts.parse().unwrap();
    assert!(said.values().sum::<usize>() <= taken, "more was begun than the store knows of");
}
