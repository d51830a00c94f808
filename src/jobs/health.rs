//! How sources are doing: tells the operator once when one breaks and once when it works again, and does what he says.

use super::{Context, Report};
use crate::domain::{
    Delivery, Language, Locale, Message, MessageId, MessageKind, News, Source, SourceId, Standing,
};
use crate::render;
use crate::store::{Store, StoreError, outbox, standings};

/// Tells the operator what has changed since he was last told. The mail and that he was told are written together.
pub async fn tell(context: &Context, report: &mut Report) {
    if let Err(error) = notice(context).await {
        report.fail("telling how sources are doing", &error);
    }
}

async fn notice(context: &Context) -> Result<(), StoreError> {
    let is_any = {
        let mut lease = context.store.read().await?;
        standings::has_news(&mut lease.conn()).await?
    };
    if !is_any {
        return Ok(());
    }
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let stood = standings::all(conn).await?;
    let mut news = Vec::new();
    for source in &context.sources {
        let Some(standing) = stood.get(&source.id).map(|stood| &stood.standing) else { continue };
        if standing.is_news() {
            standings::tell(conn, &source.id, standing.health).await?;
            news.push(of(source, standing));
        }
    }
    if let Some(operator) = context.operator.as_ref().filter(|_| !news.is_empty()) {
        let message = message(context, &news);
        let delivery = Delivery::new(message.id, operator.clone(), now, context.mailer.domain());
        outbox::insert_message(conn, &message, now).await?;
        outbox::fan_out(conn, &[delivery], now).await?;
    }
    tx.commit().await?;
    news.iter().for_each(log);
    Ok(())
}

fn of(source: &Source, standing: &Standing) -> News {
    News {
        source: source.id.clone(),
        health: standing.health,
        since: standing.since,
        reason: standing.reason.clone(),
    }
}

fn log(news: &News) {
    let (source, health) = (news.source.as_str(), news.health.as_str());
    if let Some(reason) = &news.reason {
        tracing::warn!(source, health, reason, "a source broke");
    } else {
        tracing::info!(source, health, "a source works again");
    }
}

fn message(context: &Context, news: &[News]) -> Message {
    let language = context.digests.first().map(|zoned| zoned.digest.language.clone());
    let locale = language.as_ref().map_or(Locale::English, Locale::of);
    let rendered = render::notice(news, &context.site.title, locale);
    Message {
        id: id(news),
        kind: MessageKind::Notice,
        subject: rendered.subject,
        language: language.unwrap_or_else(Language::english),
        text: rendered.text,
        html: rendered.html,
        list: None,
    }
}

/// The same news make the same Message.
fn id(news: &[News]) -> MessageId {
    let parts: Vec<String> = news
        .iter()
        .map(|one| format!("{} {} {}", one.source, one.health.as_str(), one.since))
        .collect();
    MessageId::derive(&["sources", &parts.join("\n")])
}

/// How every source is doing, the worst first.
pub async fn list(context: &Context) -> Result<Vec<(Source, Standing)>, StoreError> {
    let mut lease = context.store.read().await?;
    let mut stood = standings::all(&mut lease.conn()).await?;
    let new = Standing::new(context.manners.pace, context.clock.now());
    let standing = |source: &Source| {
        stood.remove(&source.id).map_or_else(|| new.clone(), |stood| stood.standing)
    };
    let mut all: Vec<(Source, Standing)> = Vec::new();
    let standings: Vec<Standing> = context.sources.iter().map(standing).collect();
    all.extend(context.sources.iter().cloned().zip(standings));
    all.sort_by_key(|(_, standing)| {
        (std::cmp::Reverse((standing.health, standing.strikes)), standing.paused)
    });
    Ok(all)
}

/// Stops reading a source.
pub async fn pause(store: &Store, source: &SourceId, new: &Standing) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    standings::pause(&mut tx.conn(), source, new).await?;
    tx.commit().await
}

/// Reads a source again, from the next pass on: whatever it was, it begins anew, and what it brings is what is usual.
pub async fn resume(store: &Store, source: &SourceId) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    standings::reset(&mut tx.conn(), source).await?;
    tx.commit().await
}
