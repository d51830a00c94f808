//! The HTTP server: what it serves, its start and its end.

use std::collections::HashMap;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::App;
use crate::domain::{Feed, FeedFormat, INDEX, Site};
use crate::http::{self, Errands, HttpError, Port};
use crate::jobs::desk::mend::{Pen, Reload};
use crate::jobs::{self, Context, Vitals};
use crate::publish::Shelf;
use crate::schedule::Role;

/// What stays when one server follows another.
struct Lasting {
    port: Port,
    shelf: Shelf,
    vitals: Vitals,
    pen: Pen,
    errands: Errands,
}

/// The server at work; those before it may still end what they began.
pub(super) struct Serving {
    lasting: Lasting,
    stop: oneshot::Sender<()>,
    servers: JoinSet<Result<(), HttpError>>,
}

impl Serving {
    /// Goes over to what `app` serves; from then on `context` publishes onto the same shelf as before.
    pub fn go_over(&mut self, app: &App, context: &mut Context) -> anyhow::Result<()> {
        let lasting = &mut self.lasting;
        if app.listen.is_some_and(|listen| listen != lasting.port.address()) {
            tracing::warn!("http.listen is changed by the next start, not by a reload");
        }
        (context.publisher, lasting.shelf) = context.publisher.clone().sharing(&lasting.shelf)?;
        let server = app.server(lasting, context)?;
        // The one before ends by it.
        self.stop = run(server, &mut self.servers);
        Ok(())
    }

    /// Lets what is under way end.
    pub async fn end(mut self) -> anyhow::Result<()> {
        drop(self.stop);
        while let Some(ended) = self.servers.join_next().await {
            ended??;
        }
        self.lasting.errands.end().await;
        Ok(())
    }
}

fn run(server: http::Server, servers: &mut JoinSet<Result<(), HttpError>>) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    servers.spawn(server.run(async move {
        // Sent or dropped: either way it is to end.
        let _ = stopped.await;
    }));
    stop
}

impl App {
    /// Starts the HTTP server, where one is wanted; from then on `context` publishes onto its shelf.
    pub(super) fn serve(
        &self,
        context: &mut Context,
        vitals: &Vitals,
        reload: Reload,
    ) -> anyhow::Result<Option<Serving>> {
        let Some(listen) = self.listen.filter(|_| self.has(Role::Web)) else { return Ok(None) };
        let (publisher, shelf) = context.publisher.clone().serving()?;
        context.publisher = publisher;
        let (port, vitals, pen) = (Port::take(listen)?, vitals.clone(), self.pen(reload));
        let lasting = Lasting { port, shelf, vitals, pen, errands: Errands::default() };
        let server = self.server(&lasting, context)?;
        tracing::info!(address = %lasting.port.address(), "serving");
        let mut servers = JoinSet::new();
        let stop = run(server, &mut servers);
        Ok(Some(Serving { lasting, stop, servers }))
    }

    fn server(&self, lasting: &Lasting, context: &Context) -> anyhow::Result<http::Server> {
        let own = context.digests.iter().map(|zoned| zoned.digest.feed());
        let feeds: Vec<Feed> = context.feeds.iter().cloned().chain(own).collect();
        let files = served_files(&feeds, &context.site);
        let schedules = self.plans.iter().map(|planned| planned.name.clone()).collect();
        let watched = http::Watched { vitals: lasting.vitals.clone(), schedules };
        let (proxies, bounce_hook) = (self.proxies.clone(), self.bounce_hook.clone());
        let (door, pen, errands) =
            (self.door.clone(), lasting.pen.clone(), lasting.errands.clone());
        let settings = http::Settings { files, watched, proxies, bounce_hook, door, pen, errands };
        Ok(http::Server::on(&lasting.port, settings, lasting.shelf.clone(), context.clone())?)
    }
}

/// Every file of every feed with what it is served with.
fn served_files(feeds: &[Feed], site: &Site) -> HashMap<String, http::File> {
    let max_age = |feed: &Feed| feed.interval.unwrap_or(60) * 60;
    let hub = site.hub.iter().map(|hub| ("hub", hub.to_string()));
    let mut files = HashMap::new();
    for feed in feeds {
        for format in &feed.formats {
            let own = ("self", jobs::publish::address(feed, *format, site));
            let file = http::File {
                media_type: media_type(*format),
                max_age: max_age(feed),
                links: std::iter::once(own).chain(hub.clone()).collect(),
            };
            files.insert(feed.file_name(*format), file);
        }
    }
    let max_age = feeds.iter().map(max_age).min().unwrap_or(3600);
    let index = http::File { media_type: "text/x-opml; charset=utf-8", max_age, links: Vec::new() };
    files.insert(INDEX.to_owned(), index);
    files
}

/// With the charset, since older readers take `application/*+xml` without one for something else.
fn media_type(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "application/rss+xml; charset=utf-8",
        FeedFormat::Atom => "application/atom+xml; charset=utf-8",
        FeedFormat::Json => "application/feed+json",
    }
}
