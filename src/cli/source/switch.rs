//! `pressroom source pause` and `resume`: small changes, made beside a daemon that is at work.

use clap::Args;

use super::super::{Ending, say};
use crate::app::{self, UnknownName};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{SourceId, Standing};
use crate::jobs::health;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// Names of sources
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
}

pub(super) async fn pause(
    config: &Config,
    clock: &Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    let sources = known(config, options)?;
    let store = app::open_store_beside(config).await?;
    let new = Standing::new(app::manners(config).pace, clock.now());
    for source in &sources {
        health::pause(&store, source, &new).await?;
        say(&format!("{source} is paused; `pressroom source resume {source}` reads it again.\n"))?;
    }
    store.close().await;
    Ok(Ending::Done)
}

pub(super) async fn resume(config: &Config, options: &Options) -> anyhow::Result<Ending> {
    let sources = known(config, options)?;
    let store = app::open_store_beside(config).await?;
    for source in &sources {
        health::resume(&store, source).await?;
        say(&format!("{source} is read again, from the next time on.\n"))?;
    }
    store.close().await;
    Ok(Ending::Done)
}

fn known(config: &Config, options: &Options) -> Result<Vec<SourceId>, UnknownName> {
    let ids: Vec<&SourceId> = config.sources.iter().map(|plan| &plan.source.id).collect();
    let names: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    let find = |name: &String| {
        let found = ids.iter().find(|id| id.as_str() == name);
        found.map(|id| (*id).clone()).ok_or_else(|| UnknownName::new(name, &names))
    };
    options.sources.iter().map(find).collect()
}
