//! Several processes on one PostgreSQL: one is killed, one works by other definitions. Longer: `cluster.rs`, `tests/outage`.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use pressroom::jobs::figures;

use crate::world::{World, on_postgres, postgres};

/// A daemon and what it says.
struct Daemon {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Daemon {
    fn start(config: &std::path::Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pressroom"))
            .arg("--config")
            .arg(config)
            .arg("daemon")
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            log.lines().map_while(Result::ok).try_for_each(|l| sender.send(l))
        });
        Self { child, lines }
    }

    /// Waits until it says `words`.
    fn says(&self, words: &str) {
        let said: Vec<String> =
            self.lines.iter().take_while(|line| !line.contains(words)).collect();
        assert!(!said.iter().any(|line| line.contains("stopped")), "{words:?} not in {said:?}");
    }

    fn signal(&self, signal: &str) {
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Ends it in order.
    fn end(mut self) {
        self.signal("-TERM");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn several_daemons_decide_each_slot_once_and_survive_one_another() {
    on_postgres(|| {
        let world = World::new().with(&sources("* * * * * *"));
        let config = world.config_file();
        let daemons: Vec<Daemon> = (0..3).map(|_| Daemon::start(&config, &[])).collect();
        for daemon in &daemons {
            daemon.says("started");
        }
        while world.rows("slot WHERE decision = 'run' AND schedule LIKE 'source/%'") < 12 {
            std::thread::yield_now();
        }
        daemons[0].signal("-KILL");
        let decided = world.rows("slot");
        while world.rows("slot WHERE decision = 'run'") < decided + 8 {
            std::thread::yield_now();
        }
        for daemon in daemons.into_iter().skip(1) {
            daemon.end();
        }
        let gaps = "(SELECT at - lag(at) OVER (PARTITION BY schedule ORDER BY at) AS gap FROM slot \
            WHERE schedule LIKE 'source/%') AS gaps WHERE gap <> 1000000";
        assert_eq!(world.rows(gaps), 0, "no second is left out");
        assert_eq!(world.rows("node"), 1, "the one that was killed took no leave");
    });
}

#[test]
fn a_newcomer_with_other_definitions_waits() {
    on_postgres(|| {
        let world = World::new();
        let first = Daemon::start(&world.config_file(), &[]);
        first.says("started");
        while world.rows("node") == 0 {
            std::thread::yield_now();
        }
        let other = world.path("other.toml");
        let text = std::fs::read_to_string(world.config_file()).unwrap();
        std::fs::write(&other, text.replace("All of Test Press", "All of another Press")).unwrap();
        let newcomer = Daemon::start(&other, &[]);
        newcomer.says("others work on this store by other definitions");
        let rolled_out = Daemon::start(&other, &["--roll-out"]);
        rolled_out.says("started");
        rolled_out.end();
        first.end();
        newcomer.says("started");
        newcomer.end();
    });
}

#[test]
fn a_transaction_that_keeps_dead_rows_from_being_cleared_is_seen() {
    on_postgres(|| {
        let mut reader = Command::new("psql")
            .args(["-qXAt", &postgres().unwrap()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(reader.stdout.take().unwrap()).lines();
        let long = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_sleep(0.5); SELECT 'begun';";
        writeln!(reader.stdin.as_ref().unwrap(), "{long}").unwrap();
        while said.next().unwrap().unwrap() != "begun" {}
        let world = World::new();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let seen = runtime.block_on(async {
            let app = world.open().await;
            let seen = figures::gather(app.context(), &BTreeSet::new()).await.unwrap();
            app.close().await;
            seen
        });
        assert!(seen.oldest_snapshot > 0.5, "{seen:?}");
        drop(reader.stdin.take());
        reader.wait().unwrap();
    });
}

fn sources(schedule: &str) -> String {
    let source = |n| {
        format!(
            "[[source]]\nname = \"s{n}\"\nkind = \"files\"\npaths = [\"articles\"]\nschedule = {schedule:?}\n"
        )
    };
    (0..4).map(source).collect()
}
