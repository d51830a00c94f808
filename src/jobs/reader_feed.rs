//! A reader's choices as a feed: made and ended on the reader's own page, read by whoever has its name.
//!
//! The name is 64 random digits and the Feed's id; only a hash of it is kept. What the reader chooses later holds for the feed
//! as well, and leaving the list does not end it: a feed may be what somebody wants instead of mail.

use std::fmt::Write as _;

use thiserror::Error;

use super::subscribe::{self, SubscribeError};
use super::{Context, publish};
use crate::domain::{Digest, Feed, FeedFormat, FeedId, Site, Spent, Subscriber, Token};
use crate::render::{self, Page};
use crate::store::{StoreError, articles, reader_feeds, subscribers};

/// Why a feed cannot be read.
#[derive(Debug, Error)]
pub enum ReaderFeedError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not every reader would take it.
    #[error("{0}")]
    Refused(String),
}

/// Digits of a name.
const NAME: usize = 64;
/// More than comes in between two looks.
const LIMIT: usize = 50;

/// Gives the reader behind the link a feed under a new name; one that there was ends.
pub async fn open(context: &Context, token: &str) -> Result<FeedId, SubscribeError> {
    let (digest, address) = subscribe::opened(context, token)?;
    let name = name()?;
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    subscribers::get(conn, &digest, &address).await?.ok_or(Spent)?;
    reader_feeds::put(conn, &hash(&name), &digest, &address).await?;
    tx.commit().await?;
    Ok(name)
}

/// Ends the feed of the reader behind the link.
pub async fn close(context: &Context, token: &str) -> Result<(), SubscribeError> {
    let (digest, address) = subscribe::opened(context, token)?;
    let mut tx = context.store.begin().await?;
    reader_feeds::end(&mut tx.conn(), &digest, &address).await?;
    Ok(tx.commit().await?)
}

/// Whether `subscriber` has one.
pub async fn is_open(context: &Context, subscriber: &Subscriber) -> Result<bool, StoreError> {
    let mut lease = context.store.read().await?;
    reader_feeds::has_one(&mut lease.conn(), &subscriber.digest, &subscriber.address).await
}

/// Where the feed of this name is read in `format`.
pub fn address(context: &Context, name: &FeedId, format: FeedFormat) -> String {
    format!("{}feeds/{name}.{}", context.site.public_url, format.extension())
}

/// The Digest whose reader has the feed of this name, and the reader.
pub async fn owner<'c>(
    context: &'c Context,
    name: &FeedId,
) -> Result<Option<(&'c Digest, Subscriber)>, StoreError> {
    if name.as_str().len() != NAME {
        return Ok(None);
    }
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let Some((id, address)) = reader_feeds::owner(conn, &hash(name)).await? else {
        return Ok(None);
    };
    let Some(reader) = subscribers::get(conn, &id, &address).await? else { return Ok(None) };
    let zoned = context.digests.iter().find(|zoned| zoned.digest.id == id);
    Ok(zoned.map(|zoned| (&zoned.digest, reader)))
}

/// The feed of this name, as bytes that every reader will accept.
pub async fn read(
    context: &Context,
    name: &FeedId,
    format: FeedFormat,
) -> Result<Option<Vec<u8>>, ReaderFeedError> {
    let Some((digest, reader)) = owner(context, name).await? else { return Ok(None) };
    let mut lease = context.store.read().await?;
    let (selection, now) = (&digest.selection, context.clock.now());
    let articles = articles::newest(&mut lease.conn(), selection, now, LIMIT, |stored| {
        reader.choices.keep(&stored.article.tags, Some(&stored.source))
    })
    .await?;
    drop(lease);
    let feed = Feed { id: name.clone(), limit: LIMIT, ..digest.feed() };
    // A hub would have to be told the name.
    let site = Site { hub: None, ..context.site.clone() };
    let entries = publish::entries_of(&articles, &[]);
    let bytes = render::feed(format, &feed, &site, &entries, Page::ONLY);
    publish::judge(context, render::self_url(&feed, format, &site), &bytes)
        .map_err(|refused| ReaderFeedError::Refused(refused.to_string()))?;
    Ok(Some(bytes))
}

fn hash(name: &FeedId) -> String {
    Token::read(name.as_str()).hash()
}

fn name() -> Result<FeedId, SubscribeError> {
    let random = subscribe::random()?;
    let name = random.iter().fold(String::with_capacity(NAME), |mut name, byte| {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    });
    Ok(FeedId::new(&name).expect("64 hexadecimal digits are a name"))
}
