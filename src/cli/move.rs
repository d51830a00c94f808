//! `pressroom move --to URL`: the SQLite store into an empty PostgreSQL database.

use clap::Args;

use super::{Ending, Usage, say};
use crate::app;
use crate::config::{Config, StorePlace, postgres_url};
use crate::jobs::keeping;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Where to, without a password: that comes from PGPASSWORD or ~/.pgpass
    #[arg(long, value_name = "postgres://USER@HOST/DATABASE")]
    to: String,
}

pub(super) async fn run(config: &Config, options: &Options) -> anyhow::Result<Ending> {
    let StorePlace::File(_) = &config.store else {
        return Err(Usage("the store is on PostgreSQL already: store.url says so".into()).into());
    };
    let url = postgres_url(&options.to).map_err(|message| Usage(format!("--to: {message}")))?;
    let carried = keeping::carry(&app::place(config), &app::server(url.clone())).await?;
    for table in &carried {
        say(&format!("{:18} {}\n", table.table, table.content))?;
    }
    say(&format!(
        "\nAll of it is there and was compared. Now write url = \"{url}\" in place of path into [store] of {};\n\
         the SQLite file stays as it is.\n",
        config.file.display()
    ))?;
    Ok(Ending::Done)
}
