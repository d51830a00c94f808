//! The daemon: an ordered start, work by schedule, other configurations on the way, an ordered end.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;

use super::App;
use super::notify::Notify;
use super::pen::reloads;
use super::serving::Serving;
use crate::config::Config;
use crate::jobs::nodes::Node;
use crate::jobs::{Vitals, maintain};
use crate::schedule::{Pace, Planned, Role, Runner};

impl App {
    /// Works by schedule until `stop` comes; then work under way ends, and the store is closed last.
    pub async fn daemon(&self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let (_nobody, configs) = mpsc::channel(1);
        self.daemon_reloading(stop, configs).await
    }

    /// The same, going over to each of `configs` as it comes.
    pub async fn daemon_reloading(
        &self,
        stop: impl Future<Output = ()>,
        mut configs: mpsc::Receiver<Config>,
    ) -> anyhow::Result<()> {
        let notify = Notify::to(self.daemon.supervisor.socket.as_deref());
        let heard = notify.clone();
        let vitals = Vitals::new(move || heard.say("WATCHDOG=1"));
        let mut context = self.context.clone();
        let (reload, mut asked) = reloads();
        let mut serving = self.serve(&mut context, &vitals, reload)?;
        let plans = self.own_plans();
        tokio::pin!(stop);
        // Answering over HTTP goes on meanwhile; nothing else begins.
        tokio::select! {
            () = &mut stop => return self.end(serving).await,
            joined = self.node.join(&context, self.daemon.is_rollout) => joined?,
        }
        maintain::hold_reserve(&context).await;
        tracing::info!(schedules = plans.len(), "started");
        let mut runner = Runner::load(&context, plans, vitals.clone(), self.pace()).await?;
        vitals.set_ready(true);
        notify.say("READY=1");
        let mut node = self.node.clone();
        loop {
            let life = node.live(&context);
            let event = async {
                tokio::select! {
                    () = &mut stop => None,
                    never = life => match never {},
                    Some(config) = configs.recv() => Some((Ok(config), None)),
                    Some(answer) = asked.recv() => Some((self.read_again(), Some(answer))),
                }
            };
            let Some((config, answer)) = Box::pin(runner.until(event)).await else { break };
            notify.say("RELOADING=1");
            let renewed = match config {
                Ok(config) => self.go_over(&config, &mut runner, serving.as_mut()).await,
                Err(error) => Err(anyhow::anyhow!(error)),
            };
            let heard = renewed.as_ref().map(|_| ()).map_err(|error| format!("{error:#}"));
            if let Some(answer) = answer {
                // Whoever asked may have gone.
                let _ = answer.send(heard);
            }
            match renewed {
                Ok(renewed) => {
                    tracing::info!("the new configuration is at work");
                    node = renewed;
                }
                Err(error) => {
                    tracing::error!(%error, "the new configuration cannot be put to work; the old one goes on");
                }
            }
            notify.say("READY=1");
        }
        vitals.set_ready(false);
        notify.say("STOPPING=1");
        runner.drain().await;
        self.end(serving).await
    }

    /// Ends what answers over HTTP, takes leave of the other nodes, and closes the store last.
    async fn end(&self, serving: Option<Serving>) -> anyhow::Result<()> {
        let served = match serving {
            Some(serving) => serving.end().await,
            None => Ok(()),
        };
        if let Err(error) = self.node.leave(&self.context).await {
            tracing::warn!(%error, "the other nodes could not be told that this one ends");
        }
        self.close().await;
        tracing::info!("stopped");
        served
    }

    /// Builds the parts anew as `config` says, and goes over to them at once; what this node is to the others then.
    async fn go_over(
        &self,
        config: &Config,
        runner: &mut Runner,
        serving: Option<&mut Serving>,
    ) -> anyhow::Result<Node> {
        let next = Self::assemble(
            config,
            self.context.clock.clone(),
            self.context.store.clone(),
            self.context.reader_key.clone(),
        )?;
        if next.place != self.place {
            tracing::warn!("the store is changed by the next start, not by a reload");
        }
        let pace = next.pace();
        let plans = next.own_plans();
        let mut context = next.context.clone();
        // What is at work already stays one: the word to end reaches everything.
        context.halt = self.context.halt.clone();
        if let Some(serving) = serving {
            serving.go_over(&next, &mut context)?;
        }
        runner.replace(&context, plans, pace).await?;
        Ok(self.node.working_as(&next.node))
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.daemon.roles.contains(&role)
    }

    /// The schedules of this process's roles.
    fn own_plans(&self) -> Vec<Planned> {
        self.plans.iter().filter(|planned| self.has(planned.work.role())).cloned().collect()
    }

    fn pace(&self) -> Pace {
        let usual = Pace::default();
        // Twice in the time after which the supervisor gives us up, as sd_watchdog_enabled(3) advises.
        let watched = self.daemon.supervisor.watchdog.map(|limit| limit / 2);
        let longest_sleep = watched.unwrap_or(usual.longest_sleep).min(usual.longest_sleep);
        Pace {
            longest_sleep: longest_sleep.max(Duration::from_millis(100)),
            grace: self.daemon.grace,
        }
    }
}
