//! Kills in the middle of a run, and several daemons on one store.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use pressroom::domain::DeliveryState;
use pressroom::jobs::{Report, deliver};

use crate::delivery::{compose, message_id};
use crate::smtp::{Server, in_state, readers, subscribe, world};
use crate::world::{World, on_postgres};

/// Runs `pressroom run` over and over and kills it after a while each time, until a run ends by itself.
fn run_and_kill(world: &World, times: usize, after: impl Fn(usize) -> Duration) -> usize {
    let config = world.config_file();
    let mut killed = 0;
    for turn in 0..times {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pressroom"))
            .args(["--config", config.to_str().unwrap(), "run"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(after(turn));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
    }
    world.command(&["run"]);
    killed
}

/// F10 of the fault plan, as far as a suite has time for it: `PRESSROOM_KILLS` and `PRESSROOM_READERS` make it longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_in_the_middle_lose_nobody() {
    let setting = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (kills, count) = (setting("PRESSROOM_KILLS", 4), setting("PRESSROOM_READERS", 300));
    let connections = 4;
    for policy in ["resend", "hold"] {
        let server = Server::start(&[]).await;
        let more =
            format!("connections = {connections}\nper_second = {}", count * 2 / kills.max(1));
        let world = world(&server, policy, &more);
        subscribe(&world, readers(count)).await;
        let (world, killed) = tokio::task::spawn_blocking(move || {
            let after = |turn: usize| Duration::from_millis(400 + (turn as u64 * 137) % 300);
            let killed = run_and_kill(&world, kills, after);
            (world, killed)
        })
        .await
        .unwrap();
        let mut copies: HashMap<String, usize> = HashMap::new();
        for mail in server.mails() {
            *copies.entry(message_id(&mail).to_owned()).or_default() += 1;
        }
        let unknown = in_state(&world, DeliveryState::Unknown).await.len();
        let sent = in_state(&world, DeliveryState::Sent).await.len();
        let extra: usize = copies.values().map(|count| count - 1).sum();
        eprintln!(
            "{policy}: {killed} kills, {count} readers: {sent} sent, {unknown} in doubt, {} reached, {extra} extra copies",
            copies.len()
        );
        assert!(killed > 0, "the test must kill something");
        assert_eq!(sent + unknown, count, "{policy}: everyone is accounted for");
        let lost = count - copies.len();
        if policy == "hold" {
            assert_eq!(extra, 0, "hold sends nothing twice");
            assert!(unknown <= killed * connections, "{unknown} in doubt after {killed} kills");
            assert!(lost <= unknown, "{lost} lost, of whom only {unknown} are listed");
        } else {
            assert_eq!((lost, unknown), (0, 0), "nobody is lost");
            assert!(extra <= killed * connections, "{extra} extra copies after {killed} kills");
        }
    }
}

#[test]
fn three_daemons_share_a_list_and_nobody_gets_it_twice() {
    on_postgres(|| {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.unwrap();
        let server = runtime.block_on(Server::start(&[]));
        let world = world(&server, "hold", "connections = 4");
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
