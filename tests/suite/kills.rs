//! Kills in the middle of a run, several processes on one store, and a store that is away for a while. F10 of the fault plan
//! as far as a suite has time for it; `PRESSROOM_KILLS=100 PRESSROOM_READERS=1500` makes it the whole.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use pressroom::app::App;
use pressroom::clock::Clock;
use pressroom::config::Config;
use pressroom::domain::DeliveryState;
use pressroom::jobs::{Report, deliver};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::delivery::{compose, message_id};
use crate::mail_server::{Server, in_state, readers, subscribe, world};
use crate::world::{World, on_postgres};

const CONNECTIONS: usize = 4;
/// Each kill meets a mail on every connection, between the server's having read it and its answer.
const SLOWNESS: Duration = Duration::from_millis(20);

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn start(world: &World) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pressroom"))
        .args(["--config", world.path("pressroom.toml").to_str().unwrap(), "run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the server has read `count` mails or `child` has ended; whether it still runs.
fn until_taken(server: &Server, count: usize, child: &mut Child) -> bool {
    while server.taken() < count {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Runs over and over, `at_once` processes beside one another, and kills each of them in the midst of its work.
fn run_and_kill(
    world: &World,
    server: &Server,
    kills: usize,
    at_once: usize,
    count: usize,
) -> usize {
    world.config_file();
    let (mut killed, each) = (0, count / (kills / at_once + 2));
    while killed < kills {
        let goal = server.taken() + each.max(CONNECTIONS);
        let mut children: Vec<Child> = (0..at_once).map(|_| start(world)).collect();
        let mut any = false;
        for (number, child) in children.iter_mut().enumerate() {
            any |= until_taken(server, goal + number * 3, child);
            // The phase of the kill moves on by a prime.
            std::thread::sleep(Duration::from_millis(killed as u64 * 7 % 23));
            killed += usize::from(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
            child.wait().unwrap();
        }
        if at_once > 1 {
            // A minute later, what the dead had claimed is anybody's.
            world.sql("UPDATE delivery_run SET alive_until = 0");
        }
        if !any {
            break;
        }
    }
    assert!(world.command(&["run"]).status.success());
    killed
}

/// Who is reached, who is in doubt, and how many copies there are too many.
fn accounted_for(world: &World, server: &Server, policy: &str, count: usize, killed: usize) {
    let mut copies: HashMap<String, usize> = HashMap::new();
    for mail in server.mails() {
        *copies.entry(message_id(&mail).to_owned()).or_default() += 1;
    }
    let runtime = runtime();
    let unknown = runtime.block_on(in_state(world, DeliveryState::Unknown)).len();
    let sent = runtime.block_on(in_state(world, DeliveryState::Sent)).len();
    let extra: usize = copies.values().map(|count| count - 1).sum();
    eprintln!(
        "{policy}: {killed} kills, {count} readers: {sent} sent, {unknown} in doubt, {} reached, {extra} extra copies",
        copies.len()
    );
    assert_eq!(sent + unknown, count, "{policy}: everyone is accounted for");
    let (lost, most) = (count - copies.len(), killed * CONNECTIONS);
    let met = unknown + extra;
    assert!(
        met >= killed,
        "{policy}: {met} in flight at {killed} kills: they do not meet the work"
    );
    if policy == "hold" {
        assert_eq!(extra, 0, "hold sends nothing twice");
        assert!(unknown <= most, "{unknown} in doubt after {killed} kills");
        assert!(lost <= unknown, "{lost} lost, of whom only {unknown} are listed");
    } else {
        assert_eq!(lost, 0, "nobody is lost");
        assert!(extra + unknown <= most, "{extra} extra copies after {killed} kills");
    }
}

/// Kills `at_once` processes at a time.
fn kills_lose_nobody(usual: (usize, usize), at_once: usize) {
    let (kills, count) =
        (setting("PRESSROOM_KILLS", usual.0), setting("PRESSROOM_READERS", usual.1));
    for policy in ["resend", "hold"] {
        let runtime = runtime();
        let server = runtime.block_on(Server::slow(&[], SLOWNESS));
        let world = world(&server, policy, &format!("connections = {CONNECTIONS}"));
        runtime.block_on(subscribe(&world, readers(count)));
        // The Edition is composed once, at the time of the processes, so that each of them begins with the mail.
        world.wait(Clock::System.now() - world.clock.now());
        runtime.block_on(compose(&world));
        let killed = run_and_kill(&world, &server, kills, at_once, count);
        assert!(killed > kills / 2, "{killed} of {kills} kills met a process");
        accounted_for(&world, &server, policy, count, killed);
    }
}

#[test]
fn kills_in_the_middle_lose_nobody() {
    kills_lose_nobody((5, 300), 1);
}

#[test]
fn kills_of_three_processes_on_one_store_lose_nobody() {
    on_postgres(|| kills_lose_nobody((6, 300), 3));
}

/// Passes connections on to a PostgreSQL server's socket as long as it is open.
struct Way {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_shut: AtomicBool,
    /// It shuts behind the next mail that begins.
    is_closing: AtomicBool,
    cut: tokio::sync::Notify,
}

/// As long as a server needs to do what it was asked and cannot answer any more.
const DONE: Duration = Duration::from_millis(50);

impl State {
    /// What is asked, as far as the server; the answer to what closes the way is lost.
    async fn ask(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> std::io::Result<()> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = from.read(&mut buffer).await?;
            let begins = buffer[..count].windows(7).any(|word| word == b"sending");
            if begins && self.is_closing.swap(false, Ordering::SeqCst) {
                self.is_shut.store(true, Ordering::SeqCst);
            }
            to.write_all(&buffer[..count]).await?;
            if count == 0 || self.is_shut.load(Ordering::SeqCst) {
                tokio::time::sleep(DONE).await;
                self.cut.notify_waiters();
                return Ok(());
            }
        }
    }

    async fn answer(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> std::io::Result<()> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = from.read(&mut buffer).await?;
            if count == 0 {
                return Ok(());
            }
            if !self.is_shut.load(Ordering::SeqCst) {
                to.write_all(&buffer[..count]).await?;
            }
        }
    }

    async fn pass_on(&self, here: TcpStream, there: UnixStream) {
        let (asking, answered) = here.into_split();
        let (answering, asked) = there.into_split();
        tokio::select! {
            _ = self.ask(asking, asked) => {}
            _ = self.answer(answering, answered) => {}
            () = self.cut.notified() => {}
        }
    }
}

impl Way {
    async fn to(socket: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                if !shared.is_shut.load(Ordering::SeqCst) {
                    let there = UnixStream::connect(&socket).await.unwrap();
                    let state = shared.clone();
                    tokio::spawn(async move { state.pass_on(here, there).await });
                }
            }
        });
        Self { port, state }
    }

    /// Shuts the way for a while as soon as a mail begins: the server writes that down, and nobody hears of it.
    async fn shut_for(&self, time: Duration) {
        self.state.is_closing.store(true, Ordering::SeqCst);
        while self.state.is_closing.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(time).await;
        self.state.is_shut.store(false, Ordering::SeqCst);
    }
}

#[test]
fn a_database_that_is_away_in_the_middle_costs_nobody_a_mail() {
    on_postgres(|| {
        let count = 200;
        runtime().block_on(async {
            let server = Server::slow(&[], SLOWNESS).await;
            let world = world(&server, "hold", &format!("connections = {CONNECTIONS}"));
            subscribe(&world, readers(count)).await;
            compose(&world).await;
            let (app, way) = by_the_way(&world).await;
            let context = app.context().clone();
            let work = tokio::spawn(async move {
                let mut report = Report::default();
                deliver::deliver(&context, &mut report).await;
                report
            });
            for taken in [count / 4, count / 2] {
                while server.taken() < taken && !work.is_finished() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let shut = way.shut_for(Duration::from_secs(1));
                timeout(Duration::from_mins(1), shut).await.expect("a mail begins");
            }
            let report = work.await.unwrap();
            eprintln!("{} sent, failures {:?}", report.count(DeliveryState::Sent), report.failures);
            // What could not be claimed while it was away is claimed by the next run.
            world.wait(TimeDelta::minutes(2));
            let mut rest = Report::default();
            deliver::deliver(app.context(), &mut rest).await;
            app.close().await;
            assert_eq!(in_state(&world, DeliveryState::Sent).await.len(), count);
            assert_eq!(server.taken(), count, "each once");
        });
    });
}

/// The world's parts, whose way to the database can be cut.
async fn by_the_way(world: &World) -> (App, Way) {
    let config = fs::read_to_string(world.config_file()).unwrap();
    let host = config.split("host=").nth(1).unwrap().split(['&', '"']).next().unwrap().to_owned();
    let way = Way::to(format!("{host}/.s.PGSQL.5432")).await;
    let config = config
        .replace("@localhost/", &format!("@127.0.0.1:{}/", way.port))
        .replace(&format!("host={host}"), "sslmode=disable");
    fs::write(world.path("by-the-way.toml"), config).unwrap();
    let config = Config::load(&world.path("by-the-way.toml")).unwrap();
    let clock: Clock = world.clock.clone();
    (App::open(&config, clock).await.unwrap(), way)
}

#[test]
fn three_daemons_share_a_list_and_nobody_gets_it_twice() {
    on_postgres(|| {
        let runtime = runtime();
        let server = runtime.block_on(Server::start(&[]));
        let world = world(&server, "hold", &format!("connections = {CONNECTIONS}"));
        runtime.block_on(async {
            subscribe(&world, readers(400)).await;
            compose(&world).await;
            let apps = [world.open().await, world.open().await, world.open().await];
            let mut reports = [Report::default(), Report::default(), Report::default()];
            let [first, second, third] = &mut reports;
            tokio::join!(
                deliver::deliver(apps[0].context(), first),
                deliver::deliver(apps[1].context(), second),
                deliver::deliver(apps[2].context(), third),
            );
            let sent = reports.each_ref().map(|report| report.count(DeliveryState::Sent));
            assert_eq!(sent.iter().sum::<usize>(), 400, "{sent:?}");
            assert!(sent.iter().filter(|count| **count > 0).count() > 1, "they share: {sent:?}");
            assert!(reports.iter().all(|report| report.failures.is_empty()), "{reports:?}");
            let mut ids: Vec<String> =
                server.mails().iter().map(|mail| message_id(mail).to_owned()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!((ids.len(), server.mails().len()), (400, 400), "each once");
            for app in apps {
                app.close().await;
            }
        });
    });
}
