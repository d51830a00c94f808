//! `pressroom backup FILE`: the store as one file, while the daemon works.

use std::path::PathBuf;

use clap::Args;

use super::{Ending, say};
use crate::app;
use crate::config::Config;
use crate::jobs::keeping;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

pub(super) async fn run(config: &Config, options: &Options) -> anyhow::Result<Ending> {
    let size = keeping::backup(&app::place(config), &options.file).await?;
    say(&format!(
        "{}: {} KiB, looked through and whole; `pressroom restore` takes it\n",
        options.file.display(),
        size.div_ceil(1024)
    ))?;
    Ok(Ending::Done)
}
