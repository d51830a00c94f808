//! `pressroom daemon`: works by schedule until told to stop.

use tokio::signal::unix::{SignalKind, signal};

use super::Ending;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;

pub(super) async fn run(config: &Config, clock: Clock) -> anyhow::Result<Ending> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        tracing::info!("stopping");
    };
    let app = App::open(config, clock).await?;
    app.daemon(stop).await?;
    Ok(Ending::Done)
}
