//! `pressroom restore FILE`: a backup becomes the store; what was there is set aside.

use std::path::PathBuf;

use clap::Args;

use super::{Ending, say};
use crate::app;
use crate::config::Config;
use crate::jobs::keeping;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// A file that `pressroom backup` wrote
    file: PathBuf,
}

pub(super) async fn run(config: &Config, options: &Options) -> anyhow::Result<Ending> {
    let place = app::place(config);
    let aside = keeping::restore(&place, &options.file).await?;
    say(&format!("{place} is now what {} holds\n", options.file.display()))?;
    if let Some(aside) = aside {
        say(&format!("what was there is {} now; delete it when you are sure\n", aside.display()))?;
    }
    Ok(Ending::Done)
}
