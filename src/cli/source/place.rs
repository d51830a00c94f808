//! `pressroom source place`: says where a field of a source stands, shows on kept documents what is different then, and writes
//! it into the configuration.

use std::path::Path;

use clap::Args;

use crate::app::{App, UnknownName};
use crate::cli::{Ending, Usage, replay, say};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::domain::{Placement, Way};
use crate::jobs::desk::mend;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// The source's name
    source: String,
    /// title, lead, author, published, updated, tags, body; or remove, for what is taken out before anything is looked for
    field: String,
    #[command(flatten)]
    rule: Rule,
    /// The id of the script that a pointer points into
    #[arg(long = "in", value_name = "ID", requires = "json")]
    script: Option<String>,
    /// Show the difference and the block, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Rule {
    /// By a CSS selector
    #[arg(long, value_name = "SELECTOR")]
    css: Option<String>,
    /// By a pointer into the JSON of a script
    #[arg(long, value_name = "POINTER")]
    json: Option<String>,
    /// By a regular expression, whose first group counts
    #[arg(long, value_name = "PATTERN")]
    regex: Option<String>,
}

pub(super) async fn run(file: &Path, clock: Clock, options: &Options) -> anyhow::Result<Ending> {
    let config = Config::load(file)?;
    let known: Vec<&str> = config.sources.iter().map(|plan| plan.source.id.as_str()).collect();
    let source = config.sources.iter().find(|plan| plan.source.id.as_str() == options.source);
    let source = &source.ok_or_else(|| UnknownName::new(&options.source, &known))?.source;
    let placement = options.placement()?;
    let app = App::open_read_only(&config, clock).await?;
    let tried = mend::trial(app.context(), source, &placement).await;
    app.close().await;
    say(&replay::told(source.id.as_str(), &tried?))?;
    if options.dry_run {
        say(&format!("\n{}", config::field_block(&placement)))?;
        return Ok(Ending::Done);
    }
    config::place_field(file, &source.id, &placement)?;
    let name = &options.source;
    say(&format!(
        "\nwritten to {}; a daemon takes it up at SIGHUP, and `pressroom replay {name} --apply` makes it so for what is stored\n",
        file.display()
    ))?;
    Ok(Ending::Done)
}

impl Options {
    fn placement(&self) -> Result<Placement, Usage> {
        let Rule { css, json, regex } = &self.rule;
        let ways = [(Way::Css, css), (Way::Json, json), (Way::Regex, regex)];
        let said = ways.into_iter().find_map(|(way, rule)| Some((way, rule.as_ref()?)));
        let (way, rule) = said.ok_or_else(|| Usage("say where it stands: --css …".to_owned()))?;
        let script = self.script.as_deref().unwrap_or_default();
        Placement::read(&self.field, way.as_str(), rule, script)
            .map_err(|error| Usage(error.to_string()))
    }
}
