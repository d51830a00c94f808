//! Kills, a full disk and damage, against the store itself. `PRESSROOM_KILLS=200` makes the loop of kills a long run.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use pressroom::app::{App, Wanted};
use pressroom::store::{Place, Store, nodes};

use crate::world::{World, page, prose, stderr, stdout};

/// The environment variable by which this program, started once more, knows where to write.
const STORE: &str = "PRESSROOM_TEST_WRITES_TO";

/// Not a test of its own: a process that writes rows and says of each that it is there, until it is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that other tests kill"]
async fn writer() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let store = Store::open(&Place::File(PathBuf::from(path))).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            for number in 0.. {
                let reference = format!("{}-{task}-{number}", std::process::id());
                write(&store, &reference).await;
                writeln!(std::io::stdout().lock(), "acknowledged {reference}").unwrap();
            }
        });
    }
    tasks.join_all().await;
}

async fn write(store: &Store, id: &str) {
    let mut tx = store.begin().await.unwrap();
    nodes::seen(&mut tx.conn(), id, "", crate::world::instant(NOW)).await.unwrap();
    tx.commit().await.unwrap();
}

/// What was ever written, in order.
async fn written(store: &Store) -> Vec<String> {
    let mut lease = store.read().await.unwrap();
    let living = nodes::living(&mut lease.conn(), chrono::DateTime::UNIX_EPOCH).await.unwrap();
    living.into_iter().map(|(id, _)| id).collect()
}

const NOW: &str = "2026-11-26T00:00:00Z";

fn spawn_writer(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["faults::writer", "--exact", "--ignored", "--nocapture"])
        .env(STORE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a writer acknowledge `rows` rows, kills it, and gives what it had acknowledged until then.
fn killed_writer(path: &Path, rows: usize) -> Vec<String> {
    let mut child = spawn_writer(path);
    let mut acknowledged = Vec::new();
    let mut take = |line: String| {
        if let Some((_, reference)) = line.split_once("acknowledged ") {
            acknowledged.push(reference.to_owned());
        }
        acknowledged.len()
    };
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while take(lines.next().expect("it ended early").unwrap()) < rows {}
    child.kill().unwrap();
    child.wait().unwrap();
    lines.for_each(|line| {
        take(line.unwrap());
    });
    acknowledged
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let kills = std::env::var("PRESSROOM_KILLS").map_or(8, |kills| kills.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("press.db");
    let mut all = 0;
    for kill in 0..kills {
        let acknowledged = killed_writer(&path, 1 + kill * 7 % 60);
        // Opening looks through the whole file, since it was not closed.
        let store = Store::open(&Place::File(path.clone())).await.unwrap();
        let there = written(&store).await;
        for reference in &acknowledged {
            assert!(there.binary_search(reference).is_ok(), "kill {kill}: {reference} is lost");
        }
        all += acknowledged.len();
        store.close().await;
    }
    println!("{kills} kills, {all} rows acknowledged, 0 lost");
}

/// Bytes that the log of a new store grows by while its tables are made, a step at a time.
const STEP: u64 = 40_000;

#[tokio::test]
async fn a_store_whose_process_was_killed_while_its_tables_were_made_is_whole_at_the_next_start() {
    for step in 0..12 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("press.db");
        let mut child = spawn_writer(&path);
        let log = path.with_extension("db-wal");
        while fs::metadata(&log).map_or(0, |log| log.len()) <= step * STEP {}
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(&Place::File(path)).await.unwrap();
        write(&store, "after").await;
        assert!(written(&store).await.contains(&"after".to_owned()), "step {step}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_damaged_store_is_noticed_after_an_unclean_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("press.db");
    killed_writer(&path, 200);
    let place = Place::File(path.clone());
    Store::open(&place).await.unwrap().close().await;
    let mut bytes = fs::read(&path).unwrap();
    let from = bytes.len() / 2 / 4096 * 4096;
    bytes[from..from + 8192].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    fs::write(directory.path().join("press.db.lock"), "open\n").unwrap();
    let error = Store::open(&place).await.unwrap_err().to_string();
    assert!(error.contains("damaged") && error.contains("pressroom restore"), "{error}");
}

#[tokio::test]
async fn an_end_without_close_is_seen_and_a_close_is_not() {
    let world = World::new();
    world.open().await.close().await;
    assert!(!stderr(&world.command(&["run"])).contains("was not closed"));
    killed_writer(&world.path("press.db"), 1);
    assert!(stderr(&world.command(&["run"])).contains("was not closed"));
    assert!(!stderr(&world.command(&["run"])).contains("was not closed"));
}

/// What a command says, well or badly.
fn told(world: &World, arguments: &[&str]) -> String {
    let output = world.command(arguments);
    stdout(&output) + &stderr(&output)
}

#[tokio::test]
async fn restoring_sets_aside_what_was_there() {
    let world = World::new().with_article("pier.html", page("The New Pier", &prose("pier")));
    world.pass().await;
    let backup = world.path("a.db");
    told(&world, &["backup", backup.to_str().unwrap()]);
    let feeds = world.feeds();
    world.write_article("lock.html", page("The Lock Keeper", &prose("lock")));
    world.pass().await;
    assert_ne!(world.feeds(), feeds);

    let app = world.open().await;
    let error = told(&world, &["restore", backup.to_str().unwrap()]);
    assert!(error.contains("in use by another pressroom"), "{error}");
    app.close().await;

    let said = told(&world, &["restore", backup.to_str().unwrap()]);
    assert!(said.contains("press.db.replaced-1"), "{said}");
    assert!(world.path("press.db.replaced-1").exists());
    world.pass_over(&Wanted { only: vec!["all".into()], force: false }).await;
    assert_eq!(world.feeds(), feeds);
}

/// A full disk, as root on a file system of 24 MB; passed over elsewhere.
#[tokio::test]
async fn a_full_disk_stops_nothing_for_good() {
    let Some(disk) = SmallDisk::new() else { return };
    let world = World::new();
    let config = fs::read_to_string(world.config_file()).unwrap();
    let store = disk.0.path().join("press.db");
    let config = config.replace("path = \"press.db\"", &format!("path = {store:?}"));
    fs::write(world.path("full.toml"), config).unwrap();
    let config = pressroom::config::Config::load(&world.path("full.toml")).unwrap();
    let app = App::open(&config, world.clock.clone()).await.unwrap();
    let context = app.context();
    pressroom::jobs::maintain::hold_reserve(context).await;
    assert!(disk.0.path().join("press.db.reserve").exists());
    write(&context.store, "before").await;

    let filler = disk.fill();
    let refused = loop {
        let mut tx = context.store.begin().await.unwrap();
        let (long, now) = ("x".repeat(10_000), world.clock.now());
        let written = nodes::seen(&mut tx.conn(), "late", &long, now).await;
        if let Err(error) = written {
            break error;
        }
        if let Err(error) = tx.commit().await {
            break error;
        }
    };
    assert!(refused.is_transient(), "{refused}");
    let backup = context.store.backup(&disk.0.path().join("backup.db")).await;
    assert!(backup.is_err() && !disk.0.path().join("backup.db").exists());

    // Retention works all the same, on the reserve, and holds it again once there is space.
    let mut report = pressroom::jobs::Report::default();
    pressroom::jobs::maintain::maintain(context, &mut report).await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    fs::remove_file(&filler).unwrap();
    write(&context.store, "after").await;
    pressroom::jobs::maintain::hold_reserve(context).await;
    assert!(disk.0.path().join("press.db.reserve").exists());
    app.close().await;
    let store = Store::open(&Place::File(store)).await.unwrap();
    let there = written(&store).await;
    assert!(
        ["before", "after"].iter().all(|id| there.iter().any(|there| there == id)),
        "{there:?}"
    );
    store.close().await;
}

/// Everything on the full disk: before a source is read, and between reading and publishing.
#[tokio::test]
async fn a_disk_that_is_full_during_a_pass_costs_neither_articles_nor_feeds_nor_mails() {
    let Some(disk) = SmallDisk::new() else { return };
    let world = World::inside(disk.0.path());
    let app = world.open().await;
    let all = Wanted { only: Vec::new(), force: true };
    let source = Wanted { only: vec!["articles".into()], force: false };
    let pass = async |wanted: &Wanted| {
        world.wait(chrono::TimeDelta::minutes(1));
        app.run(wanted, &|_| ()).await
    };
    let title = |number: usize| format!("The Pier of Year {number}");
    world.write_article("0.html", page(&title(0), &prose("pier")));
    assert!(pass(&all).await.unwrap().failures.is_empty());
    let before = (world.feeds(), world.mails().len());

    world.write_article("1.html", page(&title(1), &prose("mole")));
    let filler = disk.fill();
    let full = pass(&all).await;
    assert!(full.is_err() || !full.unwrap().failures.is_empty(), "it must be said");
    assert_eq!((world.feeds(), world.mails().len()), before);
    fs::remove_file(filler).unwrap();

    world.write_article("2.html", page(&title(2), &prose("lamp")));
    assert!(pass(&source).await.unwrap().failures.is_empty());
    let filler = disk.fill();
    let full = pass(&all).await;
    assert!(full.is_err() || !full.unwrap().failures.is_empty(), "it must be said");
    assert_eq!((world.feeds(), world.mails().len()), before);
    fs::remove_file(filler).unwrap();

    assert!(pass(&all).await.unwrap().failures.is_empty());
    let (feeds, mails) = (world.feeds(), world.mails());
    for number in 0..3 {
        assert!(feeds.iter().all(|feed| feed.contains(&title(number))), "{number}");
    }
    assert_eq!(mails.len(), before.1 + 1, "what is new went out once");
    let names = fs::read_dir(world.path("feeds")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
    app.close().await;
}

/// A file system in memory of its own.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(directory));
        }
        eprintln!("passed over: only root can make a small disk");
        None
    }

    /// Leaves no byte on it free; gives the file that takes them.
    fn fill(&self) -> PathBuf {
        let filler = self.0.path().join("filler");
        let mut file = fs::File::create(&filler).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}
