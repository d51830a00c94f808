//! The daemon as a process: start, health, reload, what the supervisor hears, and the end.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use crate::world::World;

/// Long enough for the slowest machine; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A daemon of its own process, killed when it is let go of.
struct Daemon {
    child: Child,
    log: BufReader<ChildStderr>,
    address: String,
    told: UnixDatagram,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// On `world`, with a port of its own and a supervisor that listens; ready.
    fn of(world: World, arguments: &[&str]) -> (Self, World) {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let world = world.with_http(&address);
        let socket = world.path("notify");
        let told = UnixDatagram::bind(&socket).unwrap();
        told.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pressroom"))
            .args(["--config", world.config_file().to_str().unwrap(), "daemon"])
            .args(arguments)
            .env("NOTIFY_SOCKET", &socket)
            .env("WATCHDOG_USEC", "1000000")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let daemon = Self { child, log, address, told };
        daemon.hears("READY=1");
        (daemon, world)
    }

    /// Waits until the supervisor hears `state`.
    fn hears(&self, state: &str) {
        let mut bytes = [0; 256];
        loop {
            let length = self.told.recv(&mut bytes).unwrap();
            if &bytes[..length] == state.as_bytes() {
                return;
            }
        }
    }

    /// Waits until the log says `words`; gives that line.
    fn says(&mut self, words: &str) -> String {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert_ne!(self.log.read_line(&mut line).unwrap(), 0, "it ended without {words}");
        }
        line
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Status and body of an answer.
    fn get(&self, path: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: press.example\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Asks it to end; its exit code and the rest of its log.
    fn end(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        self.hears("STOPPING=1");
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

#[test]
fn it_starts_reports_and_ends_in_order() {
    let (daemon, world) = Daemon::of(World::new(), &[]);
    assert_eq!(daemon.get("/healthz"), (200, "alive\n".into()));
    assert_eq!(daemon.get("/readyz"), (200, "ready\n".into()));
    daemon.hears("WATCHDOG=1");
    let refused = world.command(&["run"]);
    assert!(crate::world::stderr(&refused).contains("in use by another pressroom"));
    let (code, log) = daemon.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("stopping") && log.contains("stopped"), "{log}");
}

#[test]
fn a_new_configuration_is_gone_over_to_and_a_wrong_one_is_not() {
    let (mut daemon, world) = Daemon::of(World::new(), &[]);
    let file = world.path("pressroom.toml");
    let text = fs::read_to_string(&file).unwrap();

    fs::write(&file, text.replace("5 * * * *", "61 * * * *")).unwrap();
    daemon.signal("HUP");
    daemon.says("the configuration is wrong; the old one goes on");
    let line = daemon.says("schedules.publish");
    assert!(line.contains("minute \"61\": expected 0 to 59"), "{line}");
    assert_eq!(daemon.get("/readyz").0, 200);

    fs::write(&file, text.replace("press.db", "other.db")).unwrap();
    daemon.signal("HUP");
    daemon.says("the store is changed by the next start, not by a reload");
    daemon.hears("READY=1");

    let with_another = format!("{text}\n[[feed]]\nname = \"second\"\ntitle = \"Second\"\n");
    fs::write(&file, with_another.replace("\"5 * * * *\"", "\"* * * * * *\"")).unwrap();
    daemon.signal("HUP");
    daemon.hears("RELOADING=1");
    daemon.says("the new configuration is at work");
    daemon.hears("READY=1");
    // Published every second now, and served by those who took over.
    while daemon.get("/feeds/second.rss").0 != 200 {
        daemon.hears("WATCHDOG=1");
    }
    assert_eq!(daemon.end().0, Some(0));
}

#[test]
fn figures_are_named_described_and_typed_as_prometheus_reads_them() {
    let (daemon, _world) = Daemon::of(World::new(), &[]);
    let (status, page) = daemon.get("/metrics");
    assert_eq!(status, 200);
    let mut described = std::collections::BTreeSet::new();
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# ") {
            let (keyword, rest) = rest.split_once(' ').unwrap();
            let (name, rest) = rest.split_once(' ').unwrap();
            assert!(keyword == "HELP" || ["gauge", "counter"].contains(&rest), "{line}");
            assert_eq!(rest == "counter", keyword == "TYPE" && name.ends_with("_total"), "{line}");
            described.insert(name.to_owned());
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let name = sample.split('{').next().unwrap();
        assert!(described.contains(name), "{line}: not described before");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line}");
        value.parse::<f64>().unwrap();
    }
    for name in [
        "pressroom_ready 1",
        "pressroom_schedules_late 0",
        "pressroom_schedule_lateness_seconds 0",
        "pressroom_deliveries{state=\"unknown\"} 0",
        "pressroom_outbox_age_seconds 0",
        "pressroom_sources{health=\"fine\"} 1",
        "pressroom_sources{health=\"failing\"} 0",
        "pressroom_articles 0",
        "pressroom_store_size_bytes ",
        "pressroom_store_log_bytes ",
        "pressroom_store_oldest_snapshot_seconds 0",
        "pressroom_slots_last_day{decision=\"skipped\"} ",
    ] {
        assert!(page.contains(&format!("\n{name}")), "{name} is missing:\n{page}");
    }
}

#[test]
fn a_process_does_what_its_roles_say() {
    let fetcher = World::new().with("[daemon]\nroles = [\"fetcher\"]\n");
    let config = fetcher.config();
    assert_eq!(config.daemon.roles, [pressroom::schedule::Role::Fetcher]);
    let (daemon, _world) = Daemon::of(fetcher, &["--roles", "web,mailer"]);
    assert_eq!(daemon.get("/healthz").0, 200);
    let (code, log) = daemon.end();
    assert_eq!(code, Some(0));
    assert!(log.contains("started schedules=1"), "only deliver: {log}");
}

#[test]
fn a_frozen_daemon_is_silent_and_says_so_when_it_thaws() {
    let (daemon, _world) = Daemon::of(World::new(), &[]);
    daemon.hears("WATCHDOG=1");
    daemon.signal("STOP");
    let mut bytes = [0; 64];
    daemon.told.set_nonblocking(true).unwrap();
    while daemon.told.recv(&mut bytes).is_ok() {}
    daemon.told.set_nonblocking(false).unwrap();
    assert!(daemon.told.set_read_timeout(Some(Duration::from_millis(1500))).is_ok());
    assert!(daemon.told.recv(&mut bytes).is_err(), "the supervisor hears nothing, and would act");
    daemon.told.set_read_timeout(Some(PATIENCE)).unwrap();
    daemon.signal("CONT");
    daemon.hears("WATCHDOG=1");
    assert_eq!(daemon.end().0, Some(0));
}

#[test]
fn logs_are_text_or_one_json_object_a_line() {
    let (daemon, _world) = Daemon::of(World::new(), &["--log-format", "json"]);
    let (_, log) = daemon.end();
    let events: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().any(|event| event["message"] == "stopped"), "{log}");
    assert!(
        events.iter().all(|event| event["timestamp"].is_string() && event["level"].is_string())
    );
}
