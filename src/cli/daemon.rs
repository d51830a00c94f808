//! `pressroom daemon`: works by schedule until told to stop; reads its configuration anew when told to.

use std::path::{Path, PathBuf};

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::Ending;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::schedule::Role;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// What this process does of all there is to do, instead of what the configuration says: web, scheduler, fetcher, mailer
    #[arg(long, value_name = "ROLE", value_delimiter = ',', value_parser = Role::parse)]
    roles: Vec<Role>,
    /// Begin although other processes on the same store work by other definitions: a new configuration is being rolled out
    #[arg(long = "roll-out")]
    is_rollout: bool,
}

impl Options {
    fn load(&self, file: &Path) -> anyhow::Result<Config> {
        let mut config = Config::load(file)?;
        config.daemon.is_rollout = self.is_rollout;
        if !self.roles.is_empty() {
            config.daemon.roles.clone_from(&self.roles);
        }
        Ok(config)
    }
}

pub(super) async fn run(file: &Path, options: Options, clock: Clock) -> anyhow::Result<Ending> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hangup = signal(SignalKind::hangup())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        tracing::info!("stopping");
    };
    let config = options.load(file)?;
    for remark in &config.remarks {
        tracing::warn!("{}", remark.message);
    }
    let app = App::open(&config, clock).await?;
    let (sender, configs) = mpsc::channel(1);
    let reading = tokio::spawn(read_again(file.to_owned(), options, hangup, sender));
    Box::pin(app.daemon_reloading(stop, configs)).await?;
    reading.abort();
    Ok(Ending::Done)
}

/// Reads the configuration at each hangup, and passes on what is right.
async fn read_again(
    file: PathBuf,
    options: Options,
    mut hangup: Signal,
    configs: mpsc::Sender<Config>,
) {
    while hangup.recv().await.is_some() {
        match options.load(&file) {
            Ok(config) => {
                if configs.send(config).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!("the configuration is wrong; the old one goes on\n{error}");
            }
        }
    }
}
