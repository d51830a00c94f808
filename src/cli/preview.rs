//! `pressroom preview`: a digest's next mail as files to look at; sends and records nothing.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{Ending, Usage, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::EmailAddress;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The digest's name
    digest: String,
    /// Address it as to this reader
    #[arg(long = "for", value_name = "ADDRESS")]
    address: Option<String>,
    /// Write .eml, .html and .txt here; without it the text is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    let address = options.address.as_deref().map(EmailAddress::new).transpose();
    let address = address.map_err(|error| Usage(format!("--for: {error}")))?;
    let app = App::open_read_only(config, clock).await?;
    let (preview, mail) = app.preview(&options.digest, address).await?;
    app.close().await;
    if !preview.is_new {
        eprintln!("Nothing is new since the last edition; the newest articles stand in.");
    }
    let message = &preview.message;
    let Some(directory) = &options.out else {
        say(&format!("Subject: {}\n\n{}", message.subject, message.text))?;
        return Ok(Ending::Done);
    };
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    write(directory, &options.digest, "eml", &mail.bytes)?;
    write(directory, &options.digest, "html", message.html.as_bytes())?;
    write(directory, &options.digest, "txt", message.text.as_bytes())?;
    Ok(Ending::Done)
}

fn write(directory: &Path, name: &str, extension: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let path = directory.join(format!("{name}.{extension}"));
    std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    say(&format!("{}\n", path.display()))?;
    Ok(())
}
