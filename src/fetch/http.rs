//! One page over HTTP, within limits.

use std::error::Error as _;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, redirect};
use url::Url;

use super::{FetchError, Settings, files, guard};
use crate::domain::MediaType;

/// RFC 9110 names no number; browsers stop at 20, and an article that needs more than a few is a loop.
const REDIRECTS: usize = 5;

/// What came back: the address in the end, its type and charset as the server says, and the bytes.
pub(super) struct Fetched {
    pub url: Url,
    pub content_type: String,
    pub charset: Option<String>,
    pub bytes: Vec<u8>,
}

/// A client that keeps to `settings`; never sends cookies or referrers and uses no proxy from the environment.
pub(super) fn client(settings: &Settings, allow_private: bool) -> Result<Client, FetchError> {
    let follow = redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > REDIRECTS {
            return attempt.error(format!("more than {REDIRECTS} redirects"));
        }
        match guard::check(attempt.url(), allow_private) {
            Ok(()) => attempt.follow(),
            Err(refused) => attempt.error(refused),
        }
    });
    // One TLS provider in the process; a second call finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(&settings.user_agent)
        .timeout(settings.timeout)
        .redirect(follow)
        .referer(false)
        .no_proxy();
    if !allow_private {
        builder = builder.dns_resolver(guard::PublicOnly);
    }
    builder.build().map_err(|error| FetchError::Client(chain(&error)))
}

/// Fetches `url`.
pub(super) async fn get(
    client: &Client,
    url: &Url,
    max_bytes: usize,
) -> Result<Fetched, FetchError> {
    let failed =
        |error: reqwest::Error| FetchError::Http { url: url.to_string(), reason: chain(&error) };
    let response = client.get(url.clone()).send().await.map_err(failed)?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status { url: url.to_string(), status: status.as_u16() });
    }
    let (content_type, charset) = content_type(&response);
    let end = response.url().clone();
    Ok(Fetched { url: end, content_type, charset, bytes: body(response, url, max_bytes).await? })
}

/// Reads the body piece by piece: its declared length says nothing about what decompression makes of it.
async fn body(mut response: Response, url: &Url, limit: usize) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    loop {
        let piece = response
            .chunk()
            .await
            .map_err(|error| FetchError::Http { url: url.to_string(), reason: chain(&error) })?;
        let Some(piece) = piece else { return Ok(bytes) };
        if bytes.len() + piece.len() > limit {
            return Err(FetchError::TooLarge { reference: url.to_string(), limit });
        }
        bytes.extend_from_slice(&piece);
    }
}

/// Media type and charset as the server says.
fn content_type(response: &Response) -> (String, Option<String>) {
    let header = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = header.unwrap_or("text/html").split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim_matches(['"', '\'']).to_owned());
    (essence, charset)
}

/// What kind of text came back.
pub(super) fn media_type(page: &Fetched, url: &Url) -> Result<MediaType, FetchError> {
    match page.content_type.as_str() {
        "text/html"
        | "application/xhtml+xml"
        | "text/plain"
        | "text/xml"
        | "application/xml"
        | "application/json"
            if files::begins_like_feed(&page.bytes) =>
        {
            Ok(MediaType::Feed)
        }
        "text/xml" | "application/xml" | "text/plain"
            if files::begins_like_sitemap(&page.bytes) =>
        {
            Ok(MediaType::Sitemap)
        }
        "text/html" | "application/xhtml+xml" => Ok(MediaType::Html),
        "text/markdown" => Ok(MediaType::Markdown),
        "text/plain" => Ok(MediaType::Text),
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json" => Ok(MediaType::Feed),
        other => {
            let (reference, media_type) = (url.to_string(), other.to_owned());
            Err(FetchError::MediaType { reference, media_type })
        }
    }
}

/// An error with its causes: the client's own words stop at "error sending request".
fn chain(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}
